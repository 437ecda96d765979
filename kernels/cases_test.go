package kernels_test

import (
	"math"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/cases"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/ref"
	"github.com/simmer-go/simmer/kernels"
)

// TestReferenceCases runs all kernel cases with all implementations and prints how many.
func TestReferenceCases(t *testing.T) {
	for file, check := range map[string]struct {
		f32 func(*testing.T, cases.Case)
		f64 func(*testing.T, cases.Case)
	}{
		"kernel_softplus":             {elements[float32]("SoftplusTo"), elements[float64]("SoftplusTo")},
		"kernel_sigmoid":              {elements[float32]("SigmoidTo"), elements[float64]("SigmoidTo")},
		"kernel_softmax":              {caseSoftmax[float32], caseSoftmax[float64]},
		"kernel_log_softmax":          {caseLogSoftmax[float32], caseLogSoftmax[float64]},
		"kernel_logsumexp":            {caseLogSumExp[float32], caseLogSumExp[float64]},
		"kernel_sum_squared_error":    {caseSquaredError[float32], caseSquaredError[float64]},
		"kernel_gaussian_kl":          {caseGaussianKL[float32], caseGaussianKL[float64]},
		"kernel_gaussian_kl_standard": {caseGaussianKLStandard[float32], caseGaussianKLStandard[float64]},
	} {
		t.Run(file, func(t *testing.T) {
			list, err := cases.Load(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range list {
				for _, i := range isa.Available() {
					restore := isa.Use(i)
					t.Run(c.Name+"/"+i.String(), func(t *testing.T) {
						if c.DType == "float32" {
							check.f32(t, c)
						} else {
							check.f64(t, c)
						}
					})
					restore()
				}
			}
			t.Logf("%d cases on %v", len(list), isa.Available())
		})
	}
}

func elements[T kernels.Float](name string) func(*testing.T, cases.Case) {
	k := catalog.Find[T](name)
	return func(t *testing.T, c cases.Case) {
		x := cases.To[T](c.Inputs["x"])
		dst := make([]T, len(x))
		k.Call(catalog.Args[T]{Out: [][]T{dst}, In: [][]T{x}})
		within(t, dst, c.Exact().Data, boundOf[T](name))
	}
}

// Cross-entropy is the negative of log softmax at the target.
func caseLogSoftmax[T kernels.Float](t *testing.T, c cases.Case) {
	x := cases.To[T](c.Inputs["x"])
	if len(x) == 0 {
		return // no row
	}
	want := c.Exact().Data
	within(t, kernels.LogSoftmaxRowsTo(make([]T, len(x)), x, len(x)), want, boundOf[T]("LogSoftmaxRowsTo"))
	for y, l := range want {
		got := kernels.CrossEntropyRowsTo(make([]T, 1), x, len(x), []int{y})
		within(t, got, []float64{-l}, boundOf[T]("CrossEntropyRowsTo"))
		got = kernels.ClassLossTo(got, x, kernels.ClassTargets[T]{Cols: len(x), Target: []int{y}})
		within(t, got, []float64{-l}, boundOf[T]("ClassLossTo"))
	}
}

// exp passes the error of its argument on: x−m is rounded to within 2⁻⁵³·|x−m| (2⁻²⁴ in float32), which is a relative
// error of the result, at most |x−m| ULP.
func caseSoftmax[T kernels.Float](t *testing.T, c cases.Case) {
	x := cases.To[T](c.Inputs["x"])
	if len(x) == 0 {
		return // no row
	}
	got, want := kernels.SoftmaxRowsTo(make([]T, len(x)), x, len(x)), c.Exact().Data
	largest := float64(slices.Max(x))
	for i := range got {
		rounding := largest - float64(x[i])
		if math.IsInf(rounding, 0) || rounding != rounding {
			rounding = 0 // exactly 0, or NaN
		}
		within(t, got[i:i+1], want[i:i+1], boundOf[T]("SoftmaxRowsTo")+rounding)
	}
}

// The bound counts in ULP of the largest |x| where that exceeds the result.
func caseLogSumExp[T kernels.Float](t *testing.T, c cases.Case) {
	x := cases.To[T](c.Inputs["x"])
	got, want := kernels.LogSumExp(x), c.Exact().Scalar()
	size := math.Abs(want)
	for _, v := range x {
		size = math.Max(size, math.Abs(float64(v)))
	}
	if math.IsInf(size, 0) || size != size { // the result is not finite, or an element is -Inf
		size = math.Abs(want)
	}
	scalarWithin(t, got, want, boundOf[T]("LogSumExp")*ulp[T](size))
}

// 3 ULP is what the doc comment says of random data; adversarial cases have the proven bound of n terms' own rounding.
func caseSquaredError[T kernels.Float](t *testing.T, c cases.Case) {
	got := kernels.SquaredError(cases.To[T](c.Inputs["a"]), cases.To[T](c.Inputs["b"]))
	want := c.Exact().Scalar()
	scalarWithin(t, got, want, 3*ulp[T](want))
}

func caseGaussianKL[T kernels.Float](t *testing.T, c cases.Case) {
	in := func(name string) []T { return cases.To[T](c.Inputs[name]) }
	muP, sigmaP, muQ, sigmaQ := in("mu_p"), in("sigma_p"), in("mu_q"), in("sigma_q")
	eps := T(c.Options.Float("eps", 0))
	rounding := 0.0
	if float64(eps) != c.Options.Float("eps", 0) {
		rounding = epsRounding // the cases add the float64 value of eps
	}
	got := kernels.GaussianKLTo(make([]T, len(muP)), muP, sigmaP, muQ, sigmaQ, eps)
	within(t, got, c.Expected["value"].Data, boundOf[T]("GaussianKLTo")+rounding)
	sum := kernels.GaussianKL(muP, sigmaP, muQ, sigmaQ, eps)
	want := c.Expected["sum"].Scalar()
	scalarWithin(t, sum, want, (boundOf[T]("GaussianKL")+rounding+2)*ulp[T](want))
}

// epsRounding is how far, in ULP, rounding eps to float32 may move a KL term that eps dominates: half an ULP of each
// variance, which the logarithm and the quotient each double at most.
const epsRounding = 2

func caseGaussianKLStandard[T kernels.Float](t *testing.T, c cases.Case) {
	mu := cases.To[T](c.Inputs["mu"])
	dst := make([]T, len(mu))
	var bound, sum float64
	switch form := c.Options.String("form", ""); form {
	case "logvar":
		x := cases.To[T](c.Inputs["logvar"])
		bound = boundOf[T]("GaussianKLLogVarTo")
		kernels.GaussianKLLogVarTo(dst, mu, x)
		sum = kernels.GaussianKLLogVar(mu, x)
	case "sigma":
		x := cases.To[T](c.Inputs["sigma"])
		bound = boundOf[T]("GaussianKLPriorTo")
		kernels.GaussianKLPriorTo(dst, mu, x, 0, 1, 0)
		sum = kernels.GaussianKLPrior(mu, x, 0, 1, 0)
	default:
		t.Fatalf("unknown form %q", form)
	}
	within(t, dst, c.Expected["value"].Data, bound)
	want := c.Expected["sum"].Scalar()
	scalarWithin(t, sum, want, (bound+2)*ulp[T](want))
}

func boundOf[T kernels.Float](name string) float64 {
	b, ok := ref.Bounds[name]
	if !ok {
		panic(name + " has no bound")
	}
	return b.Of(ulp[T](1) > 0x1p-30)
}

// within compares with exact, which is rounded to float64.
func within[T kernels.Float](t *testing.T, got []T, exact []float64, bound float64) {
	t.Helper()
	if len(got) != len(exact) {
		t.Fatalf("%d results, want %d", len(got), len(exact))
	}
	for i, v := range got {
		if want := exact[i]; !near[T](float64(v), want, bound*ulp[T](want)) {
			t.Errorf("element %d: %g, want %g: %.2f ULP, bound %g", i, v, want, math.Abs(float64(v)-want)/ulp[T](want), bound)
		}
	}
}

func scalarWithin(t *testing.T, got, exact, tolerance float64) {
	t.Helper()
	if !near[float64](got, exact, tolerance) {
		t.Errorf("%g, want %g: off by %g, bound %g", got, exact, math.Abs(got-exact), tolerance)
	}
}

// near allows the tolerance, and half an ULP of float64 for the rounding of exact itself. Where exact rounds to an
// infinity of T, that is what must come.
func near[T kernels.Float](got, exact, tolerance float64) bool {
	rounded := float64(T(exact))
	if rounded != rounded || math.IsInf(rounded, 0) {
		return got == rounded || got != got && rounded != rounded
	}
	return math.Abs(got-exact) <= tolerance+ulp[float64](exact)/2
}

// ulp is the unit in the last place of x in T, for subnormal and zero results the smallest number.
func ulp[T kernels.Float](x float64) float64 {
	digits, smallest := 53, -1074
	if T(0x1p-150) == 0 {
		digits, smallest = 24, -149
	}
	if x == 0 || math.IsInf(x, 0) || x != x {
		return math.Ldexp(1, smallest)
	}
	_, e := math.Frexp(x)
	return math.Ldexp(1, max(e-digits, smallest))
}
