package fallback

import (
	"math"
	"math/big"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/cases"
	"github.com/simmer-go/simmer/internal/testkit/ref"
)

// ulps is |got − want| in units of the spacing of numbers with the given digits and least exponent around want.
func ulps(got float64, want *big.Float, digits, least int) float64 {
	if f, _ := want.Float64(); math.IsInf(f, 0) || digits == 24 && math.IsInf(float64(float32(f)), 0) {
		if math.IsInf(got, 0) {
			return 0
		}
		return math.Inf(1)
	}
	if math.IsInf(got, 0) || got != got || want.Sign() == 0 && got != 0 {
		return math.Inf(1)
	}
	e := max(want.MantExp(nil)-digits, least)
	d := exNew().Sub(ex(got), want)
	f, _ := d.SetMantExp(d, -e).Float64()
	return math.Abs(f)
}

func ulps32(got float32, want *big.Float) float64 { return ulps(float64(got), want, 24, -149) }
func ulps64(got float64, want *big.Float) float64 { return ulps(got, want, 53, -1074) }

// worst keeps the largest error and where it was.
type worst struct {
	ulp  float64
	args []float64
}

func (w *worst) add(ulp float64, args ...float64) {
	if ulp > w.ulp {
		w.ulp, w.args = ulp, args
	}
}

// check fails if the worst error is beyond the bound, and prints it.
func (w *worst) check(t *testing.T, bound float64) {
	t.Helper()
	t.Logf("worst %.3f ULP at %x", w.ulp, w.args)
	if !(w.ulp <= bound) {
		t.Errorf("%.3f ULP at %x, want at most %g", w.ulp, w.args, bound)
	}
}

func TestGaussianKLCases(t *testing.T) {
	cs, err := cases.Load("kernel_gaussian_kl")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cs {
		eps := c.Options.Float("eps", 0)
		if c.DType == "float32" {
			in := func(name string) []float32 { return cases.To[float32](c.Inputs[name]) }
			got := make([]float32, len(c.Exact().Data))
			GaussianKLToF32(got, in("mu_p"), in("sigma_p"), in("mu_q"), in("sigma_q"), float32(eps))
			for i, want := range c.Exact().Data {
				// ε is rounded to float32, which shows where it outweighs the variances.
				if u := ulps32(got[i], ex(want)); u > ref.Bounds["GaussianKLTo"].Float32 && math.Abs(float64(got[i])-want) > 6e-8*want {
					t.Errorf("%s[%d]: %g, want %g (%.1f ULP)", c.Name, i, got[i], want, u)
				}
			}
		}
		in := func(name string) []float64 { return c.Inputs[name].Data }
		got := make([]float64, len(c.Exact().Data))
		GaussianKLToF64(got, in("mu_p"), in("sigma_p"), in("mu_q"), in("sigma_q"), eps)
		for i, want := range c.Exact().Data {
			if u := ulps64(got[i], ex(want)); u > ref.Bounds["GaussianKLTo"].Float64 {
				t.Errorf("%s[%d]: %g, want %g (%.1f ULP)", c.Name, i, got[i], want, u)
			}
		}
	}
	t.Logf("%d cases", len(cs))
}
