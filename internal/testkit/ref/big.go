package ref

import (
	"math"
	"math/big"
)

// References for float64, in Prec bits of math/big. Their relative error is below 2⁻¹⁴⁰.

// Prec is the precision of the functions of big numbers.
const Prec = 160

// Big is x as a number of that precision.
func Big(x float64) *big.Float { return new(big.Float).SetPrec(Prec).SetFloat64(x) }

func bigZero() *big.Float { return new(big.Float).SetPrec(Prec) }

// bigLn2 is log 2.
var bigLn2 = BigLog1p(Big(1))

// expPrec is the precision inside of BigExp, whose squarings lose bits.
const expPrec = Prec + 32

// inverseFactorials are those of 0, 1, 2, …
var inverseFactorials = func() (list [14]*big.Float) {
	f := new(big.Float).SetPrec(expPrec).SetInt64(1)
	for i := range list {
		list[i] = new(big.Float).Set(f)
		f.Quo(f, Big(float64(i+1)))
	}
	return list
}()

// BigExp is exp(x) = (exp(x/2ʲ))^(2ʲ) with |x/2ʲ| < 2⁻¹², for |x| ≤ 20000. Horner's scheme needs no division.
func BigExp(x *big.Float) *big.Float {
	if x.Sign() == 0 {
		return Big(1)
	}
	halvings := max(0, x.MantExp(nil)+12)
	small := new(big.Float).SetPrec(expPrec).Set(x)
	small.SetMantExp(small, -halvings)
	sum := new(big.Float).SetPrec(expPrec)
	for i := len(inverseFactorials) - 1; i >= 0; i-- {
		sum.Add(sum.Mul(sum, small), inverseFactorials[i])
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return bigZero().Set(sum)
}

// BigExpm1 is exp(x) − 1, for |x| ≤ 20000.
func BigExpm1(x *big.Float) *big.Float {
	if x.MantExp(nil) > -8 {
		e := BigExp(x)
		return e.Sub(e, Big(1))
	}
	sum, term := bigZero().Set(x), bigZero().Set(x)
	for i := 2; term.Sign() != 0 && term.MantExp(nil) > x.MantExp(nil)-Prec; i++ {
		term.Quo(term.Mul(term, x), Big(float64(i)))
		sum.Add(sum, term)
	}
	return sum
}

// BigLog1p is log(1+x) for x > −1: one of Halley's steps from float64, whose error is cubed.
func BigLog1p(x *big.Float) *big.Float {
	f, _ := x.Float64()
	near := Big(math.Log1p(f))
	e := BigExpm1(near)
	step := bigZero().Sub(x, e)
	step.Quo(step, e.Add(e, bigZero().Add(x, Big(2))))
	return near.Add(near, step.Add(step, step))
}

// BigLog is log x for x > 0.
func BigLog(x *big.Float) *big.Float {
	m := bigZero()
	k := x.MantExp(m)
	if m.Cmp(Big(0.7)) < 0 {
		m.Add(m, m)
		k--
	}
	l := BigLog1p(m.Sub(m, Big(1)))
	return l.Add(l, bigZero().Mul(bigLn2, Big(float64(k))))
}
