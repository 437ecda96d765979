package main

import (
	"math"
	"math/big"

	"github.com/simmer-go/simmer/internal/testkit/ref"
	"github.com/simmer-go/simmer/kernels"
)

// The true results in big numbers: each formula as a textbook has it, since nothing cancels or overflows in them.

var one = ref.Big(1)

func number() *big.Float                  { return new(big.Float).SetPrec(ref.Prec) }
func add(x, y *big.Float) *big.Float      { return number().Add(x, y) }
func sub(x, y *big.Float) *big.Float      { return number().Sub(x, y) }
func mul(x, y *big.Float) *big.Float      { return number().Mul(x, y) }
func quotient(x, y *big.Float) *big.Float { return number().Quo(x, y) }
func neg(x *big.Float) *big.Float         { return number().Neg(x) }

func bigPow[T kernels.Float](x *big.Float) *big.Float {
	return ref.BigExp(mul(ref.Big(float64(T(power))), ref.BigLog(x)))
}

func bigTanh(x *big.Float) *big.Float {
	e := ref.BigExpm1(add(x, x))
	return quotient(e, add(e, ref.Big(2)))
}

func bigSigmoid(x *big.Float) *big.Float { return quotient(one, add(one, ref.BigExp(neg(x)))) }

func bigSoftplus(x *big.Float) *big.Float {
	if x.Sign() > 0 {
		return add(x, bigSoftplus(neg(x)))
	}
	return ref.BigLog1p(ref.BigExp(x))
}

func bigLogSigmoid(x *big.Float) *big.Float { return neg(bigSoftplus(neg(x))) }

func bigSiLU(x *big.Float) *big.Float { return mul(x, bigSigmoid(x)) }

func bigGELU(x *big.Float) *big.Float { return mul(x, ref.BigNormal(x)) }

func bigGELUTanh(x *big.Float) *big.Float {
	y, _ := geluTanhInner(x)
	return mul(x, bigSigmoid(y))
}

// geluTanhInner is y = 2√(2/π)·(x + 0.044715·x³), with GELUTanh = x·σ(y), and x·dy/dx.
func geluTanhInner(x *big.Float) (y, v *big.Float) {
	twice := number().Sqrt(quotient(ref.Big(8), bigPi))
	cubic := quotient(mul(ref.Big(44715), mul(x, mul(x, x))), ref.Big(1e6))
	return mul(twice, add(x, cubic)), mul(twice, add(x, mul(ref.Big(3), cubic)))
}

var bigPi, _, _ = big.ParseFloat("3.14159265358979323846264338327950288419716939937510582", 10, ref.Prec, big.ToNearestEven)

func bigMish(x *big.Float) *big.Float { return mul(x, bigTanh(bigSoftplus(x))) }

func bigTanhSlope(x *big.Float) *big.Float {
	e := ref.BigExp(neg(number().Abs(add(x, x))))
	d := add(one, e)
	return quotient(mul(ref.Big(4), e), mul(d, d))
}

func bigLogSigmoidSlope(x *big.Float) *big.Float { return bigSigmoid(neg(x)) }

// gateSlope is the derivative of x·σ(y), where v is x·dy/dx.
func gateSlope(y, v *big.Float) *big.Float {
	return mul(bigSigmoid(y), add(one, mul(v, bigSigmoid(neg(y)))))
}

func bigSiLUSlope(x *big.Float) *big.Float { return gateSlope(x, x) }

func bigGELUSlope(x *big.Float) *big.Float {
	return add(ref.BigNormal(x), mul(x, ref.BigNormalDensity(x)))
}

func bigGELUTanhSlope(x *big.Float) *big.Float { return gateSlope(geluTanhInner(x)) }

func bigMishSlope(x *big.Float) *big.Float {
	s := bigSoftplus(x)
	return add(bigTanh(s), mul(mul(x, bigTanhSlope(s)), bigSigmoid(x)))
}

// exps are exp(x − m) for the largest m, and their sum.
func exps(x []*big.Float) (m *big.Float, e []*big.Float, sum *big.Float) {
	m = x[0]
	for _, v := range x {
		if v.Cmp(m) > 0 {
			m = v
		}
	}
	sum = number()
	for _, v := range x {
		e = append(e, ref.BigExp(sub(v, m)))
		sum.Add(sum, e[len(e)-1])
	}
	return m, e, sum
}

func bigSoftmax(x []*big.Float) []*big.Float {
	_, e, sum := exps(x)
	for i := range e {
		e[i] = quotient(e[i], sum)
	}
	return e
}

func bigMaskedSoftmax(x []*big.Float) []*big.Float {
	var kept []*big.Float
	for i, v := range x {
		if !masked(i) {
			kept = append(kept, v)
		}
	}
	kept = bigSoftmax(kept)
	y := make([]*big.Float, len(x))
	for i := range y {
		if masked(i) {
			y[i] = number()
		} else {
			y[i], kept = kept[0], kept[1:]
		}
	}
	return y
}

func bigLogSoftmax(x []*big.Float) (y []*big.Float) {
	total := bigLogSumExp(x)[0]
	for _, v := range x {
		y = append(y, sub(v, total))
	}
	return y
}

func bigLogSumExp(x []*big.Float) []*big.Float {
	m, _, sum := exps(x)
	return []*big.Float{add(m, ref.BigLog1p(sub(sum, one)))}
}

func bigSum(x []*big.Float) []*big.Float {
	sum := number().SetPrec(2200)
	for _, v := range x {
		sum.Add(sum, v)
	}
	return []*big.Float{sum}
}

func bigSquaredError(x []*big.Float) []*big.Float {
	var squares []*big.Float
	for i, v := range x[:len(x)/2] {
		d := sub(v, x[len(x)/2+i])
		squares = append(squares, mul(d, d))
	}
	return bigSum(squares)
}

// bigRange is how far from 0 those functions of big numbers that take exponentials may be asked; outside, float64 has
// the limits.
const bigRange = 800

// truth is a true result.
type truth struct {
	near float64
	big  *big.Float // nil: near is as good
}

func (f *function[T]) truth(x T) truth {
	t := truth{near: f.exact(float64(x))}
	inRange := f.wide || math.Abs(float64(x)) < bigRange
	finite := !math.IsInf(t.near, 0) && !math.IsNaN(t.near)
	if bitsOf[T]() == 64 && inRange && finite && x != 0 {
		t.big = f.big(ref.Big(float64(x)))
		t.near, _ = t.big.Float64()
	}
	return t
}

// truths are those of a row or a vector.
func (f *function[T]) truths(x []T) (all []truth) {
	var in []*big.Float
	for _, v := range x {
		in = append(in, ref.Big(float64(v)))
	}
	for _, y := range f.bigs(in) {
		near, _ := y.Float64()
		all = append(all, truth{near, y})
	}
	return all
}

// ulp is the error of got in units of the last place, +Inf where only one is infinite or NaN.
func ulp[T kernels.Float](got T, t truth) float64 {
	switch {
	case got == 0 && t.near == 0: // whatever the sign
		return 0
	case bitsOf[T]() == 32:
		return ref.ULP32(float32(got), t.near)
	case t.big != nil:
		return ref.ULP64(float64(got), t.big)
	case math.IsNaN(t.near) || math.IsInf(t.near, 0) || math.IsNaN(float64(got)) || math.IsInf(float64(got), 0):
		if float64(got) == t.near || got != got && t.near != t.near {
			return 0
		}
		return math.Inf(1)
	}
	return ref.ULP64(float64(got), ref.Big(t.near))
}
