package bnn_test

import (
	"math"
	"testing"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/internal/testkit/cases"
	"github.com/simmer-go/simmer/loss"
)

// vrLoss is what the three variance-reduced losses have in common.
type vrLoss[T bnn.Float] struct {
	value    func(r loss.Reduction) (float64, error)
	elements func(dst []T) error
	grad     func(r loss.Reduction, dPhi, dParams []T) (float64, error)
}

// TestVarianceReducedCases runs every reference case of the variance-reduced losses on Linear.
func TestVarianceReducedCases(t *testing.T) {
	for _, name := range []string{"MSELossVR", "BCEWithLogitsLossVR", "CrossEntropyLossVR"} {
		t.Run(name, func(t *testing.T) {
			list, err := cases.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range list {
				t.Run(c.Name, func(t *testing.T) {
					if c.DType == "float32" {
						// A gradient inherits the rounding of the float32 mean, 2⁻²⁴·Σ|w·φ|, which is more
						// than 1e-6 of it where residuals cancel.
						runVR[float32](t, c, 1e-6, 1e-5)
					} else {
						runVR[float64](t, c, 1e-13, 1e-12)
					}
				})
			}
			t.Logf("%d cases", len(list))
		})
	}
}

func runVR[T bnn.Float](t *testing.T, c cases.Case, tolValue, tolGrad float64) {
	l, order := linearOf[T](t, c)
	phi := cases.To[T](c.Inputs["input_representation"])
	rows := len(phi) / l.In()
	run := lossOf(c, sampleCount(c), l, phi, make([]T, 8*rows*l.Out()+4*l.WorkLen(rows)))
	exact, reduction := c.Exact(), loss.Mean
	var got []float64
	if r := c.Options.String("reduction", "mean"); r == "none" {
		dst := make([]T, len(exact.Data))
		if err := run.elements(dst); err != nil {
			t.Fatal(err)
		}
		for _, v := range dst {
			got = append(got, float64(v))
		}
		reduction = loss.Sum
	} else {
		if r == "sum" {
			reduction = loss.Sum
		}
		v, err := run.value(reduction)
		if err != nil {
			t.Fatal(err)
		}
		got = []float64{v}
	}
	// Means and variances are sums of many terms, which the loss may cancel: they set the scale.
	near(t, "value", got, exact.Data, tolValue, scaleOf(c))
	if c.Grad == nil {
		return
	}
	dPhi, dParams := make([]T, len(phi)), make([]T, l.NumParams())
	if _, err := run.grad(reduction, dPhi, dParams); err != nil {
		t.Fatal(err)
	}
	near(t, "input_representation", floats(dPhi), c.Grad["input_representation"].Data, tolGrad, 0)
	for _, name := range order {
		n := len(c.Inputs[name].Data)
		if want, ok := c.Grad[name]; ok {
			near(t, name, floats(dParams[:n]), want.Data, tolGrad, 0)
		}
		dParams = dParams[n:]
	}
}

// sampleCount is the product of the sample dimensions of a case.
func sampleCount(c cases.Case) int {
	n := 1
	for _, d := range c.Options.Ints("sample_shape") {
		n *= d
	}
	return n
}

// linearOf builds the layer of a case and tells the order of its parameters.
func linearOf[T bnn.Float](t *testing.T, c cases.Case) (l *bnn.Linear[T], order []string) {
	o := c.Options
	cfg := bnn.LinearConfig{In: o.Int("in_features", 0), Out: o.Int("out_features", 0), NoBias: !o.Bool("bias"),
		Type:       bnn.Output,
		Covariance: covarianceOf(t, c, o.Int("rank", 0), o.Int("input_rank", 0), o.Int("output_rank", 0))}
	l, err := bnn.NewLinear[T](cfg)
	if err != nil {
		t.Fatal(err)
	}
	return l, setParams(t, c, "", l)
}

