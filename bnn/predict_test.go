package bnn_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/bnn"
)

// TestRowsAreIndependent: a row has the same mean, variance and gradient, to the bit, alone and in a batch of several
// tiles, the last of them partial.
func TestRowsAreIndependent(t *testing.T) {
	for _, c := range covarianceKinds() {
		for _, cfg := range []bnn.LinearConfig{{In: 7, Out: 3}, {In: 2, Out: 5}, {In: 6, Out: 3, NoBias: true}} {
			cfg.Covariance = c
			name := fmt.Sprintf("%v/%dx%d/", c, cfg.In, cfg.Out)
			t.Run(name+"float32", func(t *testing.T) { rowsAreIndependent[float32](t, cfg) })
			t.Run(name+"float64", func(t *testing.T) { rowsAreIndependent[float64](t, cfg) })
		}
	}
}

func rowsAreIndependent[T bnn.Float](t *testing.T, cfg bnn.LinearConfig) {
	l, err := bnn.NewLinear[T](cfg)
	if err != nil {
		t.Fatal(err)
	}
	const rows = 130
	copy(l.Params(), normals[T](l.NumParams(), 1))
	phi, dY := normals[T](rows*cfg.In, 2), normals[T](rows*cfg.Out, 3)
	work := make([]T, l.WorkLen(rows))
	run := func(from, to int) (mean, variance, dPhi []T) {
		n := to - from
		mean, variance, dPhi = make([]T, n*cfg.Out), make([]T, n*cfg.Out), make([]T, n*cfg.In)
		x, dy := phi[from*cfg.In:to*cfg.In], dY[from*cfg.Out:to*cfg.Out]
		if err := l.Predict(mean, variance, x, work); err != nil {
			t.Fatal(err)
		}
		if err := l.PredictGrad(dPhi, nil, x, dy, dy, work); err != nil {
			t.Fatal(err)
		}
		return mean, variance, dPhi
	}
	mean, variance, dPhi := run(0, rows)
	for r := range rows {
		m, v, d := run(r, r+1)
		if !slices.Equal(m, mean[r*cfg.Out:][:cfg.Out]) || !slices.Equal(v, variance[r*cfg.Out:][:cfg.Out]) ||
			!slices.Equal(d, dPhi[r*cfg.In:][:cfg.In]) {
			t.Fatalf("row %d depends on the batch: %v %v %v", r, m, v, d)
		}
	}
}

// TestSequentialRowsAreIndependent is the same for whole models, of odd widths, with draws and their gradients.
func TestSequentialRowsAreIndependent(t *testing.T) {
	for _, c := range covarianceKinds() {
		for _, sizes := range [][]int{{7, 7, 3}, {33, 5, 6, 1}} {
			name := fmt.Sprintf("%v/%v/", c, sizes)
			t.Run(name+"float32", func(t *testing.T) { modelRowsAreIndependent[float32](t, sizes, c) })
			t.Run(name+"float64", func(t *testing.T) { modelRowsAreIndependent[float64](t, sizes, c) })
		}
	}
}

func modelRowsAreIndependent[T bnn.Float](t *testing.T, sizes []int, c bnn.Covariance) {
	s, err := bnn.NewMLP[T](sizes, bnn.Tanh, c)
	if err != nil {
		t.Fatal(err)
	}
	const rows = 130
	copy(s.Params(), normals[T](s.NumParams(), 1))
	in, out, eps := s.In(), s.Out(), normals[T](s.NumNormals(), 4)
	all, dAll := normals[T](rows*in, 2), normals[T](rows*out, 3)
	run := func(from, to int) (results [4][]T) {
		x, dY := all[from*in:to*in], dAll[from*out:to*out]
		n := to - from
		mean, variance, y, dX := make([]T, n*out), make([]T, n*out), make([]T, n*out), make([]T, n*in)
		work := make([]T, max(s.WorkLen(n), s.GradWorkLen(n)))
		for _, err := range []error{s.Predict(mean, variance, x, work), s.ForwardSample(y, x, eps, work),
			s.ForwardSampleGrad(dX, nil, x, eps, dY, work)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		return [4][]T{mean, variance, y, dX}
	}
	batch := run(0, rows)
	for r := range rows {
		for i, one := range run(r, r+1) {
			if n := len(one); !slices.Equal(one, batch[i][r*n:][:n]) {
				t.Fatalf("row %d depends on the batch: result %d is %v, in the batch %v", r, i, one, batch[i][r*n:][:n])
			}
		}
	}
}
