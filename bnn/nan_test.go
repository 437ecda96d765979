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

// TestNaNInActivations: a NaN goes through every activation, which may follow a layer or another activation, and its rows
// only.
func TestNaNInActivations(t *testing.T) {
	for a := bnn.ReLU; a <= bnn.LogSigmoid; a++ {
		t.Run(a.String()+"/float32", func(t *testing.T) { testNaNInActivation[float32](t, a) })
		t.Run(a.String()+"/float64", func(t *testing.T) { testNaNInActivation[float64](t, a) })
	}
}

func testNaNInActivation[T bnn.Float](t *testing.T, a bnn.Activation) {
	for _, between := range [][]bnn.Module{{a}, {bnn.Tanh, a}} {
		modules := append([]bnn.Module{bnn.LinearConfig{In: 1, Out: 2}}, between...)
		s, err := bnn.NewSequential[T](append(modules, bnn.LinearConfig{In: 2, Out: 1, Type: bnn.Output})...)
		if err != nil {
			t.Fatal(err)
		}
		for i := range s.Params() {
			s.Params()[i] = 1
		}
		serving, err := bnn.NewPredictor(s.Eval())
		if err != nil {
			t.Fatal(err)
		}
		x, y, mean, variance := []T{1, T(math.NaN()), -1}, make([]T, 3), make([]T, 3), make([]T, 3)
		if err := s.Forward(y, x, make([]T, s.WorkLen(3))); err != nil {
			t.Fatal(err)
		}
		if err := serving.Predict(mean, variance, x); err != nil {
			t.Fatal(err)
		}
		for i := range y {
			if isNaN := i == 1; y[i] != y[i] != isNaN || mean[i] != mean[i] != isNaN {
				t.Errorf("%v: outputs %v, means %v of inputs %v", between, y, mean, x)
			}
		}
	}
}
