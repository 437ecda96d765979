package bnn_test

import (
	"math"
	"testing"

	"github.com/simmer-go/simmer/bnn"
)

// TestNaNIsNeverLost: a NaN in an input makes all predictions of its row NaN, for every covariance, also where it meets
// parameters that are 0.
func TestNaNIsNeverLost(t *testing.T) {
	for _, c := range append(covariances(), bnn.Kronecker{Layout: bnn.Sampled}) {
		for _, scale := range []float64{0, 1} {
			l, err := bnn.NewLinear[float64](bnn.LinearConfig{In: 2, Out: 2, Covariance: c})
			if err != nil {
				t.Fatal(err)
			}
			for i := range l.Params() {
				l.Params()[i] = scale
			}
			phi := []float64{1, math.NaN(), 1, 1}
			mean, variance, cov := make([]float64, 4), make([]float64, 4), make([]float64, 8)
			work := make([]float64, l.WorkLen(2))
			if err := l.Predict(mean, variance, phi, work); err != nil {
				t.Fatal(err)
			}
			if err := l.PredictCovariance(cov, phi, work); err != nil {
				t.Fatal(err)
			}
			for o := range 2 {
				if mean[o] == mean[o] || variance[o] == variance[o] || cov[3*o] == cov[3*o] {
					t.Errorf("%v, parameters %v: mean %v, variance %v, covariance %v", c, scale, mean, variance, cov)
				}
				if mean[2+o] != mean[2+o] || variance[2+o] != variance[2+o] || cov[4+3*o] != cov[4+3*o] {
					t.Errorf("%v, parameters %v: NaN in the row behind: %v, %v, %v", c, scale, mean, variance, cov)
				}
			}
		}
	}
}

// TestNaNInGradients: a derivative of 0 by an output times an input that is NaN is NaN, as in torch.
func TestNaNInGradients(t *testing.T) {
	s, err := bnn.NewMLP[float32]([]int{2, 2}, bnn.ReLU)
	if err != nil {
		t.Fatal(err)
	}
	x, dY := []float32{1, float32(math.NaN())}, []float32{0, 1}
	dX, dParams := make([]float32, 2), make([]float32, 6)
	if err := s.ForwardGrad(dX, dParams, x, dY, make([]float32, s.GradWorkLen(1))); err != nil {
		t.Fatal(err)
	}
	for i, v := range dParams {
		if isNaN := v != v; isNaN != (i == 3 || i == 5) { // bias, then rows of weights
			t.Errorf("dParams = %v", dParams)
			break
		}
	}
}
