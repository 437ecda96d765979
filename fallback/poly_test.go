package fallback

import (
	"math"
	"math/big"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

// polynomial is a table of coefficients, lowest power first, and what it is good for.
type polynomial struct {
	name      string
	c         []float64
	low, high float64 // the interval of x
	claimed   float64 // log₂ of the largest relative error there, as it was measured
	variable  func(x *big.Float) *big.Float
	of        func(x, p *big.Float) *big.Float // what is made of the polynomial's value p
	exact     func(x *big.Float) *big.Float    // and what that should be
}

// exPoly is the polynomial in x with coefficients c, in exact arithmetic.
func exPoly(x *big.Float, c []float64) *big.Float {
	p := exNew()
	for i := len(c) - 1; i >= 0; i-- {
		p = exAdd(exMul(p, x), ex(c[i]))
	}
	return p
}

func wide(c []float32) []float64 {
	w := make([]float64, len(c))
	for i, v := range c {
		w[i] = float64(v)
	}
	return w
}

// Ways to use a polynomial.

func itself(_, p *big.Float) *big.Float    { return p }
func timesX(x, p *big.Float) *big.Float    { return exMul(x, p) }
func onePlusXP(x, p *big.Float) *big.Float { return exAdd(ex(1), exMul(x, p)) }
func straight(x *big.Float) *big.Float     { return x }
func square(x *big.Float) *big.Float       { return exMul(x, x) }

// Exact functions.

func exLog1pOverX(x *big.Float) *big.Float { return exQuo(ref.BigLog1p(x), x) }

// exArtanh2 is 2·artanh(s)/s = log((1+s)/(1−s))/s.
func exArtanh2(s *big.Float) *big.Float {
	return exQuo(exAdd(ref.BigLog1p(s), exNeg(ref.BigLog1p(exNeg(s)))), s)
}

// exSecond is (exp(v) − 1 − v)/v².
func exSecond(v *big.Float) *big.Float {
	return exQuo(exAdd(ref.BigExpm1(v), exNeg(v)), exMul(v, v))
}

func exErfOverX(x *big.Float) *big.Float { return exQuo(ref.BigErf(x), x) }

// exTail is f of erf.go at t.
func exTail(t *big.Float) *big.Float {
	e := exQuo(ref.BigNormal(exNeg(t)), ref.BigExp(exMul(ex(-0.5), t, t)))
	return exMul(e, exAdd(ex(1), exMul(ex(NormalTailScale), t)))
}

// tailVariable is (kt−1)/(kt+1).
func tailVariable(t *big.Float) *big.Float {
	kt := exMul(ex(NormalTailScale), t)
	return exQuo(exAdd(kt, ex(-1)), exAdd(kt, ex(1)))
}

// tail64 makes f of P.
func tail64(t, p *big.Float) *big.Float {
	r := exMul(ex(0.5), exAdd(ex(1), exNeg(tailVariable(t))))
	rise := exAdd(ex(NormalTailRise64), exMul(exAdd(ex(1), exNeg(r)), p))
	return exAdd(ex(NormalTailLimit64), exMul(r, rise))
}

// interleaved is even(v²) + v·odd(v²) as one polynomial.
func interleaved(even, odd []float64) (c []float64) {
	for i, v := range even {
		c = append(c, v, odd[i])
	}
	return c
}

func polynomials() []polynomial {
	const half = math.Ln2 / 2
	sinOver := func(a *big.Float) *big.Float { s, _ := ref.BigSinCos(a); return exQuo(s, a) }
	cos := func(a *big.Float) *big.Float { _, c := ref.BigSinCos(a); return c }
	expHalf := func(v *big.Float) *big.Float { return ref.BigExp(exMul(ex(-0.5), v)) }
	twoPlus := func(s, p *big.Float) *big.Float { return exAdd(ex(2), exMul(s, s, p)) }
	return []polynomial{
		{"ExpMixedPoly", ExpMixedPoly[:], -half, half, -33.286, straight, onePlusXP, ref.BigExp},
		{"ExpMixedPoly", ExpMixedPoly[:], -half, half, -32.002, straight, timesX, ref.BigExpm1},
		{"ExpPoly32", wide(ExpPoly32[:]), -half, half, -28.183, straight, itself, ref.BigExp},
		{"ExpPoly64", ExpPoly64[:], -half, half, -57.869, straight, itself, ref.BigExp},
		{"ExpHalfMixedPoly", ExpHalfMixedPoly[:], -2 * half, 2 * half, -28.915, straight, onePlusXP, expHalf},
		{"LogMixedPoly", LogMixedPoly[:], -0.25, 0.5, -33.043, straight, timesX, ref.BigLog1p},
		{"LogPoly64", LogPoly64[:], 0, 0.2, -55.892, square, twoPlus, exArtanh2},
		{"Log1pUnitPoly32", wide(Log1pUnitPoly32[:]), 0, 1, -27.498, straight, onePlusXP, exLog1pOverX},
		{"Log1pUnitPoly64", Log1pUnitPoly64[:], 0, 1. / 3, -59.394, square, twoPlus, exArtanh2},
		{"ErfMixedPoly", ErfMixedPoly[:], 0, 3.93, -27.477, square, itself, exErfOverX},
		{"ErfPoly64", ErfPoly64[:], 0, 1, -56.030, square, func(_, p *big.Float) *big.Float { return exAdd(ex(1), p) }, exErfOverX},
		{"NormalTailMixedPoly", NormalTailMixedPoly[:], 0, 20, -26.220, tailVariable, itself, exTail},
		{"NormalTailEven64, NormalTailOdd64", interleaved(NormalTailEven64[:], NormalTailOdd64[:]), 0, 39, -54.798,
			tailVariable, tail64, exTail},
		{"KLPoly32", KLPoly32[:], -1. / 6, 1. / 6, -27.043, straight, itself, func(g *big.Float) *big.Float {
			log := ref.BigLog1p(exAdd(g, g))
			return exQuo(exAdd(g, exMul(ex(-0.5), log)), exMul(g, g))
		}},
		{"KLPoly64", KLPoly64[:], 0, math.Sqrt(0.3196), -56.562, square, func(s, p *big.Float) *big.Float {
			return exAdd(ex(1), exMul(s, s, p))
		}, func(s *big.Float) *big.Float { return exMul(ex(0.5), exArtanh2(s)) }},
		{"KLLogVarPoly32", KLLogVarPoly32[:], -1, 1, -32.262, straight, itself, exSecond},
		{"KLLogVarPoly64", KLLogVarPoly64[:], -1, 1, -59.174, straight, itself, exSecond},
		{"NormalLogPoly32", wide(NormalLogPoly32[:]), -1. / 3, 1. / 3, -27.581, straight, itself, func(f *big.Float) *big.Float {
			return exMul(ex(-2), exLog1pOverX(f))
		}},
		{"NormalSin32", wide(NormalSin32[:]), 0, 0.5, -25.098, square, itself, sinOver},
		{"NormalCos32", wide(NormalCos32[:]), 0, 0.5, -30.914, square, itself, cos},
		{"NormalSin64", NormalSin64[:], 0, 0.5, -54.509, square, itself, sinOver},
		{"NormalCos64", NormalCos64[:], 0, 0.5, -61.179, square, itself, cos},
	}
}

// TestPolynomials holds each table to the error that it claims, in exact arithmetic, and the claim to the error, so
// that it is not larger than need be.
func TestPolynomials(t *testing.T) {
	const points = 700
	for _, c := range polynomials() {
		worst := 0.0
		for i := range points {
			x := c.low + (c.high-c.low)*(1-math.Cos(math.Pi*(float64(i)+0.5)/points))/2 // denser at both ends
			v := ex(x)
			approximation := c.of(v, exPoly(c.variable(v), c.c))
			e, _ := exAdd(exQuo(approximation, c.exact(v)), ex(-1)).Float64()
			worst = max(worst, math.Abs(e))
		}
		if e := math.Log2(worst); !(c.claimed-0.003 <= e && e <= c.claimed) {
			t.Errorf("%s: relative error 2^%.4f on [%g, %g], claimed 2^%g", c.name, e, c.low, c.high, c.claimed)
		}
	}
}
