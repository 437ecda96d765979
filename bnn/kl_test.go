package bnn_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/internal/testkit/steady"
)

// TestSequentialKLErrors: what goes wrong in a later layer leaves no gradient of an earlier one.
func TestSequentialKLErrors(t *testing.T) {
	s, err := bnn.NewMLP[float64]([]int{3, 2, 2}, bnn.Tanh, bnn.Diagonal{}, bnn.LowRank{Rank: 1})
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Params() {
		s.Params()[i] = 1
	}
	grad, work := make([]float64, s.NumParams()), make([]float64, s.KLWorkLen())
	kl, err := s.KLGrad(grad, nil, nil, 0, 1, work)
	if !math.IsInf(kl, 1) || err == nil || !strings.Contains(err.Error(), "singular") {
		t.Errorf("a singular layer: %v, %v", kl, err)
	}
	s.Output().Params()[s.Output().NumParams()-1] = 1e200
	_, err = s.KLGrad(grad, nil, nil, 1e-6, 1, work)
	if err == nil || !strings.Contains(err.Error(), "overflow") || !strings.Contains(err.Error(), "(module 2)") {
		t.Errorf("an overflow: %v", err)
	}
	if slices.Max(grad) != 0 || slices.Min(grad) != 0 {
		t.Errorf("errors, but the gradient is %v", grad)
	}
}

// TestKLNoAllocations takes the gradient, which includes the value.
func TestKLNoAllocations(t *testing.T) {
	steady.Allocations(t)
	for _, cfg := range []bnn.LinearConfig{
		{In: 130, Out: 70, Covariance: bnn.Diagonal{}},
		{In: 130, Out: 70, Covariance: bnn.LowRank{Rank: 5}},
		{In: 300, Out: 70, Covariance: bnn.Kronecker{InputRank: 3, OutputRank: 2}},
		{In: 40, Out: 30, Covariance: bnn.Kronecker{}},
		{In: 7, Out: 5, Covariance: bnn.Factorized{}},
		{In: 40, Out: 20, Covariance: bnn.LowRank{Rank: 100}},
		{In: 99, Out: 20, Covariance: bnn.Kronecker{}},
		{In: 30, Out: 20, Covariance: bnn.Kronecker{InputRank: 100, OutputRank: 100}},
	} {
		l, err := bnn.NewLinear[float32](cfg)
		if err != nil {
			t.Fatal(err)
		}
		for i := range l.Params() {
			l.Params()[i] = float32(math.Sin(float64(i * i)))
		}
		grad, work := make([]float32, l.NumParams()), make([]float32, l.KLWorkLen())
		if n := testing.AllocsPerRun(3, func() {
			if _, err := l.KLGrad(grad, nil, nil, 1e-6, 1, work); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%v: %v allocations", cfg.Covariance, n)
		}
	}
}
