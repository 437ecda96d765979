package bnn_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/bnn"
)

// chains has deterministic layers before, between and behind Gaussian ones, all of different sizes, so that whatever is
// cut at the wrong place is seen.
func chains[T bnn.Float](t *testing.T) map[string]*bnn.Sequential[T] {
	rank, kron := bnn.LowRank{Rank: 2}, bnn.Kronecker{InputRank: 2, OutputRank: 1}
	all := map[string]*bnn.Sequential[T]{}
	for name, covs := range map[string][]bnn.Covariance{
		"deterministic first":   {nil, rank},
		"two first":             {nil, nil, bnn.Diagonal{}},
		"deterministic between": {bnn.Diagonal{}, nil, kron},
		"deterministic last":    {kron, nil},
		"Gaussian":              {bnn.Factorized{}, bnn.Diagonal{}, rank},
		"deterministic":         {nil, nil},
	} {
		for _, noBias := range []bool{false, true} {
			var modules []bnn.Module
			for k, cov := range covs {
				l := bnn.LinearConfig{In: 3 + k, Out: 4 + k, NoBias: noBias && k != 1, Covariance: cov}
				if k == len(covs)-1 {
					l.Out = 2
				} else if k == 0 {
					l.Type = bnn.Input
				}
				modules = append(modules, l)
				if k < len(covs)-1 {
					modules = append(modules, bnn.Tanh)
				}
			}
			s, err := bnn.NewSequential[T](modules...)
			if err != nil {
				t.Fatal(err)
			}
			copy(s.Params(), normals[T](s.NumParams(), 11))
			all[fmt.Sprintf("%s, noBias %v", name, noBias)] = s
		}
	}
	return all
}

// eachLayer calls f with the linear layers of s and how many parameters, mean parameters and normals come before.
func eachLayer[T bnn.Float](s *bnn.Sequential[T], f func(l *bnn.Linear[T], params, means, normals int)) {
	params, means, normals := 0, 0, 0
	for k := range s.Len() {
		if l := s.Linear(k); l != nil {
			f(l, params, means, normals)
			params, means, normals = params+l.NumParams(), means+l.NumMeanParams(), normals+l.NumNormals()
		}
	}
}

// TestSequentialKLIsThatOfItsLayers cuts the prior, and adds the gradients, by hand.
func TestSequentialKLIsThatOfItsLayers(t *testing.T) {
	t.Run("float32", testKLOfLayers[float32])
	t.Run("float64", testKLOfLayers[float64])
}

func testKLOfLayers[T bnn.Float](t *testing.T) {
	const eps, scale = 1e-3, 0.75
	for name, s := range chains[T](t) {
		n := s.NumMeanParams()
		loc, sd := normals[T](n, 12), normals[T](n, 13)
		for _, p := range []struct{ loc, sd []T }{{nil, nil}, {loc[:1], sd[:1]}, {loc, sd}, {loc, nil}, {nil, sd}} {
			start, work := normals[T](s.NumParams(), 14), make([]T, s.KLWorkLen())
			want, wantGrad := 0.0, slices.Clone(start)
			eachLayer(s, func(l *bnn.Linear[T], params, means, _ int) {
				own := func(x []T) []T {
					if len(x) > 1 {
						return x[means : means+l.NumMeanParams()]
					}
					return x
				}
				kl, err := l.KLGrad(wantGrad[params:params+l.NumParams()], own(p.loc), own(p.sd), eps, scale, work)
				if err != nil {
					t.Fatal(err)
				}
				want += kl
			})
			grad := slices.Clone(start)
			again, err := s.KLGrad(grad, p.loc, p.sd, eps, scale, work)
			if err != nil {
				t.Fatal(err)
			}
			kl, err := s.KL(p.loc, p.sd, eps, work)
			if err != nil || kl != want || again != want {
				t.Errorf("%s, prior of %d and %d: %v and %v, %v, want %v", name, len(p.loc), len(p.sd), kl, again, err, want)
			}
			sameBits(t, fmt.Sprintf("%s, prior of %d and %d: gradient", name, len(p.loc), len(p.sd)), grad, wantGrad)
		}
	}
}

