package loss_test

import "math"

// A row is the logits of one position, none for −Inf.
type row []number

// newRow returns nil if the row is NaN: with NaN or +Inf in it, or −Inf only.
func newRow(logits []float64) row {
	r := make(row, len(logits))
	some := false
	for i, v := range logits {
		switch {
		case v != v || v == inf:
			return nil
		case v == -inf:
			r[i] = none
		default:
			r[i], some = num(v), true
		}
	}
	if !some {
		return nil
	}
	return r
}

// losses is −log softmax, none for +Inf: with m the largest logit, (m − x) + log1p(Σ exp(x−m) without one of the
// largest). Neither term is negative, so that nothing cancels however confident the row is.
func (r row) losses() []number {
	top := -1
	for i, x := range r {
		if !x.none() && (top < 0 || exceeds(x, r[top])) {
			top = i
		}
	}
	var others []number
	for i, x := range r {
		if !x.none() && i != top {
			others = append(others, exp(sub(x, r[top])))
		}
	}
	rest := log1p(add(others...))
	out := make([]number, len(r))
	for i, x := range r {
		out[i] = none
		if !x.none() {
			out[i] = add(sub(r[top], x), rest)
		}
	}
	return out
}

// softmax is exp of what losses returned.
func softmax(losses []number) []number {
	p := make([]number, len(losses))
	for i, l := range losses {
		p[i] = num(0)
		if !l.none() {
			p[i] = exp(neg(l))
		}
	}
	return p
}

// A hard loss is a function of the cross-entropy of one class, ce = −w·log softmax: (1−exp(−ce))^gamma · ce. It is
// plain cross-entropy for gamma = 0.
type hard struct {
	class         int
	weight, gamma float64
}

func (h hard) terms(r row) (value term, grads []term) {
	losses := r.losses()
	return h.value(losses), h.grads(losses)
}

func (h hard) value(losses []number) term {
	l := losses[h.class]
	if l.none() {
		return known(h.weight * inf)
	}
	ce := mul(num(h.weight), l)
	v := ce
	if h.gamma != 0 {
		v = mul(pow(neg(expm1(neg(ce))), h.gamma), ce)
	}
	exact := exactly(v, abs(v))
	exact.loose = 1 + math.Abs(h.weight)
	return exact
}

func (h hard) grads(losses []number) []term {
	scale := mul(num(h.weight), h.slope(losses[h.class]))
	out := make([]term, len(losses))
	for c, p := range softmax(losses) {
		v, terms := p, p
		if c == h.class {
			v, terms = sub(p, num(1)), add(p, num(1))
		}
		out[c] = exactly(mul(scale, v), mul(abs(scale), terms))
		// The exponentials of a row may underflow in T, one and all.
		out[c].loose = (1 + h.gamma) * (1 + math.Abs(h.weight)) * float64(len(losses))
	}
	return out
}

// slope is the derivative with respect to ce, with a = 1−exp(−ce): a^gamma + gamma·a^(gamma−1)·exp(−ce)·ce.
func (h hard) slope(l number) number {
	if h.gamma == 0 || l.none() {
		return num(1)
	}
	ce := mul(num(h.weight), l)
	a := neg(expm1(neg(ce)))
	if sign(a) == 0 {
		return num(0)
	}
	inner := quo(mul(num(h.gamma), not(a), ce), a)
	return mul(pow(a, h.gamma), add(num(1), inner))
}

// A soft loss has a mass for each class: −Σ mass·log softmax.
type soft struct {
	mass []number
	// largest is the largest absolute weight, which a sum over the classes may be made with before smoothing makes it less.
	largest float64
	// zeroIsNone says that a mass of 0 leaves out a class, however small its probability; else 0·Inf is NaN.
	zeroIsNone bool
}

// entropy is the loss in which 0·log 0 is 0.
func (s soft) entropy() soft { return soft{s.mass, s.largest, true} }

func (s soft) terms(r row) (value term, grads []term) {
	losses := r.losses()
	return s.value(losses), s.grads(losses)
}

func (s soft) value(losses []number) term {
	most, special, sum := num(1), 0.0, 0.0
	var list, absolute []number
	for c, l := range losses {
		if l.none() {
			if sign(s.mass[c]) != 0 || !s.zeroIsNone {
				special += round(s.mass[c]) * inf
			}
			continue
		}
		v := mul(s.mass[c], l)
		list, absolute, most = append(list, v), append(absolute, abs(v)), larger(most, l)
		sum += round(l)
	}
	if special != 0 {
		return known(special)
	}
	exact := exactly(add(list...), add(absolute...))
	exact.loose = float64(len(s.mass)) * round(most) // a mass may underflow before it is multiplied
	exact.most = sum * max(1, s.largest)
	return exact
}

func (s soft) grads(losses []number) []term {
	absolute := make([]number, len(s.mass))
	for c, q := range s.mass {
		absolute[c] = abs(q)
	}
	all, terms := add(s.mass...), add(absolute...)
	out := make([]term, len(losses))
	for c, p := range softmax(losses) {
		out[c] = exactly(sub(mul(all, p), s.mass[c]), add(mul(terms, p), absolute[c]))
		out[c].loose = 1 + round(terms)
	}
	return out
}
