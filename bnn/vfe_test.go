package bnn_test

import (
	"fmt"
	"testing"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/internal/testkit/cases"
	"github.com/simmer-go/simmer/loss"
)

// TestVariationalFreeEnergyCases runs every reference case of the variational free energy as a user would: a loss of
// the predictions, and a Sequential whose divergence is added.
func TestVariationalFreeEnergyCases(t *testing.T) {
	list, err := cases.Load("VariationalFreeEnergy")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		t.Run(c.Name, func(t *testing.T) {
			if c.DType == "float32" {
				runVFECase[float32](t, c, 1e-6)
			} else {
				runVFECase[float64](t, c, 1e-13)
			}
		})
	}
	t.Logf("%d cases", len(list))
}

func runVFECase[T bnn.Float](t *testing.T, c cases.Case, tol float64) {
	pred, samples := c.Inputs["pred"], sampleCount(c)
	switch nll := c.Options.String("nll", ""); nll {
	case "CrossEntropyLoss":
		classes := pred.Shape[len(c.Options.Ints("sample_shape"))+1]
		runVFE(t, c, loss.CrossEntropy[T]{Samples: samples, Classes: classes}, c.Inputs["target"].Ints, tol)
	case "MSELoss":
		runVFE(t, c, loss.MSE[T]{Samples: samples}, cases.To[T](c.Inputs["target"]), tol)
	case "BCEWithLogitsLoss":
		runVFE(t, c, loss.BCEWithLogits[T]{Samples: samples}, cases.To[T](c.Inputs["target"]), tol)
	default:
		t.Fatalf("unknown nll %q", nll)
	}
}

func runVFE[T bnn.Float, E loss.Target](t *testing.T, c cases.Case, nll loss.Loss[T, E], target []E, tol float64) {
	model, names := vfeModel[T](t, c)
	eps := c.Options.Float("eps", 0)
	vfe := loss.VariationalFreeEnergy[T, E]{NLL: nll, Model: model, Eps: &eps,
		PriorMu: cases.To[T](c.Inputs["prior_loc"]), PriorSigma: cases.To[T](c.Inputs["prior_scale"])}
	if c.Options.Has("kl_weight") {
		weight := c.Options.Float("kl_weight", 0)
		vfe.KLWeight = &weight
	} else {
		vfe.KLWeightPerParam = true
	}
	pred, work := cases.To[T](c.Inputs["pred"]), make([]T, vfe.WorkLen())
	weight := c.Options.Float("kl_weight_value", 0)
	kl := weight * c.Expected["kl"].Scalar()

	value, err := vfe.Value(pred, target, work)
	if err != nil {
		t.Fatal(err)
	}
	gotNLL, gotKL, err := vfe.Terms(pred, target, work)
	if err != nil {
		t.Fatal(err)
	}
	grad, dParams := make([]T, len(pred)), make([]T, model.NumParams())
	again, err := vfe.ValueGrad(grad, dParams, pred, target, work)
	if err != nil {
		t.Fatal(err)
	}
	exact := c.Exact().Scalar()
	near(t, "Value", []float64{value}, []float64{exact}, tol, 0)
	near(t, "nll", []float64{gotNLL}, c.Expected["nll"].Data, tol, 0)
	near(t, "kl", []float64{gotKL}, []float64{kl}, tol, 0)
	near(t, "value of ValueGrad", []float64{again}, []float64{exact}, tol, 0)

	compared := 0
	check := func(name string, got []T) {
		if want, ok := c.Grad[name]; ok {
			near(t, name, floats(got), want.Data, tol, 0)
			compared++
		}
	}
	check("pred", grad)
	for _, name := range names {
		n := len(c.Inputs[name].Data)
		check(name, dParams[:n])
		dParams = dParams[n:]
	}
	if compared != len(c.Grad) || len(dParams) != 0 {
		t.Errorf("%d of %d gradients were compared, %d entries are left", compared, len(c.Grad), len(dParams))
	}
}

// vfeModel builds the model of a case and lists its inputs in the order of the model's parameters.
func vfeModel[T bnn.Float](t *testing.T, c cases.Case) (*bnn.Sequential[T], []string) {
	type size struct {
		In   int  `json:"in_features"`
		Out  int  `json:"out_features"`
		Bias bool `json:"bias"`
	}
	rank := func(name string, layer int) int {
		if r := c.Options.Ints(name); layer < len(r) {
			return r[layer]
		}
		return 0
	}
	var modules []bnn.Module
	for i, s := range cases.Get(c.Options, "layers", []size(nil)) {
		cov := covarianceOf(t, c, rank("ranks", i), rank("input_ranks", i), rank("output_ranks", i))
		modules = append(modules, bnn.LinearConfig{In: s.In, Out: s.Out, NoBias: !s.Bias, Covariance: cov})
	}
	model, err := bnn.NewSequential[T](modules...)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i := range modules {
		names = append(names, setParams(t, c, fmt.Sprintf("layers.%d.", i), model.Linear(i))...)
	}
	return model, names
}
