package fallback

import (
	"math"
	"math/big"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

// Exact arithmetic, short enough for formulas.

func exMul(x ...*big.Float) *big.Float {
	p := ex(1)
	for _, v := range x {
		p.Mul(p, v)
	}
	return p
}

func exAdd(x, y *big.Float) *big.Float { return exNew().Add(x, y) }
func exQuo(x, y *big.Float) *big.Float { return exNew().Quo(x, y) }
func exNeg(x *big.Float) *big.Float    { return exNew().Neg(x) }

// exGateSlope is the derivative of x·σ(y), where v is x·dy/dx.
func exGateSlope(y, v *big.Float) *big.Float {
	return exMul(exSigmoid(y), exAdd(ex(1), exMul(v, exSigmoid(exNeg(y)))))
}

// slopeSlack is the absolute error of derivatives that may be nearly 0.
const slopeSlack = 0x1p-52

// nearZero are arguments of all magnitudes, around which even results are linear and subnormal ones round.
func nearZero() []sample {
	return []sample{magnitudes(1, -1074, 0), magnitudes(-1, -1074, 0), magnitudes(1, -70, 3), magnitudes(-1, -70, 3)}
}

// everywhere are arguments for functions that have their tail between −end and −0.8·end.
func everywhere(end float64) []sample {
	return append(nearZero(), between(-1, 1), between(-4, 4), between(-10, 10), between(-0.5, -0.2), between(-2, -0.7),
		between(-40, 40), between(-end, -0.8*end), around(1), around(-1), around(math.Ln2/2), around(-math.Ln2/2))
}

// limits are the special values of functions that go from 0 to x.
func limits() []special {
	return []special{
		{0, 0}, {negZero, negZero}, {math.Inf(-1), negZero}, {-1e308, negZero}, {-760, negZero}, {math.Inf(1), math.Inf(1)},
		{1e308, 1e308}, {700, 700}, {math.NaN(), math.NaN()}, {oddNaN, oddNaN},
	}
}

// slopeLimits are those of their derivatives.
func slopeLimits(atZero float64) []special {
	return []special{
		{0, atZero}, {negZero, atZero}, {math.Inf(-1), negZero}, {-1e308, negZero}, {-760, negZero}, {math.Inf(1), 1},
		{1e308, 1}, {760, 1}, {math.NaN(), math.NaN()}, {oddNaN, oddNaN},
	}
}

func TestTanh64(t *testing.T) {
	exact := func(x *big.Float) *big.Float {
		e := ref.BigExpm1(exAdd(x, x))
		return exQuo(e, exAdd(e, ex(2)))
	}
	checkULP(t, 1, tanh64, exact, append(everywhere(20), around(0x1p-27), between(17, 20))...)
	checkSpecials(t, tanh64, special{0, 0}, special{negZero, negZero}, special{math.Inf(1), 1}, special{math.Inf(-1), -1},
		special{1e308, 1}, special{20, 1}, special{-20, -1}, special{0x1p-1074, 0x1p-1074}, special{-0x1p-1074, -0x1p-1074},
		special{math.NaN(), math.NaN()}, special{oddNaN, oddNaN})

	slope := func(x *big.Float) *big.Float {
		e := ref.BigExp(exMul(ex(-2), exNew().Abs(x)))
		d := exAdd(ex(1), e)
		return exQuo(exMul(ex(4), e), exMul(d, d))
	}
	checkULP(t, 3, tanhSlope64, slope, everywhere(373)...)
	checkSpecials(t, tanhSlope64, special{0, 1}, special{negZero, 1}, special{math.Inf(1), 0}, special{math.Inf(-1), 0},
		special{1e308, 0}, special{math.NaN(), math.NaN()}, special{oddNaN, oddNaN})
}

func TestErf64(t *testing.T) {
	checkULP(t, 1.5, erf64, func(x *big.Float) *big.Float {
		if x.MantExp(nil) > 3 {
			return ex(float64(x.Sign()))
		}
		return ref.BigErf(x)
	}, append(everywhere(6), between(0.9, 1.3), between(1, 3))...)
	checkSpecials(t, erf64, special{0, 0}, special{negZero, negZero}, special{math.Inf(1), 1}, special{math.Inf(-1), -1},
		special{1e308, 1}, special{6, 1}, special{math.NaN(), math.NaN()}, special{oddNaN, oddNaN})

	checkULP(t, 1.5, erfSlope64, func(x *big.Float) *big.Float {
		if x.MantExp(nil) > 6 {
			return exNew()
		}
		return exMul(ex(2), ref.BigExp(exNeg(exMul(x, x))), exQuo(ex(1), exSqrtPi()))
	}, everywhere(27.3)...)
	checkSpecials(t, erfSlope64, special{0, 2 / math.SqrtPi}, special{math.Inf(1), 0}, special{math.Inf(-1), 0},
		special{1e308, 0}, special{27.3, 0}, special{math.NaN(), math.NaN()}, special{oddNaN, oddNaN})
}

// exSqrtPi is √π = 2·exp(0)/(√π)⁻¹, from the density of the normal distribution.
func exSqrtPi() *big.Float {
	inverse := ref.BigNormalDensity(exNew()) // 1/√(2π)
	return exQuo(ex(1), exMul(inverse, exNew().Sqrt(ex(2))))
}

func TestLogSigmoid64(t *testing.T) {
	checkULP(t, 2, func(x float64) float64 { return -softplus64(-x) }, func(x *big.Float) *big.Float {
		return exNeg(exSoftplus(exNeg(x)))
	}, append(everywhere(40), between(700, 746))...)
}

func TestSiLU64(t *testing.T) {
	checkULP(t, 2.5, silu64, func(x *big.Float) *big.Float { return exMul(x, exSigmoid(x)) }, everywhere(760)...)
	checkSpecials(t, silu64, append(limits(), special{-751, -0x1p-1074}, special{-752, negZero})...)
	checkSlope(t, 4, slopeSlack, siluSlope64, func(x *big.Float) *big.Float { return exGateSlope(x, x) }, everywhere(760)...)
	checkSpecials(t, siluSlope64, slopeLimits(0.5)...)
}

func TestGELU64(t *testing.T) {
	checkULP(t, 3, gelu64, func(x *big.Float) *big.Float {
		if x.MantExp(nil) > 6 {
			return exMul(x, ex(float64((x.Sign()+1)/2)))
		}
		return exMul(x, ref.BigNormal(x))
	}, everywhere(39)...)
	checkSpecials(t, gelu64, append(limits(), special{-38.7, negZero})...)
	checkSlope(t, 4, slopeSlack, geluSlope64, func(x *big.Float) *big.Float {
		if x.MantExp(nil) > 6 {
			return ex(float64((x.Sign() + 1) / 2))
		}
		return exAdd(ref.BigNormal(x), exMul(x, ref.BigNormalDensity(x)))
	}, everywhere(39)...)
	checkSpecials(t, geluSlope64, slopeLimits(0.5)...)
}

// exGELUTanh is y and x·dy/dx; the numbers are those of the definition.
func exGELUTanh(x *big.Float) (y, v *big.Float) {
	kappa := exQuo(ex(44715), ex(1e6))
	a := exMul(ex(4), ref.BigNormalDensity(exNew()), x) // 2·√(2/π)·x
	k := exMul(kappa, x, x)
	return exMul(a, exAdd(ex(1), k)), exMul(a, exAdd(ex(1), exMul(ex(3), k)))
}

func TestGELUTanh64(t *testing.T) {
	checkULP(t, 2.5, geluTanh64, func(x *big.Float) *big.Float {
		y, _ := exGELUTanh(x)
		if y.MantExp(nil) > 12 {
			return exMul(x, ex(float64((x.Sign()+1)/2)))
		}
		return exMul(x, exSigmoid(y))
	}, everywhere(22)...)
	checkSpecials(t, geluTanh64, limits()...)
	checkSlope(t, 4, slopeSlack, geluTanhSlope64, func(x *big.Float) *big.Float {
		y, v := exGELUTanh(x)
		if y.MantExp(nil) > 12 {
			return ex(float64((x.Sign() + 1) / 2))
		}
		return exGateSlope(y, v)
	}, everywhere(22)...)
	checkSpecials(t, geluTanhSlope64, slopeLimits(0.5)...)
}

func TestMish64(t *testing.T) {
	parts := func(x *big.Float) (e, n2 *big.Float) { // e = exp(x), (1+e)² + 1
		e = ref.BigExp(x)
		return e, exAdd(exMul(e, exAdd(e, ex(2))), ex(2))
	}
	checkULP(t, 2.5, mish64, func(x *big.Float) *big.Float {
		e, n2 := parts(x)
		return exQuo(exMul(x, e, exAdd(e, ex(2))), n2)
	}, everywhere(760)...)
	checkSpecials(t, mish64, limits()...)
	checkSlope(t, 4, slopeSlack, mishSlope64, func(x *big.Float) *big.Float {
		e, n2 := parts(x)
		top := exAdd(exMul(exAdd(e, ex(2)), n2), exMul(ex(4), x, exAdd(e, ex(1))))
		return exQuo(exMul(e, top), exMul(n2, n2))
	}, everywhere(760)...)
	checkSpecials(t, mishSlope64, slopeLimits(0.6)...)
}
