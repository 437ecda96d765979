package bnn_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/bnn"
)

// results are what the methods of a model write, by name.
type results[T bnn.Float] map[string][]T

// byRow are those that have a part for each row, whose bits do not depend on the batch.
var byRow = []string{"Predict mean", "Predict variance", "Forward", "Representation", "ForwardSample",
	"RepresentationSample", "PredictCovariance", "ForwardGrad dX", "ForwardSampleGrad dX", "RepresentationGrad dX", "PredictGrad dPhi", "Layer mean",
	"Layer variance"}

// batch is what they are called with; dY is for all derivatives.
type batch[T bnn.Float] struct{ x, dY []T }

// rows cuts some of them out.
func (b batch[T]) rows(s *bnn.Sequential[T], from, to int) batch[T] {
	return batch[T]{b.x[from*s.In() : to*s.In()], b.dY[from*s.Out() : to*s.Out()]}
}

func newBatch[T bnn.Float](s *bnn.Sequential[T], rows int) batch[T] {
	return batch[T]{normals[T](rows*s.In(), 2), normals[T](rows*s.Out(), 3)}
}

// resultsOf calls all methods of a model that multiply matrices, but for the divergences. s serves or not.
func resultsOf[T bnn.Float](t *testing.T, s *bnn.Sequential[T], b batch[T]) results[T] {
	t.Helper()
	rows, out := len(b.x)/s.In(), s.Output()
	r := results[T]{}
	to := func(name string, n int) []T {
		r[name] = make([]T, n)
		return r[name]
	}
	y, phi, x := rows*s.Out(), rows*out.In(), rows*s.In()
	eps := normals[T](s.NumNormals(), 4)
	work := make([]T, max(s.WorkLen(rows), s.GradWorkLen(rows), out.WorkLen(rows)))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.Predict(to("Predict mean", y), to("Predict variance", y), b.x, work))
	must(s.Forward(to("Forward", y), b.x, work))
	must(s.Representation(to("Representation", phi), b.x, work))
	must(s.ForwardSample(to("ForwardSample", y), b.x, eps, work))
	must(s.RepresentationSample(to("RepresentationSample", phi), b.x, eps, work))
	must(s.ForwardDraws(to("ForwardDraws", 2*y), b.x, rand.New(rand.NewPCG(5, 6)), slices.Clone(eps), work))
	must(s.ForwardGrad(to("ForwardGrad dX", x), to("ForwardGrad dParams", s.NumParams()), b.x, b.dY, work))
	must(s.ForwardSampleGrad(to("ForwardSampleGrad dX", x), to("ForwardSampleGrad dParams", s.NumParams()), b.x, eps, b.dY,
		work))
	dPhi := r["Representation"]
	must(s.RepresentationGrad(to("RepresentationGrad dX", x), to("RepresentationGrad dParams", s.NumParams()), b.x, dPhi,
		work))
	must(out.Predict(to("Layer mean", y), to("Layer variance", y), r["Representation"], work))
	must(out.PredictCovariance(to("PredictCovariance", y*s.Out()), r["Representation"], work))
	must(out.PredictGrad(to("PredictGrad dPhi", phi), to("PredictGrad dParams", out.NumParams()), r["Representation"], b.dY,
		b.dY, work))
	own := eps[s.NumNormals()-out.NumNormals():]
	must(out.Sample(to("Sample", out.NumMeanParams()), own, work))
	must(out.SampleGrad(to("SampleGrad", out.NumParams()), r["Sample"], own, work))
	return r
}

// sameBits compares, all NaN being one.
func sameBits[T bnn.Float](t *testing.T, what string, got, want []T) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i, v := range got {
		if w := want[i]; (v != w || 1/v != 1/w) && (v == v || w == w) {
			t.Fatalf("%s: [%d] is %v, want %v", what, i, v, w)
		}
	}
}

// resultModel has layers of odd sizes on both sides of panels and chunks, and a temperature.
func resultModel[T bnn.Float](t *testing.T, a bnn.Activation, c bnn.Covariance, sizes ...int) *bnn.Sequential[T] {
	t.Helper()
	s, err := bnn.NewMLP[T](sizes, a, c)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range normals[T](s.NumParams(), 1) {
		s.Params()[i] = v / 4
	}
	if err := s.Output().SetTemperature(1.5); err != nil {
		t.Fatal(err)
	}
	return s.Eval()
}

// eachResultModel has a model for each structure and type.
func eachResultModel(t *testing.T, f32 func(t *testing.T, s *bnn.Sequential[float32]),
	f64 func(t *testing.T, s *bnn.Sequential[float64])) {
	for _, c := range covarianceKinds() {
		sizes := []int{70, 35, 5}
		if c == (bnn.Factorized{}) {
			sizes = []int{9, 4, 3}
		}
		for _, a := range []bnn.Activation{bnn.ReLU, bnn.SiLU, bnn.Tanh} {
			name := "none"
			if c != nil {
				name = c.String()
			}
			t.Run(name+"/"+a.String()+"/float32", func(t *testing.T) { f32(t, resultModel[float32](t, a, c, sizes...)) })
			t.Run(name+"/"+a.String()+"/float64", func(t *testing.T) { f64(t, resultModel[float64](t, a, c, sizes...)) })
		}
	}
}
