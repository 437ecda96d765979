package ref

import "math/big"

// The normal distribution, in Prec bits.

// bigSqrtPi is √π, of 80 digits of π.
var bigSqrtPi = func() *big.Float {
	const pi = "3.1415926535897932384626433832795028841971693993751058209749445923078164062862089986"
	x, _, err := big.ParseFloat(pi, 10, expPrec, big.ToNearestEven)
	if err != nil {
		panic(err)
	}
	return x.Sqrt(x)
}()

// BigErf is erf(x) = 2/√π·exp(−x²)·Σ 2ⁿ·x²ⁿ⁺¹/(1·3·5·…·(2n+1)), which has no term of another sign, for |x| ≤ 6.
func BigErf(x *big.Float) *big.Float {
	square := new(big.Float).SetPrec(expPrec)
	square.Mul(x, x)
	sum, term := new(big.Float).SetPrec(expPrec).Set(x), new(big.Float).SetPrec(expPrec).Set(x)
	for n := 1; term.Sign() != 0 && term.MantExp(nil) > sum.MantExp(nil)-expPrec; n++ {
		term.Mul(term, square)
		term.Quo(term, Big(float64(n)+0.5))
		sum.Add(sum, term)
	}
	sum.Mul(sum, BigExp(square.Neg(square)))
	sum.Add(sum, sum)
	return sum.Quo(sum, bigSqrtPi)
}

// BigErfc is 1 − erf(x) for |x| ≤ 40: beyond 4 by the continued fraction exp(−x²)/√π · 1/(x + ½/(x + 1/(x + 1½/(x + …)))).
func BigErfc(x *big.Float) *big.Float {
	if x.Cmp(Big(4)) < 0 {
		if x.Cmp(Big(-6)) < 0 {
			return bigZero().Sub(Big(2), BigErfc(bigZero().Neg(x)))
		}
		one := new(big.Float).SetPrec(expPrec).SetInt64(1)
		return bigZero().Set(one.Sub(one, BigErf(x)))
	}
	fraction := new(big.Float).SetPrec(expPrec).Set(x)
	for n := 150; n > 0; n-- {
		fraction.Quo(Big(float64(n)/2), fraction)
		fraction.Add(fraction, x)
	}
	square := new(big.Float).SetPrec(expPrec).Mul(x, x)
	e := BigExp(square.Neg(square))
	return e.Quo(e, fraction.Mul(fraction, bigSqrtPi))
}

// BigNormal is the normal distribution function Φ(x) = ½·erfc(−x/√2).
func BigNormal(x *big.Float) *big.Float {
	root := new(big.Float).SetPrec(expPrec).SetInt64(2)
	root.Sqrt(root)
	y := root.Quo(x, root)
	e := BigErfc(y.Neg(y))
	return e.Mul(e, Big(0.5))
}

// BigNormalDensity is exp(−x²/2)/√(2π).
func BigNormalDensity(x *big.Float) *big.Float {
	square := new(big.Float).SetPrec(expPrec).Mul(x, x)
	e := BigExp(square.Mul(square, Big(-0.5)))
	root := new(big.Float).SetPrec(expPrec).SetInt64(2)
	return e.Quo(e, root.Mul(root.Sqrt(root), bigSqrtPi))
}
