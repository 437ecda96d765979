package loss_test

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/loss"
)

// Every loss against its formula in numbers of 160 bits: elements, value and gradient, whatever the shape, the options
// and the bits of the numbers; and what must hold between calls (see invariance_test.go). Bad input must be refused.
//
//	go test ./loss -run '^$' -fuzz '^FuzzCrossEntropy$'
//
// Options are bytes that become the shape, the reduction, which weights there are and so on; numbers and weights are
// bits that overwrite some of the usual values; is64 chooses float64.

func FuzzMSE(f *testing.F) {
	fuzz(f, drawElementwise[float32](drawMSE[float32]), drawElementwise[float64](drawMSE[float64]))
}

func FuzzL1(f *testing.F) {
	fuzz(f, drawElementwise[float32](drawL1[float32]), drawElementwise[float64](drawL1[float64]))
}

func FuzzHuber(f *testing.F) {
	fuzz(f, drawElementwise[float32](drawHuber[float32]), drawElementwise[float64](drawHuber[float64]))
}

func FuzzSmoothL1(f *testing.F) {
	fuzz(f, drawElementwise[float32](drawSmoothL1[float32]), drawElementwise[float64](drawSmoothL1[float64]))
}

func FuzzBCE(f *testing.F) {
	fuzz(f, drawElementwise[float32](drawBCE[float32]), drawElementwise[float64](drawBCE[float64]))
}

func FuzzBCEWithLogits(f *testing.F) {
	fuzz(f, drawElementwise[float32](drawLogits[float32]), drawElementwise[float64](drawLogits[float64]))
}

func FuzzFocalBinary(f *testing.F) {
	fuzz(f, drawElementwise[float32](drawFocalBinary[float32]), drawElementwise[float64](drawFocalBinary[float64]))
}

func FuzzCrossEntropy(f *testing.F) {
	fuzz(f, drawClasses[float32](drawCrossEntropy[float32]), drawClasses[float64](drawCrossEntropy[float64]))
}

func FuzzNLL(f *testing.F) {
	fuzz(f, drawClasses[float32](drawNLL[float32]), drawClasses[float64](drawNLL[float64]))
}

func FuzzFocal(f *testing.F) {
	fuzz(f, drawClasses[float32](drawFocal[float32]), drawClasses[float64](drawFocal[float64]))
}

func FuzzCrossEntropyProb(f *testing.F) { fuzz(f, drawProb[float32], drawProb[float64]) }

// fuzz runs problems that the bytes describe.
func fuzz[E32, E64 loss.Target](f *testing.F, draw32 func(*source) *problem[float32, E32], draw64 func(*source) *problem[float64, E64]) {
	seed(f)
	f.Fuzz(func(t *testing.T, options, numbers, weights []byte, is64 bool) {
		s := &source{options: options, numbers: numbers, weights: weights}
		if is64 {
			draw64(s).test(t)
		} else {
			draw32(s).test(t)
		}
	})
}

// seed gives every option a few times with usual and with odd numbers, and lengths around the blocks.
func seed(f *testing.F) {
	n := 100
	if testing.Short() {
		n = 24
	}
	for i := range n {
		options := make([]byte, 40)
		for j := range options {
			options[j] = byte(mix(i, j))
			if i%4 == 3 && j < 5 { // long rows and long batches
				options[j] = []byte{231, 239, 247, 17, 19}[mix(i, j)%5]
			}
		}
		is64 := i%2 == 0
		numbers, weights := oddBits(is64), oddBits(is64)
		if i%3 != 0 {
			numbers = nil
		}
		if i%5 != 0 {
			weights = nil
		}
		f.Add(options, numbers, weights, is64)
	}
}

// oddBits are those of NaN, infinities, subnormals and whatever else random bits are.
func oddBits(is64 bool) (bits []byte) {
	var odd [24]uint64
	if is64 {
		oddNumbers[float64](odd[:])
	} else {
		oddNumbers[float32](odd[:])
	}
	for _, v := range odd {
		bits = binary.LittleEndian.AppendUint64(bits, v)
	}
	return bits
}

func oddNumbers[T loss.Float](bits []uint64) {
	x := make([]T, len(bits))
	catalog.FillBits(x, 5)
	for i, v := range x {
		bits[i] = catalog.Bits(v)
	}
}

// mix mixes two small numbers.
func mix(i, j int) uint64 {
	h := uint64(i)*0x9e3779b97f4a7c15 + uint64(j)*0xbf58476d1ce4e5b9
	h = (h ^ h>>29) * 0x94d049bb133111eb
	return h ^ h>>32
}

// A source turns bytes into choices. Where the bytes end, every choice is 0.
type source struct{ options, numbers, weights []byte }