// TestSequentialSampleIsThatOfItsLayers cuts the normals of a draw by hand, puts the drawn parameters into a model
// without covariances, and finds the same outputs and features; the gradient goes the same way back.
func TestSequentialSampleIsThatOfItsLayers(t *testing.T) {
	t.Run("float32", testSampleOfLayers[float32])
	t.Run("float64", testSampleOfLayers[float64])
}

func testSampleOfLayers[T bnn.Float](t *testing.T) {
	const rows = 3
	for name, s := range chains[T](t) {
		eps, x, dY := normals[T](s.NumNormals(), 21), normals[T](rows*s.In(), 22), normals[T](rows*s.Out(), 23)
		plain := withoutCovariances(t, s)
		work := make([]T, max(s.GradWorkLen(rows), plain.GradWorkLen(rows)))
		at := 0
		eachLayer(s, func(l *bnn.Linear[T], _, _, normals int) {
			theta := plain.Params()[at:][:l.NumMeanParams()]
			if err := l.Sample(theta, eps[normals:][:l.NumNormals()], work); err != nil {
				t.Fatal(err)
			}
			at += len(theta)
		})
		y, want := make([]T, rows*s.Out()), make([]T, rows*s.Out())
		phi, wantPhi := make([]T, rows*s.Output().In()), make([]T, rows*s.Output().In())
		dX, wantDX := make([]T, len(x)), make([]T, len(x))
		grad, theta := make([]T, s.NumParams()), make([]T, plain.NumParams())
		wantGrad := make([]T, s.NumParams())
		for _, err := range []error{
			s.ForwardSample(y, x, eps, work), plain.Forward(want, x, work),
			s.RepresentationSample(phi, x, eps, work), plain.Representation(wantPhi, x, work),
			s.ForwardSampleGrad(dX, grad, x, eps, dY, work), plain.ForwardGrad(wantDX, theta, x, dY, work),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		eachLayer(s, func(l *bnn.Linear[T], params, means, normals int) {
			dTheta := theta[means:][:l.NumMeanParams()]
			if err := l.SampleGrad(wantGrad[params:][:l.NumParams()], dTheta, eps[normals:][:l.NumNormals()], work); err != nil {
				t.Fatal(err)
			}
		})
		sameBits(t, name+": outputs", y, want)
		sameBits(t, name+": features", phi, wantPhi)
		sameBits(t, name+": gradient by the inputs", dX, wantDX)
		sameBits(t, name+": gradient by the parameters", grad, wantGrad)
	}
}

// withoutCovariances is a model of the same sizes whose layers are deterministic.
func withoutCovariances[T bnn.Float](t *testing.T, s *bnn.Sequential[T]) *bnn.Sequential[T] {
	var modules []bnn.Module
	for k := range s.Len() {
		if l := s.Linear(k); l != nil {
			withBias := l.NumMeanParams() > l.In()*l.Out()
			modules = append(modules, bnn.LinearConfig{In: l.In(), Out: l.Out(), NoBias: !withBias})
		} else {
			modules = append(modules, bnn.Tanh)
		}
	}
	plain, err := bnn.NewSequential[T](modules...)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// TestSequentialPredictIsThatOfItsLastLayer takes the representation through the output layer alone.
func TestSequentialPredictIsThatOfItsLastLayer(t *testing.T) {
	const rows = 5
	for name, s := range chains[float64](t) {
		work, x := make([]float64, s.WorkLen(rows)), normals[float64](rows*s.In(), 31)
		phi := make([]float64, rows*s.Output().In())
		mean, variance := make([]float64, rows*s.Out()), make([]float64, rows*s.Out())
		want, wantVariance := make([]float64, len(mean)), make([]float64, len(mean))
		for _, err := range []error{
			s.Representation(phi, x, work), s.Predict(mean, variance, x, work),
			s.Output().Predict(want, wantVariance, phi, make([]float64, s.Output().WorkLen(rows))),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		sameBits(t, name+": mean", mean, want)
		sameBits(t, name+": variance", variance, wantVariance)
	}
}
