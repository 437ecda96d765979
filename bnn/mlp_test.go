package bnn_test

import (
	"reflect"
	"testing"

	"github.com/simmer-go/simmer/bnn"
)

// TestNewMLP compares with the same model made of its modules: the types of the layers, and their covariances.
func TestNewMLP(t *testing.T) {
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
		{[]int{3, 4, 2}, []bnn.Covariance{nil}, []bnn.Module{layer(3, 4, bnn.Input, nil), bnn.Tanh,
			layer(4, 2, bnn.Output, nil)}},
		{[]int{3, 4, 2}, []bnn.Covariance{nil, low}, []bnn.Module{layer(3, 4, bnn.Input, nil), bnn.Tanh,
			layer(4, 2, bnn.Output, low)}},
		{[]int{3, 4, 5, 2}, []bnn.Covariance{diagonal}, []bnn.Module{layer(3, 4, bnn.Input, diagonal), bnn.Tanh,
			layer(4, 5, bnn.Hidden, diagonal), bnn.Tanh, layer(5, 2, bnn.Output, diagonal)}},
	} {
		got, err := bnn.NewMLP[float64](c.sizes, bnn.Tanh, c.covs...)
		if err != nil {
			t.Fatal(err)
		}
		want, err := bnn.NewSequential[float64](c.want...)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%v, %v: it is not the model of %v", c.sizes, c.covs, c.want)
		}
	}
}

// TestBadMLP gives lengths that do not fit, and a layer and an activation that cannot be.
func TestBadMLP(t *testing.T) {
	for _, c := range []struct {
		sizes      []int
		activation bnn.Activation
		covs       int
		want       string
	}{
		{nil, bnn.ReLU, 0, "sizes has length 0, want at least 2"},
		{[]int{3}, bnn.ReLU, 1, "sizes has length 1, want at least 2"},
		{[]int{3, 2}, bnn.ReLU, 2, "2 covariances, want 0, 1 or the number of layers, 1"},
		{[]int{3, 4, 4, 2}, bnn.ReLU, 2, "2 covariances, want 0, 1 or the number of layers, 3"},
		{[]int{3, 4, 4, 2}, bnn.ReLU, 4, "4 covariances, want 0, 1 or the number of layers, 3"},
		{[]int{3, 4, 0}, bnn.ReLU, 0, "module 2: In is 4 and Out is 0, want at least 1"},
		{[]int{3, 4, 2}, bnn.LogSigmoid + 1, 0, "module 1: Activation(8) is no activation"},
	} {
		_, err := bnn.NewMLP[float32](c.sizes, c.activation, make([]bnn.Covariance, c.covs)...)
		if want := "bnn: NewMLP: " + c.want; err == nil || err.Error() != want {
			t.Errorf("%v with %d covariances: got %v, want %s", c.sizes, c.covs, err, want)
		}
	}
}

// TestArgumentsAreCopied changes the caller's slices after the models were made.
func TestArgumentsAreCopied(t *testing.T) {
	layer := bnn.LinearConfig{In: 1, Out: 1}
	modules, sizes := []bnn.Module{layer, bnn.Sigmoid, layer}, []int{1, 1, 1}
	sequential, err := bnn.NewSequential[float64](modules...)
	if err != nil {
		t.Fatal(err)
	}
	mlp, err := bnn.NewMLP[float64](sizes, bnn.Sigmoid)
	if err != nil {
		t.Fatal(err)
	}
	clear(modules)
	clear(sizes)
	for _, s := range []*bnn.Sequential[float64]{sequential, mlp} {
		copy(s.Params(), []float64{0, 0, 0, 1}) // σ(0) goes through
		y := make([]float64, 1)
		if err := s.Forward(y, []float64{1}, make([]float64, s.WorkLen(1))); err != nil || y[0] != 0.5 {
			t.Errorf("%v, %v", y, err)
		}
	}
}
