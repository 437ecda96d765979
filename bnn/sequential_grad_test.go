package bnn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/bnn"
)

const gradRows = 3

var (
	gradActivations = []bnn.Activation{bnn.ReLU, bnn.Tanh, bnn.SiLU, bnn.GELU, bnn.Sigmoid}
	gradCovariances = []bnn.Covariance{nil, bnn.Diagonal{}, bnn.Factorized{}, bnn.LowRank{Rank: 2},
		bnn.Kronecker{InputRank: 2, OutputRank: 3}, bnn.Kronecker{InputRank: 2, Layout: bnn.Sampled}}
)

// gradModel has Gaussian layers around a deterministic one, two activations in a row, random parameters and a temperature.
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
	for _, a := range gradActivations {
		for _, cov := range gradCovariances {
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
	differences := func(of []float64) []float64 {
		const h = 3e-4
		d := make([]float64, len(of))
		for i, v := range of {
			at := func(dx float64) float64 { of[i] = v + dx; return value() }
			d[i] = (8*(at(h)-at(-h)) - (at(2*h) - at(-2*h))) / (12 * h) // exact to h⁴
			of[i] = v
		}
		return d
	}
	dX, dParams := normals[float64](len(x), 5), make([]float64, s.NumParams())
	if err := p.grad(dX, dParams, x, dY, work); err != nil {
		t.Fatal(err)
	}
	near(t, "dX", dX, differences(x), 1e-9, 0)
	near(t, "dParams", dParams, differences(s.Params()), 1e-9, 0)

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

// TestParamsAreOneVector: the layers' parameters are its parts, in order, in every mode.
func TestParamsAreOneVector(t *testing.T) {
	s := gradModel[float32](t, bnn.ReLU, bnn.Diagonal{}, false)
	for _, s := range []*bnn.Sequential[float32]{s, s.Eval(), s.Train()} {
		p := s.Params()
		if len(p) != s.NumParams() {
			t.Fatalf("%d parameters, want %d", len(p), s.NumParams())
		}
		for k := range s.Len() {
			if l := s.Linear(k); l != nil {
				if own := l.Params(); &own[0] != &p[0] || len(own) != l.NumParams() || cap(own) != len(own) {
					t.Errorf("the parameters of module %d are not the next %d", k, l.NumParams())
				}
				p = p[l.NumParams():]
			}
		}
		if len(p) != 0 {
			t.Errorf("%d parameters belong to no layer", len(p))
		}
	}
}

// TestGradErrors: a bad argument is named, and nothing is written.
func TestGradErrors(t *testing.T) {
	s := gradModel[float64](t, bnn.GELU, bnn.LowRank{Rank: 2}, false)
	bad := gradModel[float64](t, bnn.GELU, bnn.LowRank{Rank: 2}, false)
	bad.Params()[len(bad.Params())-1] = math.NaN()
	for i, p := range gradPairs(s) {
		x, dY := normals[float64](gradRows*3, 3), normals[float64](gradRows*p.cols, 4)
		work := make([]float64, s.GradWorkLen(gradRows))
		dX, dParams := normals[float64](len(x), 5), normals[float64](s.NumParams(), 6)
		beforeX, beforeParams := slices.Clone(dX), slices.Clone(dParams)
		name := map[int]string{2: "dY", 4: "dPhi"}[p.cols]
		for want, err := range map[string]error{
			p.name + "Grad: x has length 8, not a multiple of 3":    p.grad(dX, dParams, x[1:], dY, work),
			": dX has length 8, want 9":                             p.grad(dX[1:], dParams, x, dY, work),
			fmt.Sprintf(": dParams has length %d", s.NumParams()-1): p.grad(dX, dParams[1:], x, dY, work),
			fmt.Sprintf(": %s has length %d", name, len(dY)-1):      p.grad(dX, dParams, x, dY[1:], work),
			": work has length":                                     p.grad(dX, dParams, x, dY, work[1:]),
			"is NaN":                                                gradPairs(bad)[i].grad(dX, dParams, x, dY, work),
		} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%sGrad: got %v, want %q", p.name, err, want)
			}
		}
		if !slices.Equal(dX, beforeX) || !slices.Equal(dParams, beforeParams) {
			t.Errorf("%sGrad: an error, but something was written", p.name)
		}
		// No rows are no error: nothing is added.
		if err := p.grad(dX[:0], dParams, nil, nil, work); err != nil || !slices.Equal(dParams, beforeParams) {
			t.Errorf("%sGrad of no rows: %v", p.name, err)
		}
	}
	x := make([]float64, 3)
	for name, err := range map[string]error{
		"ForwardSampleGrad":        s.ForwardSampleGrad(nil, nil, x, x[:1], x[:2], make([]float64, s.GradWorkLen(1))),
		"RepresentationSampleGrad": s.RepresentationSampleGrad(nil, nil, x, nil, make([]float64, 4), make([]float64, s.GradWorkLen(1))),
		"RepresentationSample":     s.RepresentationSample(make([]float64, 4), x, x[:1], make([]float64, s.WorkLen(1))),
	} {
		if err == nil || !strings.Contains(err.Error(), name+": eps has length") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
