package loss_test

import (
	"math"
	"math/big"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

// A row is the finite logits of one position, nil for −Inf.
type row []*big.Float

// newRow returns nil if the row is NaN: with NaN or +Inf in it, or −Inf only.
func newRow(logits []float64) row {
	r := make(row, len(logits))
	some := false
	for i, v := range logits {
		switch {
		case v != v || v == inf:
			return nil
		case v != -inf:
			r[i], some = num(v), true
		}
	}
	if !some {
		return nil
	}
	return r
}

// losses is −log softmax, nil for +Inf: with m the largest logit, (m − x) + log1p(Σ exp(x−m) without one of the
// largest). Neither term is negative, so that nothing cancels however confident the row is.
func (r row) losses() []*big.Float {
	top := -1
	for i, x := range r {
		if x != nil && (top < 0 || x.Cmp(r[top]) > 0) {
			top = i
		}
	}
	rest := num(0)
	for i, x := range r {
		if x != nil && i != top {
			rest.Add(rest, exp(sub(x, r[top])))
		}
	}
	rest = ref.BigLog1p(rest)
	out := make([]*big.Float, len(r))
	for i, x := range r {
		if x != nil {
			out[i] = add(sub(r[top], x), rest)
		}
	}
	return out
}

// softmax is exp of what losses returned.
func softmax(losses []*big.Float) []*big.Float {
	p := make([]*big.Float, len(losses))
	for i, l := range losses {
		p[i] = num(0)
		if l != nil {
			p[i] = exp(neg(l))
		}
	}
	return p
}

// A hard loss is a function of the cross-entropy of one class, ce = −w·log softmax: (1−exp(−ce))^gamma · ce.
// It is plain cross-entropy for gamma = 0.
type hard struct {
	class         int
	weight, gamma float64
}

func (h hard) value(r row) term {
	l := r.losses()[h.class]
	if l == nil {
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

func (h hard) grads(r row) []term {
	losses := r.losses()
	scale := mul(num(h.weight), h.slope(losses[h.class]))
	out := make([]term, len(r))
	for c, p := range softmax(losses) {
		v, terms := p, p
		if c == h.class {
			v, terms = sub(p, num(1)), add(p, num(1))
		}
		out[c] = exactly(mul(scale, v), mul(abs(scale), terms))
		// The exponentials of a row may underflow in T, one and all.
		out[c].loose = (1 + h.gamma) * (1 + math.Abs(h.weight)) * float64(len(r))
	}
	return out
}

// slope is the derivative by ce, with a = 1−exp(−ce): a^gamma + gamma·a^(gamma−1)·exp(−ce)·ce.
func (h hard) slope(l *big.Float) *big.Float {
	if h.gamma == 0 || l == nil {
		return num(1)
	}
	ce := mul(num(h.weight), l)
	a := neg(expm1(neg(ce)))
	if a.Sign() == 0 {
		return num(0)
	}
	inner := quo(mul(num(h.gamma), not(a), ce), a)
	return mul(pow(a, h.gamma), add(num(1), inner))
}

func expm1(x *big.Float) *big.Float {
	if x.Cmp(num(-10000)) < 0 {
		return num(-1)
	}
	return ref.BigExpm1(x)
}

// A soft loss has a mass for each class: −Σ mass·log softmax.
type soft struct {
	mass []*big.Float
	// zeroIsNone says that a mass of 0 leaves out a class, however small its probability; else 0·Inf is NaN.
	zeroIsNone bool
}

// entropy is the loss in which 0·log 0 is 0.
func (s soft) entropy() soft { return soft{s.mass, true} }

func (s soft) value(r row) term {
	sum, terms, most, special := num(0), num(0), num(1), 0.0
	for c, l := range r.losses() {
		if l == nil {
			if s.mass[c].Sign() != 0 || !s.zeroIsNone {
				special += round(s.mass[c]) * inf
			}
			continue
		}
		v := mul(s.mass[c], l)
		sum, terms, most = add(sum, v), add(terms, abs(v)), larger(most, l)
	}
	if special != 0 {
		return known(special)
	}
	exact := exactly(sum, terms)
	exact.loose = float64(len(s.mass)) * round(most) // a mass may underflow before it is multiplied
	return exact
}

func (s soft) grads(r row) []term {
	all, absolute := num(0), num(0)
	for _, q := range s.mass {
		all, absolute = add(all, q), add(absolute, abs(q))
	}
	out := make([]term, len(r))
	for c, p := range softmax(r.losses()) {
		out[c] = exactly(sub(mul(all, p), s.mass[c]), add(mul(absolute, p), abs(s.mass[c])))
		out[c].loose = 1 + round(absolute)
	}
	return out
}
