package kernels_test

import (
	"math"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/kernels"
)

// Sums of float32 have the range of float64: their squares and products may be as small or as large as float32 allows.
func TestSumsOfAnySize(t *testing.T) {
	for _, n := range []int{1, 7, 100, 300, fallback.Block + 5} {
		for _, size := range []float64{1e-45, 1e-38, 1e-30, 1e-20, 1e20, 1e30, 3e38} {
			v := float64(float32(size))
			x, zero := slices.Repeat([]float32{float32(size)}, n), make([]float32, n)
			minus, grad := slices.Repeat([]float32{-float32(size)}, n), make([]float32, n)
			huge := float32(math.MaxFloat32)
			for _, i := range isa.Available() {
				restore := isa.Use(i)
				for _, c := range []struct {
					name      string
					got, want float64 // of one element
				}{
					{"SquaredError", kernels.SquaredError(x, zero), v * v},
					{"SquaredErrorGrad", kernels.SquaredErrorGrad(grad, x, zero, 1), v * v},
					{"SquaredError, -x", kernels.SquaredError(x, minus), 4 * v * v},
					{"Huber", kernels.Huber(x, zero, huge), v * v / 2},
					{"HuberGrad", kernels.HuberGrad(grad, x, zero, huge, 1), v * v / 2},
					{"AbsoluteError", kernels.AbsoluteError(x, minus), 2 * v},
					{"AbsoluteErrorGrad", kernels.AbsoluteErrorGrad(grad, x, minus, 1), 2 * v},
					{"Sum", kernels.Sum(x), v},
					{"Dot", kernels.Dot(x, minus), -v * v},
				} {
					if want := c.want * float64(n); !(math.Abs(c.got-want) <= 1e-6*math.Abs(want)) {
						t.Errorf("%v: %s of %d numbers %g is %g, want %g", i, c.name, n, size, c.got, want)
					}
				}
				restore()
			}
		}
	}
}

// ε is a variance: with one that is negative, infinite or NaN every divergence is NaN, of one element and of many, and
// 0 is one.
func TestDivergenceEps(t *testing.T) {
	t.Run("float32", testDivergenceEps[float32])
	t.Run("float64", testDivergenceEps[float64])
}

func testDivergenceEps[T kernels.Float](t *testing.T) {
	nan, inf, tiny := math.NaN(), math.Inf(1), math.SmallestNonzeroFloat32
	for _, n := range []int{1, 3, 40, 300, 2 * fallback.WorkBlock} {
		mu, sigma, dst := make([]T, n), slices.Repeat([]T{1}, n), make([]T, n)
		for _, i := range isa.Available() {
			restore := isa.Use(i)
			for _, c := range []struct{ eps, want float64 }{
				{nan, nan}, {inf, nan}, {-inf, nan}, {-1, nan}, {-tiny, nan}, {0, 0}, {math.Copysign(0, -1), 0}, {tiny, 0}, {1, 0},
			} {
				eps := T(c.eps)
				for name, got := range map[string]float64{
					"GaussianKL":        kernels.GaussianKL(mu, sigma, mu, sigma, eps),
					"GaussianKLTo":      float64(kernels.GaussianKLTo(dst, mu, sigma, mu, sigma, eps)[n-1]),
					"GaussianKLPrior":   kernels.GaussianKLPrior(mu, sigma, 0, 1, eps),
					"GaussianKLPriorTo": float64(kernels.GaussianKLPriorTo(dst, mu, sigma, 0, 1, eps)[n-1]),
				} {
					if got != c.want && !(got != got && c.want != c.want) {
						t.Errorf("%v: %s of %d with eps = %v is %v, want %v", i, name, n, c.eps, got, c.want)
					}
				}
			}
			restore()
		}
	}
}
