package loss

import (
	"encoding/binary"
	"fmt"
	"math"
	"unsafe"
)

// kind says what an accumulator holds; the zero value is nothing. Only what is of one kind may be added up.
type kind struct {
	of      source
	bits    uint8  // of the element type
	options uint64 // a hash of what makes the elements what they are
}

// source is a loss or a metric. The numbers stand in marshalled accumulators: they never change.
type source uint8

const (
	ofNothing source = iota
	ofMSE
	ofL1
	ofHuber
	ofSmoothL1
	ofGaussianNLL
	ofBCE
	ofBCEWithLogits
	ofFocalBinary
	ofCrossEntropy
	ofCrossEntropyProb
	ofNLL
	ofFocal
	ofMSEVR
	ofBCEWithLogitsVR
	ofCrossEntropyVR
	ofAccuracy
	ofBrier
	ofBrierBinary
	ofLogLoss
	ofReliability
)

var sourceNames = [...]string{
	"nothing", "MSE", "L1", "Huber", "SmoothL1", "GaussianNLL", "BCE", "BCEWithLogits", "FocalBinary",
	"CrossEntropy", "CrossEntropyProb", "NLL", "Focal", "MSEVR", "BCEWithLogitsVR", "CrossEntropyVR",
	"Accuracy", "Brier", "BrierBinary", "LogLoss", "Reliability",
}

// kindOf is what a loss with these options has.
func kindOf[T Float](of source, options ...float64) kind {
	k := kind{of: of, bits: uint8(8 * unsafe.Sizeof(T(0))), options: 1}
	for _, v := range options {
		k.mix(v)
	}
	return k
}

// withWeights is k with weights among the options, which are others than no weights.
func withWeights[T Float](k kind, weights []T) kind {
	if weights == nil {
		k.mix(-1)
		return k
	}
	k.mix(float64(len(weights)))
	for _, w := range weights {
		k.mix(float64(w))
	}
	return k
}

// mix hashes one more option: each step is a permutation of the hash before, and of the bits of the option. -0 is 0.
func (k *kind) mix(option float64) {
	h := (k.options ^ math.Float64bits(option+0)) * 0x9e3779b97f4a7c15
	k.options = h ^ h>>32
}

// admit refuses what is of another kind than what is there.
func (k kind) admit(other kind) error {
	switch {
	case k == other || k == (kind{}):
		return nil
	case k.of == other.of && k.bits == other.bits:
		return inputError("loss: %v with other options, or other numbers of classes or samples, than the accumulator's", k)
	}
	return inputError("loss: %v cannot be added to an accumulator of %v", other, k)
}

func (k kind) String() string {
	if k == (kind{}) {
		return sourceNames[ofNothing]
	}
	return fmt.Sprintf("%s[float%d]", sourceNames[k.of], k.bits)
}

// valid reports whether there can be such a kind.
func (k kind) valid() bool {
	return k == (kind{}) || k.of != ofNothing && int(k.of) < len(sourceNames) && (k.bits == 32 || k.bits == 64)
}

func (k kind) append(b []byte) []byte {
	return binary.LittleEndian.AppendUint64(append(b, byte(k.of), k.bits), k.options)
}
