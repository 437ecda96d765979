package bnn_test

import (
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/simmer-go/simmer/bnn"
)

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

// TestGradOfNoRows: nothing is added, by layers that are wider than a tile of the matrix products either.
func TestGradOfNoRows(t *testing.T) {
	s, err := bnn.NewMLP[float64]([]int{3, 70, 2}, bnn.ReLU, bnn.Diagonal{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range gradPairs(s) {
		dParams := make([]float64, s.NumParams())
		if err := p.grad([]float64{}, dParams, nil, nil, make([]float64, s.GradWorkLen(0))); err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(dParams, func(v float64) bool { return v != 0 }) {
			t.Errorf("%sGrad of no rows adds something", p.name)
		}
	}
}

// TestGradFloat32 holds float32 to float64, on more rows than a tile of the matrix products has, and counts
// allocations.
func TestGradFloat32(t *testing.T) {
	const rows = 130
	for _, a := range activations {
		for _, cov := range covarianceKinds() {
			s, s64 := gradModel[float32](t, a, cov, false), gradModel[float64](t, a, cov, false)
			for i, p := range gradPairs(s) {
				x, dY := normals[float32](rows*s.In(), 3), normals[float32](rows*p.cols, 4)
				dX, dParams := make([]float32, len(x)), make([]float32, s.NumParams())
				work := make([]float32, s.GradWorkLen(rows))
				if n := testing.AllocsPerRun(1, func() {
					clear(dParams)
					if err := p.grad(dX, dParams, x, dY, work); err != nil {
						t.Fatal(err)
					}
				}); n != 0 {
					t.Errorf("%v, %v: %sGrad: %v allocations", a, cov, p.name, n)
				}
				x64, params64 := make([]float64, len(x)), make([]float64, s.NumParams())
				if err := gradPairs(s64)[i].grad(x64, params64, normals[float64](len(x), 3), normals[float64](len(dY), 4),
					make([]float64, s64.GradWorkLen(rows))); err != nil {
					t.Fatal(err)
				}
				near(t, "dX", floats(dX), x64, 1e-5, 0)
				near(t, "dParams", floats(dParams), params64, 1e-5, 0)
			}
		}
	}
}

// TestGradNaN: a NaN in an input makes the gradient of its row NaN, and of no other row.
func TestGradNaN(t *testing.T) {
	for _, a := range activations {
		s := gradModel[float64](t, a, bnn.Diagonal{}, false)
		for _, p := range gradPairs(s) {
			x, dY := normals[float64](gradRows*s.In(), 3), normals[float64](gradRows*p.cols, 4)
			clean, dX := make([]float64, len(x)), make([]float64, len(x))
			work := make([]float64, s.GradWorkLen(gradRows))
			if err := p.grad(clean, nil, x, dY, work); err != nil {
				t.Fatal(err)
			}
			x[s.In()] = math.NaN()
			if err := p.grad(dX, nil, x, dY, work); err != nil {
				t.Fatal(err)
			}
			for i, v := range dX {
				if i/s.In() == 1 && v == v || i/s.In() != 1 && v != clean[i] {
					t.Errorf("%v: %sGrad: dX[%d] is %v, without the NaN %v", a, p.name, i, v, clean[i])
				}
			}
		}
	}
}

// TestGradShared: goroutines that share a model get the same gradients.
func TestGradShared(t *testing.T) {
	for _, cov := range covarianceKinds() {
		s := gradModel[float64](t, bnn.GELU, cov, false)
		for _, p := range gradPairs(s) {
			x, dY := normals[float64](gradRows*s.In(), 3), normals[float64](gradRows*p.cols, 4)
			var results [4][]float64
			var wg sync.WaitGroup
			for g := range results {
				wg.Go(func() {
					work := make([]float64, s.GradWorkLen(gradRows))
					for range 20 {
						results[g] = make([]float64, s.NumParams())
						if err := p.grad(nil, results[g], x, dY, work); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			for _, r := range results {
				if !slices.Equal(r, results[0]) {
					t.Errorf("%v: %sGrad differs between goroutines", cov, p.name)
				}
			}
		}
	}
}
