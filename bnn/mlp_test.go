package bnn_test

import (
	"slices"
	"testing"

	"github.com/simmer-go/simmer/bnn"
)

// TestMLP looks at the modules: the types of the layers, and which gets which covariance.
func TestMLP(t *testing.T) {
	diagonal, low := bnn.Diagonal{}, bnn.LowRank{Rank: 2}
	layer := func(in, out int, typ bnn.LayerType, c bnn.Covariance) bnn.Module {
		return bnn.LinearConfig{In: in, Out: out, Type: typ, Covariance: c}
	}
	for _, c := range []struct {
		sizes []int
		covs  []bnn.Covariance
		want  []bnn.Module
	}{
		{[]int{3, 2}, nil, []bnn.Module{layer(3, 2, bnn.Output, nil)}},
		{[]int{3, 2}, []bnn.Covariance{low}, []bnn.Module{layer(3, 2, bnn.Output, low)}},
		{[]int{3, 4, 2}, []bnn.Covariance{}, []bnn.Module{layer(3, 4, bnn.Input, nil), bnn.Tanh,
			layer(4, 2, bnn.Output, nil)}},
		{[]int{3, 4, 2}, []bnn.Covariance{nil, low}, []bnn.Module{layer(3, 4, bnn.Input, nil), bnn.Tanh,
			layer(4, 2, bnn.Output, low)}},
		{[]int{3, 4, 5, 2}, []bnn.Covariance{diagonal}, []bnn.Module{layer(3, 4, bnn.Input, diagonal), bnn.Tanh,
			layer(4, 5, bnn.Hidden, diagonal), bnn.Tanh, layer(5, 2, bnn.Output, diagonal)}},
	} {
		if got := bnn.MLP(c.sizes, bnn.Tanh, c.covs); !slices.Equal(got, c.want) {
			t.Errorf("%v, %v: got %v, want %v", c.sizes, c.covs, got, c.want)
		}
	}
}

// TestBadMLP gives lengths that do not fit: NewSequential says so.
func TestBadMLP(t *testing.T) {
	for _, c := range []struct {
		sizes []int
		covs  int
		want  string
	}{
		{nil, 0, "sizes has length 0, want at least 2"},
		{[]int{3}, 1, "sizes has length 1, want at least 2"},
		{[]int{3, 2}, 2, "covs has length 2, want 0, 1 or the number of layers, 1"},
		{[]int{3, 4, 4, 2}, 2, "covs has length 2, want 0, 1 or the number of layers, 3"},
		{[]int{3, 4, 4, 2}, 4, "covs has length 4, want 0, 1 or the number of layers, 3"},
	} {
		_, err := bnn.NewSequential[float32](bnn.MLP(c.sizes, bnn.ReLU, make([]bnn.Covariance, c.covs))...)
		if want := "bnn: NewSequential: module 0: MLP: " + c.want; err == nil || err.Error() != want {
			t.Errorf("%v with %d covariances: got %v, want %s", c.sizes, c.covs, err, want)
		}
	}
}

// TestModulesAreCopied changes the caller's slice after the model was made.
func TestModulesAreCopied(t *testing.T) {
	modules := bnn.MLP([]int{1, 1, 1}, bnn.Sigmoid, nil)
	s, err := bnn.NewSequential[float64](modules...)
	if err != nil {
		t.Fatal(err)
	}
	clear(modules)
	copy(s.Params(), []float64{0, 0, 0, 1}) // σ(0) goes through
	y := make([]float64, 1)
	if err := s.Forward(y, []float64{1}, make([]float64, s.WorkLen(1))); err != nil || y[0] != 0.5 {
		t.Errorf("%v, %v", y, err)
	}
}
