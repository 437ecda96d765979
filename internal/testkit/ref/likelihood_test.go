package ref_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
	"github.com/simmer-go/simmer/kernels"
)

// predictions are n numbers, targets near to them and far, and variances of all magnitudes.
func predictions[T kernels.Float](n int) (x, y, variance []T) {
	r := rand.New(rand.NewPCG(3, 4))
	x, y, variance = make([]T, n), make([]T, n), make([]T, n)
	for i := range x {
		x[i] = T(4 * r.NormFloat64())
		y[i] = x[i] + T(r.NormFloat64()*math.Exp2(4-16*r.Float64()))
		variance[i] = T(math.Exp2(40*r.Float64() - 20))
		if i%4 == 0 { // next to 1, where the logarithm is 0
			variance[i] = T(1 + r.NormFloat64()*math.Exp2(-20*r.Float64()-1))
		}
		variance[i] = max(variance[i], 0)
	}
	return x, y, variance
}

// worst is the largest error and where it is.
type worst struct {
	ulp  float64
	x, y float64
}

func (w *worst) add(ulp, x, y float64) {
	if ulp > w.ulp || ulp != ulp {
		*w = worst{ulp, x, y}
	}
}

// The unit is that of the result or of its largest term: of ½log v, of ½d²/v, or of the constant.
func TestGaussianNLL(t *testing.T) {
	n := 20_000
	if testing.Short() {
		n = 4_000
	}
	const eps = 0x1p-18
	for _, constant := range []float64{0, 0.9189385332046728} {
		x, y, v := predictions[float64](n)
		var w32, w64 worst
		for i, got := range kernels.GaussianNLLTo(make([]float64, n), x, v, y, eps, constant) {
			exact, unit := bigGaussianNLL(x[i], y[i], max(v[i], eps), constant, 53)
			w64.add(inUnits(got, exact, unit), x[i], y[i])
		}
		report(t, "float64", w64.ulp, w64.x, w64.y, ref.Bounds["GaussianNLLTo"].Float64)
		x32, y32, v32 := predictions[float32](n)
		for i, got := range kernels.GaussianNLLTo(make([]float32, n), x32, v32, y32, eps, float32(constant)) {
			exact, unit := bigGaussianNLL(float64(x32[i]), float64(y32[i]), float64(max(v32[i], eps)),
				float64(float32(constant)), 24)
			w32.add(inUnits(float64(got), exact, unit), float64(x32[i]), float64(y32[i]))
		}
		report(t, "float32", w32.ulp, w32.x, w32.y, ref.Bounds["GaussianNLLTo"].Float32)
	}
}

// bigGaussianNLL is the element, and the unit in the last of so many bits of it or of its largest term.
func bigGaussianNLL(x, y, v, constant float64, bits int) (exact *big.Float, unit float64) {
	d := new(big.Float).Sub(ref.Big(x), ref.Big(y))
	log := ref.BigLog(ref.Big(v))
	d.Quo(d.Mul(d, d), ref.Big(v))
	half := ref.Big(0.5)
	largest := constant
	for _, term := range []*big.Float{log, d} {
		f, _ := term.Mul(term, half).Float64()
		largest = max(largest, math.Abs(f))
	}
	exact = log.Add(log.Add(log, d), ref.Big(constant))
	f, _ := exact.Float64()
	return exact, math.Ldexp(1, math.Ilogb(max(largest, math.Abs(f)))-bits+1)
}

func inUnits(got float64, exact *big.Float, unit float64) float64 {
	d, _ := new(big.Float).Sub(ref.Big(got), exact).Float64()
	return math.Abs(d) / unit
}

// The gradients, relatively to their terms: 1/v and (d/v)² by the variance.
func TestGaussianNLLGrad(t *testing.T) {
	const eps, scale = 0x1p-18, 0.3
	n := 4_000
	x, y, v := predictions[float64](n)
	dMean, dVariance := make([]float64, n), make([]float64, n)
	sum := kernels.GaussianNLLGrad(dMean, dVariance, x, v, y, eps, scale)
	if want := kernels.GaussianNLL(x, v, y, eps); sum != want {
		t.Errorf("the sum is %v, GaussianNLL gives %v", sum, want)
	}
	var mean, variance worst
	for i := range x {
		u := new(big.Float).Quo(ref.Big(1), ref.Big(max(v[i], eps)))
		q := new(big.Float).Sub(ref.Big(x[i]), ref.Big(y[i]))
		q.Mul(q, u)
		byMean := new(big.Float).Mul(q, ref.Big(scale))
		if byMean.Sign() != 0 {
			mean.add(ref.ULP64(dMean[i], byMean), x[i], y[i])
		}
		q.Mul(q, q)
		terms, _ := new(big.Float).Add(q, u).Float64()
		q.Mul(q.Sub(u, q), ref.Big(0.5*scale))
		variance.add(inUnits(dVariance[i], q, 0.5*scale*terms*0x1p-52), x[i], y[i])
	}
	report(t, "by mean", mean.ulp, mean.x, mean.y, 3)
	report(t, "by variance", variance.ulp, variance.x, variance.y, 3)
}

func report(t *testing.T, kind string, ulp, x, y, bound float64) {
	t.Helper()
	t.Logf("%s: %.4f ULP at %x, %x", kind, ulp, x, y)
	if !(ulp <= bound) {
		t.Errorf("%s: %.4f ULP at %x, %x: more than %g", kind, ulp, x, y, bound)
	}
}
