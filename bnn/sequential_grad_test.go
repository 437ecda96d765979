package bnn_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/loss"
)

const gradRows = 3

var activations = []bnn.Activation{bnn.ReLU, bnn.Tanh, bnn.SiLU, bnn.GELU, bnn.Sigmoid, bnn.GELUTanh, bnn.Mish,
	bnn.LogSigmoid}

// gradModel has Gaussian layers around a deterministic one, two activations in a row, random parameters and a
// temperature.
func gradModel[T bnn.Float](t testing.TB, a bnn.Activation, cov bnn.Covariance, noBias bool) *bnn.Sequential[T] {
	s, err := bnn.NewSequential[T](
		bnn.LinearConfig{In: 3, Out: 5, NoBias: noBias, Covariance: cov}, a,
		bnn.LinearConfig{In: 5, Out: 4, NoBias: noBias}, a, bnn.Tanh,
		bnn.LinearConfig{In: 4, Out: 2, NoBias: noBias, Covariance: cov, Type: bnn.Output})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range normals[T](s.NumParams(), 1) {
		s.Params()[i] = v / 2 // so that nothing saturates
	}
	if err := s.Output().SetTemperature(0.7); err != nil {
		t.Fatal(err)
	}
	return s
}

// normals are standard normal numbers that depend on the seed only.
func normals[T bnn.Float](n int, seed uint64) []T {
	rng := rand.New(rand.NewPCG(seed, 0))
	x := make([]T, n)
	for i := range x {
		x[i] = T(rng.NormFloat64())
	}
	return x
}

// gradPair is a function of a model and its gradient, both with a fixed eps.
type gradPair[T bnn.Float] struct {
	name    string
	cols    int
	forward func(y, x, work []T) error
	grad    func(dX, dParams, x, dY, work []T) error
}

func gradPairs[T bnn.Float](s *bnn.Sequential[T]) []gradPair[T] {
	eps := normals[T](s.NumNormals(), 2)
	phi := s.Output().In()
	return []gradPair[T]{
		{"Forward", s.Out(), s.Forward, s.ForwardGrad},
		{"Representation", phi, s.Representation, s.RepresentationGrad},
		{"ForwardSample", s.Out(),
			func(y, x, work []T) error { return s.ForwardSample(y, x, eps, work) },
			func(dX, dParams, x, dY, work []T) error { return s.ForwardSampleGrad(dX, dParams, x, eps, dY, work) }},
		{"RepresentationSample", phi,
			func(y, x, work []T) error { return s.RepresentationSample(y, x, eps, work) },
			func(dX, dParams, x, dY, work []T) error {
				return s.RepresentationSampleGrad(dX, dParams, x, eps, dY, work)
			}},
	}
}

// TestGradCentralDifferences holds every gradient, by each input and each parameter, to central differences.
func TestGradCentralDifferences(t *testing.T) {
	models := 0
	for _, a := range activations {
		for _, cov := range covarianceKinds() {
			for _, noBias := range []bool{false, true} {
				s := gradModel[float64](t, a, cov, noBias)
				for mode, s := range map[string]*bnn.Sequential[float64]{"train": s, "eval": s.Eval()} {
					models++
					for _, p := range gradPairs(s) {
						t.Run(fmt.Sprintf("%v/%v/noBias=%v/%s/%s", a, cov, noBias, mode, p.name), func(t *testing.T) {
							compareWithDifferences(t, s, p)
						})
					}
				}
			}
		}
	}
	t.Logf("%d models", models)
}

func compareWithDifferences(t *testing.T, s *bnn.Sequential[float64], p gradPair[float64]) {
	x, dY := normals[float64](gradRows*s.In(), 3), normals[float64](gradRows*p.cols, 4)
	y, work := make([]float64, len(dY)), make([]float64, max(s.WorkLen(gradRows), s.GradWorkLen(gradRows)))
	value := func() (v float64) {
		if err := p.forward(y, x, work); err != nil {
			t.Fatal(err)
		}
		for i := range y {
			v += y[i] * dY[i]
		}
		return v
	}
	dX, dParams := normals[float64](len(x), 5), make([]float64, s.NumParams())
	if err := p.grad(dX, dParams, x, dY, work); err != nil {
		t.Fatal(err)
	}
	near(t, "dX", dX, differences(x, value), 1e-9, 0)
	near(t, "dParams", dParams, differences(s.Params(), value), 1e-9, 0)

	// Either may be nil, and parameters are added to.
	alone := normals[float64](len(x), 6)
	added, start := normals[float64](len(dParams), 7), normals[float64](len(dParams), 7)
	if err := p.grad(alone, nil, x, dY, work); err != nil {
		t.Fatal(err)
	}
	if err := p.grad(nil, added, x, dY, work); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(alone, dX) {
		t.Error("dX depends on dParams being there")
	}
	for i := range start {
		start[i] += dParams[i]
	}
	near(t, "added", added, start, 1e-14, 0)
}

// differences is the gradient of a value by the entries of x, by central differences that are exact to h⁴.
func differences(x []float64, value func() float64) []float64 {
	const h = 3e-4
	d := make([]float64, len(x))
	for i, v := range x {
		at := func(dx float64) float64 {
			x[i] = v + dx
			return value()
		}
		d[i] = (8*(at(h)-at(-h)) - (at(2*h) - at(-2*h))) / (12 * h)
		x[i] = v
	}
	return d
}

// TestVarianceReducedTraining: the gradient of a variance-reduced loss by all parameters is what ValueGrad adds to the
// tail of dParams and RepresentationGrad to the rest.
func TestVarianceReducedTraining(t *testing.T) {
	s := gradModel[float64](t, bnn.SiLU, bnn.LowRank{Rank: 2}, false)
	l, target := loss.CrossEntropyVR[float64]{Layer: s.Output()}, []int{0, 1, 1}
	x, dParams := normals[float64](gradRows*s.In(), 3), make([]float64, s.NumParams())
	phi, dPhi := make([]float64, gradRows*s.Output().In()), make([]float64, gradRows*s.Output().In())
	work := make([]float64, max(s.GradWorkLen(gradRows), s.WorkLen(gradRows), l.WorkLen(gradRows)))
	value := func() float64 {
		if err := s.Representation(phi, x, work); err != nil {
			t.Fatal(err)
		}
		v, err := l.Value(phi, target, work)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	value()
	if _, err := l.ValueGrad(dPhi, dParams[s.NumParams()-s.Output().NumParams():], phi, target, work); err != nil {
		t.Fatal(err)
	}
	if err := s.RepresentationGrad(nil, dParams, x, dPhi, work); err != nil {
		t.Fatal(err)
	}
	near(t, "dParams", dParams, differences(s.Params(), value), 1e-9, 0)
}
