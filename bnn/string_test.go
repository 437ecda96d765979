package bnn_test

import (
	"fmt"
	"testing"

	"github.com/simmer-go/simmer/bnn"
)

// A model that is printed says what it is, and not every parameter.
func TestString(t *testing.T) {
	s, err := bnn.NewSequential[float32](
		bnn.LinearConfig{In: 64, Out: 32, Type: bnn.Input, NoBias: true}, bnn.ReLU,
		bnn.LinearConfig{In: 32, Out: 10, Type: bnn.Output, Covariance: bnn.LowRank{Rank: 5}},
	)
	if err != nil {
		t.Fatal(err)
	}
	const modules = "[float32](64→32 input, no bias; ReLU; 32→10 output, low_rank(5))"
	p, err := bnn.NewPredictor(s.Eval())
	if err != nil {
		t.Fatal(err)
	}
	e, err := bnn.NewEnsemble(p, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		of   any
		want string
	}{
		{s, "Sequential" + modules},
		{s.Output(), "Linear[float32](32→10 output, low_rank(5))"},
		{p, "Predictor" + modules},
		{e, "Ensemble[float32](Predictor" + modules + ", Predictor" + modules + ")"},
	} {
		if got := fmt.Sprint(c.of); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
