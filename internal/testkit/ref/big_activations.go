package ref

import "math/big"

// The functions of float32.go and activations.go in Prec bits, for finite x in their domain.

// bigFar is beyond what makes exp, or its inverse, 0 in float64, times any float64 too.
const bigFar = 20_000

// bigExp is exp(x), or for x beyond bigFar a number that is as good as infinite, or as 0.
func bigExp(x *big.Float) *big.Float { return BigExp(bigClamped(x, bigFar)) }

// bigClamped is x, or ±far beyond that.
func bigClamped(x *big.Float, far float64) *big.Float {
	if limit := Big(far); bigZero().Abs(x).Cmp(limit) > 0 {
		if x.Sign() < 0 {
			limit.Neg(limit)
		}
		return limit
	}
	return x
}

// Arithmetic short enough for formulas.

func bigMul(x ...*big.Float) *big.Float {
	p := Big(1)
	for _, v := range x {
		p.Mul(p, v)
	}
	return p
}

func bigAdd(x ...*big.Float) *big.Float {
	s := bigZero()
	for _, v := range x {
		s.Add(s, v)
	}
	return s
}

func bigQuo(x, y *big.Float) *big.Float { return bigZero().Quo(x, y) }
func bigNeg(x *big.Float) *big.Float    { return bigZero().Neg(x) }

// bigExpNeg is exp(−|x|).
func bigExpNeg(x *big.Float) *big.Float { return bigExp(bigNeg(bigZero().Abs(x))) }

func bigExpm1(x *big.Float) *big.Float { return BigExpm1(bigClamped(x, bigFar)) }

// BigSoftplus is log(1+exp(x)).
func BigSoftplus(x *big.Float) *big.Float {
	s := BigLog1p(bigExpNeg(x))
	if x.Sign() > 0 {
		s.Add(s, x)
	}
	return s
}

// BigSigmoid is 1/(1+exp(−x)).
func BigSigmoid(x *big.Float) *big.Float {
	e := bigExpNeg(x)
	above := e
	if x.Sign() > 0 {
		above = Big(1)
	}
	return bigQuo(above, bigAdd(e, Big(1)))
}

func bigLogSigmoid(x *big.Float) *big.Float      { return bigNeg(BigSoftplus(bigNeg(x))) }
func bigLogSigmoidSlope(x *big.Float) *big.Float { return BigSigmoid(bigNeg(x)) }

func bigTanh(x *big.Float) *big.Float {
	e := bigExpm1(bigAdd(x, x))
	return bigQuo(e, bigAdd(e, Big(2)))
}

func bigTanhSlope(x *big.Float) *big.Float {
	e := bigExpNeg(bigAdd(x, x))
	d := bigAdd(e, Big(1))
	return bigQuo(bigMul(Big(4), e), bigMul(d, d))
}

func bigErf(x *big.Float) *big.Float {
	if x.MantExp(nil) > 3 { // which is nearer to 1 than 2⁻⁹⁰
		return Big(float64(x.Sign()))
	}
	if x.MantExp(nil) == 3 {
		tail := BigErfc(bigZero().Abs(x))
		return bigMul(Big(float64(x.Sign())), tail.Sub(Big(1), tail))
	}
	return BigErf(x)
}

func bigErfSlope(x *big.Float) *big.Float {
	square := bigMul(x, x)
	return bigMul(bigTwoOverSqrtPi, bigExp(square.Neg(square)))
}

// bigGate is x·σ(y), and bigGateSlope its derivative, where v is x·dy/dx.
func bigGate(x, y *big.Float) *big.Float { return bigMul(x, BigSigmoid(y)) }

func bigGateSlope(y, v *big.Float) *big.Float {
	return bigMul(BigSigmoid(y), bigAdd(Big(1), bigMul(v, BigSigmoid(bigNeg(y)))))
}

func bigSiLU(x *big.Float) *big.Float      { return bigGate(x, x) }
func bigSiLUSlope(x *big.Float) *big.Float { return bigGateSlope(x, x) }

// bigNormalFar is where Φ is as good as 0 or 1.
const bigNormalFar = 100

func bigNormal(x *big.Float) *big.Float { return BigNormal(bigClamped(x, bigNormalFar)) }

func bigGELU(x *big.Float) *big.Float { return bigMul(x, bigNormal(x)) }

func bigGELUSlope(x *big.Float) *big.Float {
	return bigAdd(bigNormal(x), bigMul(x, BigNormalDensity(bigClamped(x, bigNormalFar))))
}

// bigGELUTanhInner is y with GELUTanh = x·σ(y), and x·dy/dx.
func bigGELUTanhInner(x *big.Float) (y, v *big.Float) {
	a := bigMul(Big(4), BigNormalDensity(bigZero()), x)
	k := bigMul(bigKappa, x, x)
	return bigMul(a, bigAdd(Big(1), k)), bigMul(a, bigAdd(Big(1), k, k, k))
}

func bigGELUTanh(x *big.Float) *big.Float {
	y, _ := bigGELUTanhInner(x)
	return bigGate(x, y)
}

func bigGELUTanhSlope(x *big.Float) *big.Float { return bigGateSlope(bigGELUTanhInner(x)) }

// bigMishParts are e = exp(x) and (1+e)² + 1.
func bigMishParts(x *big.Float) (e, n2 *big.Float) {
	e = bigExp(x)
	return e, bigAdd(bigMul(e, bigAdd(e, Big(2))), Big(2))
}

func bigMish(x *big.Float) *big.Float {
	e, n2 := bigMishParts(x)
	return bigQuo(bigMul(x, e, bigAdd(e, Big(2))), n2)
}

func bigMishSlope(x *big.Float) *big.Float {
	e, n2 := bigMishParts(x)
	top := bigAdd(bigMul(bigAdd(e, Big(2)), n2), bigMul(Big(4), x, bigAdd(e, Big(1))))
	return bigQuo(bigMul(e, top), bigMul(n2, n2))
}