// covarianceOf is the covariance of a case at the given ranks.
func covarianceOf(t *testing.T, c cases.Case, rank, inputRank, outputRank int) bnn.Covariance {
	switch kind := c.Options.String("cov", "none"); kind {
	case "none":
		return nil
	case "diagonal":
		return bnn.Diagonal{}
	case "low_rank", "factorized":
		return bnn.LowRank{Rank: rank}
	case "kronecker":
		k := bnn.Kronecker{InputRank: inputRank, OutputRank: outputRank}
		if c.Options.String("kronecker_layout", "kron") == "sampled" {
			k.Layout = bnn.Sampled
		}
		return k
	default:
		t.Fatalf("unknown covariance %q", kind)
		return nil
	}
}

// parameterNames are those of all layers, in the order in which a layer has them.
var parameterNames = []string{"bias", "weight", "cov.scale.bias", "cov.scale.weight", "cov.factor.bias",
	"cov.factor.weight", "cov.input_factor.bias", "cov.input_factor.weight", "cov.output_factor"}

// setParams copies the inputs whose names begin with prefix to the parameters and returns their names in that order.
func setParams[T bnn.Float](t *testing.T, c cases.Case, prefix string, l *bnn.Linear[T]) (order []string) {
	p := l.Params()
	for _, name := range parameterNames {
		if v, ok := c.Inputs[prefix+name]; ok {
			p = p[copy(p, cases.To[T](v)):]
			order = append(order, prefix+name)
		}
	}
	if len(p) != 0 {
		t.Fatalf("%d parameters are missing", len(p))
	}
	return order
}

func lossOf[T bnn.Float](c cases.Case, samples int, l *bnn.Linear[T], phi, work []T) vrLoss[T] {
	target := c.Inputs["target"]
	switch c.Loss {
	case "MSELossVR":
		return vrLossOf(func(r loss.Reduction) varianceReduced[T, T] {
			return loss.MSEVR[T]{Layer: l, Reduction: r, Samples: samples}
		}, phi, cases.To[T](target), work)
	case "BCEWithLogitsLossVR":
		return vrLossOf(func(r loss.Reduction) varianceReduced[T, T] {
			return loss.BCEWithLogitsVR[T]{Layer: l, Reduction: r, Samples: samples}
		}, phi, cases.To[T](target), work)
	}
	return vrLossOf(func(r loss.Reduction) varianceReduced[T, int] {
		return loss.CrossEntropyVR[T]{Layer: l, Reduction: r, Samples: samples}
	}, phi, target.Ints, work)
}

// varianceReduced is a variance-reduced loss with targets of the type E.
type varianceReduced[T bnn.Float, E loss.Target] interface {
	Value(phi []T, target []E, work []T) (float64, error)
	ElementsTo(dst, phi []T, target []E, work []T) error
	ValueGrad(dPhi, dParams, phi []T, target []E, work []T) (float64, error)
}

func vrLossOf[T bnn.Float, E loss.Target](of func(loss.Reduction) varianceReduced[T, E], phi []T, target []E,
	work []T) vrLoss[T] {
	return vrLoss[T]{
		func(r loss.Reduction) (float64, error) { return of(r).Value(phi, target, work) },
		func(dst []T) error { return of(loss.Mean).ElementsTo(dst, phi, target, work) },
		func(r loss.Reduction, dPhi, dParams []T) (float64, error) {
			return of(r).ValueGrad(dPhi, dParams, phi, target, work)
		},
	}
}

// scaleOf is the largest sum of absolute terms that the mean of an output may have.
func scaleOf(c cases.Case) float64 {
	largest := func(name string) (m float64) {
		for _, v := range c.Inputs[name].Data {
			m = max(m, math.Abs(v))
		}
		return m
	}
	in := float64(c.Options.Int("in_features", 1))
	return largest("weight")*largest("input_representation")*in + largest("bias") + largest("target")
}

func floats[T bnn.Float](x []T) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

// near compares with the largest entry of want, or scale if that is larger, as the unit of tol.
func near(t *testing.T, name string, got, want []float64, tol, scale float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d entries, want %d", name, len(got), len(want))
	}
	for _, w := range want {
		if !math.IsInf(w, 0) {
			scale = max(scale, math.Abs(w))
		}
	}
	for i, w := range want {
		same := got[i] == w || got[i] != got[i] && w != w
		if !same && !(math.Abs(got[i]-w) <= tol*scale) {
			t.Errorf("%s[%d] = %v, want %v (scale %v)", name, i, got[i], w, scale)
		}
	}
}
