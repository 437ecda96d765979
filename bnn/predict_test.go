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
	for _, c := range []bnn.Covariance{nil, bnn.Diagonal{}, bnn.Factorized{}, bnn.LowRank{Rank: 2},
		bnn.Kronecker{InputRank: 2, OutputRank: 3}, bnn.Kronecker{InputRank: 2, OutputRank: 3, Layout: bnn.Sampled}} {
		for _, cfg := range []bnn.LinearConfig{{In: 7, Out: 3}, {In: 2, Out: 5}, {In: 6, Out: 3, NoBias: true}} {
			cfg.Covariance = c
			t.Run(fmt.Sprintf("%v/%dx%d/float32", c, cfg.In, cfg.Out), func(t *testing.T) { rowsAreIndependent[float32](t, cfg) })
			t.Run(fmt.Sprintf("%v/%dx%d/float64", c, cfg.In, cfg.Out), func(t *testing.T) { rowsAreIndependent[float64](t, cfg) })
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
