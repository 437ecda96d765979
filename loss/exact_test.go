package loss_test

import (
	"math"
	"math/big"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

// The losses once more, from their formulas, in numbers of 160 bits whose exponent has no end: what package loss
// is held to. Nothing here is weighd with it.

// A term is an exact number with what a computed one may miss it by: rounding, relative to the sum of the absolute
// terms that it is made of, and the underflow of intermediate results.
type term struct {
	value *big.Float // nil if the number is not finite
	scale float64    // the sum of the absolute terms
	loose float64    // what an intermediate result that underflows is multiplied by, at most
	limit float64    // NaN or Inf, if value is nil
}

func exactly(value, scale *big.Float) term { return term{value: value, scale: round(scale), loose: 1} }

func known(x float64) term {
	if x-x != 0 {
		return term{limit: x}
	}
	return exactly(num(x), num(math.Abs(x)))
}

// float is the number itself.
func (t term) float() float64 {
	if t.value == nil {
		return t.limit
	}
	return round(t.value)
}

// times multiplies by a weight; 0·Inf is NaN as everywhere.
func (t term) times(w float64) term {
	if t.value == nil {
		return term{limit: t.limit * w}
	}
	return term{mul(t.value, num(w)), t.scale * math.Abs(w), t.loose * math.Max(1, math.Abs(w)), 0}
}

func num(x float64) *big.Float { return ref.Big(x) }

func round(x *big.Float) float64 {
	f, _ := x.Float64()
	return f
}

func add(list ...*big.Float) *big.Float {
	sum := num(0)
	for _, x := range list {
		sum.Add(sum, x)
	}
	return sum
}

func mul(list ...*big.Float) *big.Float {
	p := num(1)
	for _, x := range list {
		p.Mul(p, x)
	}
	return p
}

func sub(x, y *big.Float) *big.Float { return num(0).Sub(x, y) }
func quo(x, y *big.Float) *big.Float { return num(0).Quo(x, y) }
func neg(x *big.Float) *big.Float    { return num(0).Neg(x) }
func abs(x *big.Float) *big.Float    { return num(0).Abs(x) }
func not(x *big.Float) *big.Float    { return sub(num(1), x) }

// exp is 0 far below the least float64.
func exp(x *big.Float) *big.Float {
	if x.Cmp(num(-10000)) < 0 {
		return num(0)
	}
	return ref.BigExp(x)
}

// pow has 0⁰ = 1.
func pow(x *big.Float, p float64) *big.Float {
	switch {
	case p == 0:
		return num(1)
	case x.Sign() == 0:
		return num(0)
	}
	return exp(mul(num(p), ref.BigLog(x)))
}

func softplus(x *big.Float) *big.Float {
	if x.Sign() > 0 { // log(1+eˣ) = x + log(1+e⁻ˣ)
		return add(x, softplus(neg(x)))
	}
	return ref.BigLog1p(exp(x))
}

func sigmoid(x *big.Float) *big.Float {
	if x.Sign() > 0 {
		return quo(num(1), add(num(1), exp(neg(x))))
	}
	return quo(exp(x), add(num(1), exp(x)))
}

// A formula is a loss of one prediction and one target: its value and its derivative.
type formula struct {
	value, grad func(x, t *big.Float) term
	// limits are both where an argument is not finite.
	limits func(x, t float64) (value, grad float64)
}

func (f formula) at(x, t float64) (value, grad term) {
	if x-x != 0 || t-t != 0 {
		v, g := f.limits(x, t)
		return known(v), known(g)
	}
	return f.value(num(x), num(t)), f.grad(num(x), num(t))
}

func exactMSE() formula {
	return formula{
		value:  func(x, t *big.Float) term { v := mul(sub(x, t), sub(x, t)); return exactly(v, v) },
		grad:   func(x, t *big.Float) term { g := mul(num(2), sub(x, t)); return exactly(g, abs(g)) },
		limits: func(x, t float64) (float64, float64) { return (x - t) * (x - t), 2 * (x - t) },
	}
}

func exactL1() formula {
	return formula{
		value: func(x, t *big.Float) term { v := abs(sub(x, t)); return exactly(v, v) },
		grad:  func(x, t *big.Float) term { return known(float64(sub(x, t).Sign())) },
		limits: func(x, t float64) (float64, float64) {
			if d := x - t; d == d {
				return math.Abs(d), math.Copysign(1, d)
			}
			return nan, nan
		},
	}
}

// exactHuber is divided by unit.
func exactHuber(delta, unit float64) formula {
	line, u := num(delta), num(unit)
	return formula{
		value: func(x, t *big.Float) term {
			z := abs(sub(x, t))
			m := z
			if z.Cmp(line) > 0 {
				m = line
			}
			v := quo(mul(m, sub(z, quo(m, num(2)))), u)
			exact := exactly(v, v)
			exact.loose = 2 / unit
			return exact
		},
		grad: func(x, t *big.Float) term {
			d := sub(x, t)
			if abs(d).Cmp(line) > 0 {
				d = mul(line, num(float64(d.Sign())))
			}
			g := quo(d, u)
			exact := exactly(g, abs(g))
			exact.loose = 2 / unit
			return exact
		},
		limits: func(x, t float64) (float64, float64) {
			if d := x - t; d == d {
				return math.Abs(d), math.Copysign(delta/unit, d)
			}
			return nan, nan
		},
	}
}

// exactBCE has torch's gradient, which is not the derivative where logarithms or denominator are clamped.
func exactBCE() formula {
	return formula{
		value: func(p, t *big.Float) term {
			yes, no := num(-100), num(-100)
			if p.Sign() > 0 {
				yes = larger(yes, ref.BigLog(p))
			}
			if p.Cmp(num(1)) < 0 {
				no = larger(no, ref.BigLog1p(neg(p)))
			}
			v := neg(add(mul(t, yes), mul(not(t), no)))
			return exactly(v, v)
		},
		grad: func(p, t *big.Float) term {
			g := quo(sub(p, t), larger(mul(p, not(p)), num(9.999999960041972e-13)))
			exact := exactly(g, abs(g))
			exact.loose = 1e12
			return exact
		},
		limits: func(p, t float64) (float64, float64) { return nan, nan },
	}
}

func larger(x, y *big.Float) *big.Float {
	if x.Cmp(y) > 0 {
		return x
	}
	return y
}

// exactLogits is binary cross-entropy with logits; q weighs the positive class.
func exactLogits(q float64) formula {
	// In T, q·t may underflow before softplus(−x), however large, multiplies it.
	loose := func(x *big.Float) float64 { return 2 + math.Abs(q) + round(softplus(neg(x))) }
	return formula{
		value: func(x, t *big.Float) term {
			yes, no := mul(num(q), t, softplus(neg(x))), mul(not(t), softplus(x))
			exact := exactly(add(yes, no), add(abs(yes), no))
			exact.loose = loose(x)
			return exact
		},
		grad: func(x, t *big.Float) term {
			yes, no := mul(num(q), t, sigmoid(neg(x))), mul(not(t), sigmoid(x))
			exact := exactly(sub(no, yes), add(abs(yes), no))
			exact.loose = loose(num(0))
			return exact
		},
		limits: func(x, t float64) (float64, float64) {
			switch {
			case x > 0:
				return weigh(1-t, inf), 1 - t
			case x < 0:
				return weigh(q*t, inf), -q * t
			}
			return nan, nan
		},
	}
}

// weigh is weight·x where a weight of 0 counts for more than an infinity.
func weigh(weight, x float64) float64 {
	if weight == 0 {
		return 0
	}
	return weight * x
}

func exactFocalBinary(gamma float64) formula {
	bce := exactLogits(1)
	wrong := func(x, t *big.Float) *big.Float { return add(mul(t, sigmoid(neg(x))), mul(not(t), sigmoid(x))) }
	return formula{
		value: func(x, t *big.Float) term {
			l := bce.value(x, t).value
			v := mul(pow(wrong(x, t), gamma), l)
			exact := exactly(v, v)
			exact.loose = 2 + round(l) // the power may underflow before it is multiplied
			return exact
		},
		grad: func(x, t *big.Float) term {
			a, outer := wrong(x, t), bce.grad(x, t)
			if a.Sign() == 0 {
				return known(0)
			}
			slope := mul(not(mul(num(2), t)), sigmoid(x), sigmoid(neg(x)))
			inner := quo(mul(num(gamma), slope, bce.value(x, t).value), a)
			f := pow(a, gamma)
			exact := exactly(mul(f, add(outer.value, inner)), mul(f, add(num(outer.scale), abs(inner))))
			exact.loose = 2 + gamma + round(abs(inner))
			return exact
		},
		limits: func(x, t float64) (float64, float64) {
			a, slope := 1-t, 1-t
			if x < 0 {
				a, slope = t, -t
			}
			if x != x {
				return nan, nan
			}
			f := math.Pow(a, gamma)
			return f * weigh(a, inf), f * slope
		},
	}
}

var nan, inf = math.NaN(), math.Inf(1)
