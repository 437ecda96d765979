package bnn_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/internal/cases"
)

// TestKLCases runs the divergences of the reference cases of the variational free energy on Linear, layer by layer.
func TestKLCases(t *testing.T) {
	list, err := cases.Load("VariationalFreeEnergy")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		t.Run(c.Name, func(t *testing.T) {
			if c.DType == "float32" {
				runKL[float32](t, c, 2e-6)
			} else {
				runKL[float64](t, c, 1e-11)
			}
		})
	}
	t.Logf("%d cases", len(list))
}

// runKL adds up the layers' divergences and takes their gradients, except those of pred and of the nll.
func runKL[T bnn.Float](t *testing.T, c cases.Case, tol float64) {
	type size struct {
		In   int  `json:"in_features"`
		Out  int  `json:"out_features"`
		Bias bool `json:"bias"`
	}
	loc, scale := cases.To[T](c.Inputs["prior_loc"]), cases.To[T](c.Inputs["prior_scale"])
	eps, weight := T(c.Options.Float("eps", 0)), c.Options.Float("kl_weight_value", 1)
	sum, first := 0.0, 0
	for i, s := range cases.Get(c.Options, "layers", []size(nil)) {
		l, order := klLayer[T](t, c, i, s.In, s.Out, s.Bias)
		n := l.NumMeanParams()
		part := func(x []T) []T {
			if len(x) > 1 {
				return x[first : first+n]
			}
			return x
		}
		work, grad := make([]T, l.KLWorkLen()), make([]T, l.NumParams())
		kl, err := l.KL(part(loc), part(scale), eps, work)
		if err != nil {
			t.Fatal(err)
		}
		again, err := l.KLGrad(grad, part(loc), part(scale), eps, T(weight), work)
		if err != nil || again != kl {
			t.Fatalf("KLGrad returns %v, %v, and KL %v", again, err, kl)
		}
		if kl < 0 {
			t.Errorf("layer %d: %v is negative", i, kl)
		}
		sum += kl
		first += n
		for _, name := range order {
			m := len(c.Inputs[name].Data)
			if want, ok := c.Grad[name]; ok {
				near(t, name, floats(grad[:m]), want.Data, 10*tol, 0)
			}
			grad = grad[m:]
		}
	}
	want := c.Expected["kl"].Scalar()
	if !(math.Abs(sum-want) <= tol*math.Abs(want)) && sum != want {
		t.Errorf("KL = %v, want %v", sum, want)
	}
}

// klLayer builds layer i of a case.
func klLayer[T bnn.Float](t *testing.T, c cases.Case, i, in, out int, bias bool) (l *bnn.Linear[T], order []string) {
	rank := func(name string) int {
		if r := c.Options.Ints(name); i < len(r) {
			return r[i]
		}
		return 0
	}
	cfg := bnn.LinearConfig{In: in, Out: out, NoBias: !bias}
	names := []string{"bias", "weight"}
	switch kind := c.Options.String("cov", "none"); kind {
	case "diagonal":
		cfg.Covariance, names = bnn.Diagonal{}, append(names, "cov.scale.bias", "cov.scale.weight")
	case "low_rank", "factorized":
		cfg.Covariance, names = bnn.LowRank{Rank: rank("ranks")}, append(names, "cov.factor.bias", "cov.factor.weight")
	case "kronecker":
		k := bnn.Kronecker{InputRank: rank("input_ranks"), OutputRank: rank("output_ranks")}
		if c.Options.String("kronecker_layout", "kron") == "sampled" {
			k.Layout = bnn.Sampled
		}
		cfg.Covariance, names = k, append(names, "cov.input_factor.bias", "cov.input_factor.weight", "cov.output_factor")
	default:
		t.Fatalf("unknown covariance %q", kind)
	}
	l, err := bnn.NewLinear[T](cfg)
	if err != nil {
		t.Fatal(err)
	}
	p := l.Params()
	for _, name := range names {
		key := fmt.Sprintf("layers.%d.%s", i, name)
		if v, ok := c.Inputs[key]; ok {
			p = p[copy(p, cases.To[T](v)):]
			order = append(order, key)
		}
	}
	if len(p) != 0 {
		t.Fatalf("%d parameters are missing", len(p))
	}
	return l, order
}

// TestKLNoAllocations takes the gradient, which includes the value.
func TestKLNoAllocations(t *testing.T) {
	for _, cfg := range []bnn.LinearConfig{
		{In: 130, Out: 70, Covariance: bnn.Diagonal{}},
		{In: 130, Out: 70, Covariance: bnn.LowRank{Rank: 5}},
		{In: 130, Out: 70, Covariance: bnn.Kronecker{InputRank: 3, OutputRank: 2}},
		{In: 40, Out: 30, Covariance: bnn.Kronecker{}},
		{In: 7, Out: 5, Covariance: bnn.Factorized{}},
	} {
		l, err := bnn.NewLinear[float32](cfg)
		if err != nil {
			t.Fatal(err)
		}
		for i := range l.Params() {
			l.Params()[i] = float32(math.Sin(float64(i * i)))
		}
		grad, work := make([]float32, l.NumParams()), make([]float32, l.KLWorkLen())
		if n := testing.AllocsPerRun(3, func() {
			if _, err := l.KLGrad(grad, nil, nil, 1e-6, 1, work); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%v: %v allocations", cfg.Covariance, n)
		}
	}
}
