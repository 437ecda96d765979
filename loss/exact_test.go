package loss_test

import "math"

// The losses once more, from their formulas, in numbers of 160 bits: what package loss is held to. Nothing here is
// shared with it.

// A term is an exact number with what a computed one may miss it by: rounding, relative to the sum of the absolute
// terms that it is made of, and the underflow of intermediate results.
type term struct {
	value   number
	scale   float64 // the sum of the absolute terms
	loose   float64 // what an intermediate result that underflows is multiplied by, at most
	most    float64 // an intermediate result that may overflow, if larger than scale
	special bool    // there is no value: it is not finite
	limit   float64 // NaN or Inf, if special
}

func exactly(value, scale number) term { return term{value: value, scale: round(scale), loose: 1} }

func known(x float64) term {
	if x-x != 0 {
		return term{special: true, limit: x}
	}
	return exactly(num(x), num(math.Abs(x)))
}

// float is the number itself.
func (t term) float() float64 {
	if t.special {
		return t.limit
	}
	return round(t.value)
}

// times multiplies by a weight; 0·Inf is NaN as everywhere.
func (t term) times(w float64) term {
	if t.special {
		return term{special: true, limit: t.limit * w}
	}
	return term{value: mul(t.value, num(w)), scale: t.scale * math.Abs(w), loose: t.loose * math.Max(1, math.Abs(w)),
		most: max(t.most, t.scale) * math.Max(1, math.Abs(w))}
}

// A formula is a loss of one prediction and one target: its value and its derivative.
type formula struct {
	value, grad func(x, t number) term
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
		value:  func(x, t number) term { v := mul(sub(x, t), sub(x, t)); return exactly(v, v) },
		grad:   func(x, t number) term { g := mul(num(2), sub(x, t)); return exactly(g, abs(g)) },
		limits: func(x, t float64) (float64, float64) { return (x - t) * (x - t), 2 * (x - t) },
	}
}

func exactL1() formula {
	return formula{
		value: func(x, t number) term { v := abs(sub(x, t)); return exactly(v, v) },
		grad:  func(x, t number) term { return known(float64(sign(sub(x, t)))) },
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
		value: func(x, t number) term {
			z := abs(sub(x, t))
			m := z
			if exceeds(z, line) {
				m = line
			}
			v := quo(mul(m, sub(z, quo(m, num(2)))), u)
			exact := exactly(v, v)
			exact.loose = 2 / unit
			return exact
		},
		grad: func(x, t number) term {
			d := sub(x, t)
			if exceeds(abs(d), line) {
				d = mul(line, num(float64(sign(d))))
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
		value: func(p, t number) term {
			yes, no := num(-100), num(-100)
			if sign(p) > 0 {
				yes = larger(yes, logarithm(p))
			}
			if exceeds(num(1), p) {
				no = larger(no, log1p(neg(p)))
			}
			v := neg(add(mul(t, yes), mul(not(t), no)))
			return exactly(v, v)
		},
		grad: func(p, t number) term {
			g := quo(sub(p, t), larger(mul(p, not(p)), num(9.999999960041972e-13)))
			exact := exactly(g, abs(g))
			exact.loose = 1e12
			return exact
		},
		limits: func(p, t float64) (float64, float64) { return nan, nan },
	}
}

// exactLogits is binary cross-entropy with logits; q weighs the positive class.
func exactLogits(q float64) formula {
	// In T, q·t may underflow before softplus(−x), however large, multiplies it.
	loose := func(x number) float64 { return 2 + math.Abs(q) + round(softplus(neg(x))) }
	return formula{
		value: func(x, t number) term {
			yes, no := mul(num(q), t, softplus(neg(x))), mul(not(t), softplus(x))
			exact := exactly(add(yes, no), add(abs(yes), no))
			exact.loose = loose(x)
			return exact
		},
		grad: func(x, t number) term {
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
	wrong := func(x, t number) number { return add(mul(t, sigmoid(neg(x))), mul(not(t), sigmoid(x))) }
	return formula{
		value: func(x, t number) term {
			l := bce.value(x, t).value
			v := mul(pow(wrong(x, t), gamma), l)
			exact := exactly(v, v)
			exact.loose = 2 + round(l) // the power may underflow before it is multiplied
			return exact
		},
		grad: func(x, t number) term {
			a, outer := wrong(x, t), bce.grad(x, t)
			if sign(a) == 0 {
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