func (s *source) byte() int {
	if len(s.options) == 0 {
		return 0
	}
	b := s.options[0]
	s.options = s.options[1:]
	return int(b)
}

func (s *source) chance(oneIn int) bool { return s.byte()%oneIn == oneIn-1 }

// size is mostly small, and now and then next to the length of a register, a block or a buffer.
func (s *source) size() int {
	if b := s.byte(); b < 224 {
		return b % 20
	} else {
		odd := []int{31, 32, 33, 63, 64, 65, 255, 256, 257, 511, 512, 513}
		return odd[b%len(odd)]
	}
}

// most is how many numbers a problem may have, unless one item has more: mostly few, since exact results take their
// time.
func (s *source) most() int {
	if s.chance(8) {
		return 1200
	}
	return 150
}

// reduction is Mean or Sum.
func (s *source) reduction() loss.Reduction { return loss.Reduction(s.byte() % 2) }

// fill makes n numbers of a domain, of which bits overwrite some, wherever they may be.
func fill[T loss.Float](s *source, n int, d catalog.Domain, bits []byte) []T {
	x := make([]T, n)
	catalog.Fill(x, d, uint64(s.byte()))
	step, at := 1+s.byte(), 0
	for ; len(bits) >= 8 && n > 0; bits = bits[8:] {
		x[at%n] = catalog.FromBits[T](binary.LittleEndian.Uint64(bits))
		at += step
	}
	return x
}

// anyNumbers are finite or not.
func anyNumbers[T loss.Float](s *source, n int) []T { return fill[T](s, n, catalog.Real, s.numbers) }

// probabilities are numbers in [0, 1], or not: then bad is told.
func probabilities[T loss.Float](s *source, name string, n int, bad *[]string, allowNaN bool) []T {
	x := fill[T](s, n, catalog.Probability, s.numbers)
	raw := s.chance(8)
	for i, v := range x {
		switch {
		case v >= 0 && v <= 1 || v != v && allowNaN:
		case raw:
			*bad = append(*bad, name)
		case v != v:
			x[i] = 1
		case v < -1 || v > 1:
			x[i] = 1 / max(v, -v)
		default:
			x[i] = -v
		}
	}
	return x
}

// weightsOf makes finite weights, or not: then bad is told. Their exponents are moderate: what overflows in a product
// of two huge numbers says nothing about a loss.
func weightsOf[T loss.Float](s *source, name string, n int, bad *[]string) []T {
	x := fill[T](s, n, catalog.Scale, s.weights)
	raw := s.chance(8)
	for i, v := range x {
		fraction, exponent := math.Frexp(float64(v))
		switch {
		case v-v == 0:
			x[i] = T(math.Ldexp(fraction, exponent%20))
		case raw:
			*bad = append(*bad, name)
		default:
			x[i] = 1
		}
	}
	return x
}

// mask keeps all targets, or some; all if not wanted.
func (s *source) mask(targets int, no bool) []bool {
	if no || !s.chance(2) {
		return nil
	}
	mask, odd := make([]bool, targets), s.byte()
	for i := range mask {
		mask[i] = odd%8 != 1 && mix(i, odd)%4 != 0
	}
	return mask
}

// kept reports whether the target of element i counts.
func kept(mask []bool, i int) bool { return mask == nil || mask[i%len(mask)] }

// countKept is how many of so many targets count.
func countKept(mask []bool, targets int) (n int) {
	for i := range targets {
		if kept(mask, i) {
			n++
		}
	}
	return n
}

// spoil makes predictions and targets that are left out what no loss would take: NaN, and no class. A target has
// predictions for so many classes.
func spoil[T loss.Float, E loss.Target](pred []T, target []E, mask []bool, positions, classes int) {
	shape := rows{len(pred) / classes, classes, positions}
	for i := range shape.count {
		for c := range classes {
			if !kept(mask, i) {
				pred[shape.at(i, c)] = T(nan)
			}
		}
	}
	for i := range target {
		at := i
		if len(target) != len(mask) { // the classes are in target, too
			at = i/(positions*classes)*positions + i%positions
		}
		if !mask[at] {
			target[i] = noTarget[E]()
		}
	}
}

// noTarget is NaN, or no class.
func noTarget[E loss.Target]() (bad E) {
	switch p := any(&bad).(type) {
	case *int:
		*p = math.MaxInt
	case *float32:
		*p = float32(nan)
	case *float64:
		*p = nan
	}
	return bad
}

// spoilSamples gives a loss one sample more than there are, now and then.
func (p *problem[T, E]) spoilSamples(s *source, spoil func()) {
	if s.chance(16) && len(p.pred) > 0 {
		p.bad = append(p.bad, "Samples")
		spoil()
	}
}
