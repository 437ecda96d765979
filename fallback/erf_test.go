package fallback

import (
	"math"
	"math/big"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

// exPoly is the polynomial in x with coefficients c, in exact arithmetic.
func exPoly(x *big.Float, c []float64) *big.Float {
	p := exNew()
	for i := len(c) - 1; i >= 0; i-- {
		p = exAdd(exMul(p, x), ex(c[i]))
	}
	return p
}

// TestErfPolynomials holds the coefficients to the errors that they claim, in exact arithmetic.
func TestErfPolynomials(t *testing.T) {
	over := func(x *big.Float) *big.Float { return exQuo(ref.BigErf(x), x) }
	tail := func(k, t float64) *big.Float { // f at t
		e := exQuo(ref.BigNormal(ex(-t)), ref.BigExp(exMul(ex(-0.5), ex(t), ex(t))))
		return exMul(e, exAdd(ex(1), exMul(ex(k), ex(t))))
	}
	for _, c := range []struct {
		name             string
		end, claimed     float64
		approximate, fit func(x float64) *big.Float
	}{
		{
			"ErfMixedPoly", 3.93, -27.4,
			func(x float64) *big.Float { return exPoly(exMul(ex(x), ex(x)), ErfMixedPoly[:]) },
			func(x float64) *big.Float { return over(ex(x)) },
		}, {
			"ErfPoly64", 1, -56,
			func(x float64) *big.Float { return exAdd(ex(1), exPoly(exMul(ex(x), ex(x)), ErfPoly64[:])) },
			func(x float64) *big.Float { return over(ex(x)) },
		}, {
			"NormalTailMixedPoly", 20, -26.2,
			func(t float64) *big.Float {
				return exPoly(tailVariable(NormalTailScale, t), NormalTailMixedPoly[:])
			},
			func(t float64) *big.Float { return tail(NormalTailScale, t) },
		}, {
			"ExpHalfMixedPoly", math.Ln2, -28.9,
			func(v float64) *big.Float { return exAdd(ex(1), exMul(ex(v), exPoly(ex(v), ExpHalfMixedPoly[:]))) },
			func(v float64) *big.Float { return ref.BigExp(exMul(ex(-0.5), ex(v))) },
		}, {
			"ExpHalfMixedPoly", math.Ln2, -28.9,
			func(v float64) *big.Float { return exAdd(ex(1), exMul(ex(-v), exPoly(ex(-v), ExpHalfMixedPoly[:]))) },
			func(v float64) *big.Float { return ref.BigExp(exMul(ex(0.5), ex(v))) },
		}, {
			"NormalTailEven64, NormalTailOdd64", 39, -54.8,
			func(t float64) *big.Float {
				v := tailVariable(NormalTailScale, t)
				r := exMul(ex(0.5), exAdd(ex(1), exNeg(v)))
				s := exAdd(ex(1), exNeg(r))
				z := exMul(v, v)
				p := exAdd(exPoly(z, NormalTailEven64[:]), exMul(v, exPoly(z, NormalTailOdd64[:])))
				rise := exAdd(ex(NormalTailRise64), exMul(s, p))
				return exAdd(ex(NormalTailLimit64), exMul(r, rise))
			},
			func(t float64) *big.Float { return tail(NormalTailScale, t) },
		},
	} {
		worst := 0.0
		const points = 1000
		for i := 1; i <= points; i++ {
			x := c.end * (1 - math.Cos(math.Pi/2*float64(i)/points)) // denser near 0
			e, _ := exAdd(exQuo(c.approximate(x), c.fit(x)), ex(-1)).Float64()
			worst = max(worst, math.Abs(e))
		}
		t.Logf("%s: 2^%.2f", c.name, math.Log2(worst))
		if !(math.Log2(worst) <= c.claimed) {
			t.Errorf("%s: relative error 2^%.2f, claimed 2^%g", c.name, math.Log2(worst), c.claimed)
		}
	}
	rise := 0.5 - float64(NormalTailLimit64)
	if rise+NormalTailLimit64 != 0.5 || math.Abs(NormalTailScaleErf64-math.Sqrt2*NormalTailScale) > 0x1p-54 {
		t.Error("the constants of the tail do not fit together")
	}
}

// tailVariable is (kt−1)/(kt+1).
func tailVariable(k, t float64) *big.Float {
	kt := exMul(ex(k), ex(t))
	return exQuo(exAdd(kt, ex(-1)), exAdd(kt, ex(1)))
}
