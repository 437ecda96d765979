package bnn_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/bnn"
)

// TestForwardDrawsIsForwardSample draws the normals itself, in the order that is promised.
func TestForwardDrawsIsForwardSample(t *testing.T) {
	const draws, rows = 3, 2
	s := weighted[float32](t)
	for i := range s.Params() {
		s.Params()[i] = float32(math.Sin(float64(i * i)))
	}
	x, n := []float32{1, -2, 3, 0.5, 0, -1}, rows*s.Out()
	eps, work := make([]float32, s.NumNormals()), make([]float32, s.WorkLen(rows))
	got, want := make([]float32, draws*n), make([]float32, draws*n)
	if err := s.ForwardDraws(got, x, rand.New(rand.NewPCG(3, 4)), eps, work); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for k := range draws {
		for i := range eps {
			eps[i] = float32(rng.NormFloat64())
		}
		if err := s.ForwardSample(want[k*n:][:n], x, eps, work); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(got, want) || slices.Equal(got[:n], got[n:2*n]) {
		t.Errorf("got %v, want %v", got, want)
	}
	if err := s.ForwardDraws(nil, nil, nil, eps, work); err != nil {
		t.Errorf("without rows: %v", err)
	}
}

// TestOutputKeepsTheMode takes layers from both views of a model.
func TestOutputKeepsTheMode(t *testing.T) {
	s := weighted[float64](t)
	if err := s.Output().SetTemperature(4); err != nil {
		t.Fatal(err)
	}
	copy(s.Output().Params(), []float64{8, 16})
	mean, variance := make([]float64, 2), make([]float64, 2)
	for name, c := range map[string]struct {
		l    *bnn.Linear[float64]
		want []float64
	}{
		"Output":            {s.Output(), []float64{8, 16}},
		"Eval.Output":       {s.Eval().Output(), []float64{2, 4}},
		"Eval.Linear":       {s.Eval().Linear(2), []float64{2, 4}},
		"Eval.Train.Linear": {s.Eval().Train().Linear(2), []float64{8, 16}},
	} {
		if err := c.l.Predict(mean, variance, make([]float64, 4), make([]float64, c.l.WorkLen(1))); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(mean, c.want) {
			t.Errorf("%s: mean %v, want %v", name, mean, c.want)
		}
	}
}

// TestTemperatureIsShared sets it in one view of a layer, or of a model, or reads it from a file: all others have it.
func TestTemperatureIsShared(t *testing.T) {
	s := random(t, weighted[float64](t))
	file := written(t, s)
	views := map[string]*bnn.Linear[float64]{
		"Output": s.Output(), "Output.Eval": s.Output().Eval(), "Output.Workers": s.Output().Workers(2),
		"Linear": s.Linear(2), "Eval.Output": s.Eval().Output(), "Eval.Linear": s.Eval().Linear(2),
		"Eval.Train.Output": s.Eval().Train().Output(), "Workers.Output": s.Workers(3).Output(),
		"Eval.Workers.Linear.Train": s.Eval().Workers(2).Linear(2).Train(),
	}
	all := func(what string, want float64) {
		t.Helper()
		for name, l := range views {
			if got := l.Temperature(); got != want {
				t.Errorf("%s: %s has temperature %v, want %v", what, name, got, want)
			}
		}
	}
	next := 2.0
	for name, l := range views {
		next++
		if err := l.SetTemperature(next); err != nil {
			t.Fatal(err)
		}
		all("set in "+name, next)
	}
	if err := s.Eval().ReadWeights(bytes.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	all("read", 0.75)

	// So are the parameters.
	for name, l := range views {
		next++
		l.Params()[1] = next
		for other, v := range views {
			if v.Params()[1] != next {
				t.Errorf("a parameter that is set in %s is another one in %s", name, other)
			}
		}
	}
}

// TestOutputBeforeOthers has a temperature in the middle: serving divides what the layer hands on, and its gradient.
func TestOutputBeforeOthers(t *testing.T) {
	s, err := bnn.NewSequential[float64](bnn.LinearConfig{In: 1, Out: 1, Type: bnn.Output}, bnn.ReLU,
		bnn.LinearConfig{In: 1, Out: 1})
	if err != nil {
		t.Fatal(err)
	}
	copy(s.Params(), []float64{2, 6, 1, 3}) // y = 1 + 3 ReLU((2 + 6x)/T)
	if err := s.Linear(0).SetTemperature(4); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		s     *bnn.Sequential[float64]
		y, dx float64
	}{{s, 25, 18}, {s.Eval(), 7, 4.5}} {
		y, dx := make([]float64, 1), make([]float64, 1)
		if err := c.s.Forward(y, []float64{1}, make([]float64, s.WorkLen(1))); err != nil || y[0] != c.y {
			t.Errorf("y = %v, %v, want %v", y, err, c.y)
		}
		err := c.s.ForwardGrad(dx, nil, []float64{1}, []float64{1}, make([]float64, s.GradWorkLen(1)))
		if err != nil || dx[0] != c.dx {
			t.Errorf("dx = %v, %v, want %v", dx, err, c.dx)
		}
	}
}
