package bnn_test

import (
	"math"
	"testing"

	"github.com/simmer-go/simmer/bnn"
)

// TestKLNoAllocations takes the gradient, which includes the value.
func TestKLNoAllocations(t *testing.T) {
	for _, cfg := range []bnn.LinearConfig{
		{In: 130, Out: 70, Covariance: bnn.Diagonal{}},
		{In: 130, Out: 70, Covariance: bnn.LowRank{Rank: 5}},
		{In: 300, Out: 70, Covariance: bnn.Kronecker{InputRank: 3, OutputRank: 2}},
		{In: 40, Out: 30, Covariance: bnn.Kronecker{}},
		{In: 7, Out: 5, Covariance: bnn.Factorized{}},
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
