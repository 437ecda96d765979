package main

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/simmer-go/simmer/loss"
)

// evaluation compares probabilities with labels. Its sums are exact, so it has the same bits however the rows are shared
// between evaluations, and in whatever order these are merged.
type evaluation struct {
	logLoss, brier, accuracy loss.Accumulator
	reliability              loss.ReliabilityDiagram
}

func newEvaluation(o options) *evaluation {
	return &evaluation{reliability: loss.ReliabilityDiagram{Bins: make([]loss.ReliabilityBin, o.Bins)}}
}

// add adds rows.
func (e *evaluation) add(probabilities []float32, labels []int) error {
	if len(labels) == 0 {
		return nil
	}
	return errors.Join(
		loss.LogLoss[float32]{}.Accumulate(&e.logLoss, probabilities, labels),
		loss.Brier[float32]{}.Accumulate(&e.brier, probabilities, labels),
		loss.Accuracy[float32]{}.Accumulate(&e.accuracy, probabilities, labels),
		loss.Reliability[float32]{}.Accumulate(&e.reliability, probabilities, labels))
}

// merge adds the rows of another evaluation.
func (e *evaluation) merge(other *evaluation) error {
	return errors.Join(e.logLoss.Merge(&other.logLoss), e.brier.Merge(&other.brier), e.accuracy.Merge(&other.accuracy),
		e.reliability.Merge(&other.reliability))
}

// accumulator is what has partial results that can be stored.
type accumulator interface {
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

func (e *evaluation) accumulators() map[string]accumulator {
	return map[string]accumulator{
		"log_loss": &e.logLoss, "brier": &e.brier, "accuracy": &e.accuracy, "reliability": &e.reliability,
	}
}

// MarshalJSON has each accumulator in base64.
func (e *evaluation) MarshalJSON() ([]byte, error) {
	encoded := map[string][]byte{}
	for name, a := range e.accumulators() {
		data, err := a.MarshalBinary()
		if err != nil {
			return nil, err
		}
		encoded[name] = data
	}
	return json.Marshal(encoded)
}

// UnmarshalJSON refuses what is damaged.
func (e *evaluation) UnmarshalJSON(text []byte) error {
	var encoded map[string][]byte
	if err := json.Unmarshal(text, &encoded); err != nil {
		return err
	}
	for name, a := range e.accumulators() {
		if err := a.UnmarshalBinary(encoded[name]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// metrics is what an evaluation says.
type metrics struct {
	Rows                     int64  `json:"rows"`
	LogLoss                  number `json:"log_loss"`
	Brier                    number `json:"brier"`
	Accuracy                 number `json:"accuracy"`
	ExpectedCalibrationError number `json:"expected_calibration_error"`
	MaximumCalibrationError  number `json:"maximum_calibration_error"`
	Bins                     []bin  `json:"bins"` // those that hold rows
}

// bin is a point of the reliability diagram: the rows whose largest probability is From or more, and less than the next.
type bin struct {
	From       number `json:"from"`
	Rows       int    `json:"rows"`
	Correct    int    `json:"correct"`
	Confidence number `json:"mean_confidence"`
}

func (e *evaluation) metrics() *metrics {
	bins := e.reliability.Bins
	m := &metrics{
		Rows: e.logLoss.Count(), LogLoss: number(e.logLoss.Mean()), Brier: number(e.brier.Mean()),
		Accuracy:                 number(e.accuracy.Mean()),
		ExpectedCalibrationError: number(loss.ExpectedCalibrationError(bins)),
		MaximumCalibrationError:  number(loss.MaximumCalibrationError(bins)),
	}
	for i, b := range bins {
		if b.Count > 0 {
			m.Bins = append(m.Bins, bin{number(float64(i) / float64(len(bins))), b.Count, b.Correct, number(b.Confidence())})
		}
	}
	return m
}

// number is a float64 that may be what JSON has no number for, as a log loss of +Inf.
type number float64

// MarshalJSON has a string for NaN and infinities.
func (n number) MarshalJSON() ([]byte, error) {
	if v := float64(n); math.IsNaN(v) || math.IsInf(v, 0) {
		return json.Marshal(fmt.Sprint(v))
	}
	return json.Marshal(float64(n))
}
