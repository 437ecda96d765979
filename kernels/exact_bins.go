package kernels

import (
	"math"

	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// bins are sums of terms by their exponents: bin g has those of 16 exponents, from 16·g on, below 2ᵉ in magnitude, with
// e = 16·g-1007, and multiples of 2^(e-68). high begins with M = 1.5·2^(e+18), and to add x is to add a multiple of its
// last place, 2^(e-34), there, and what is left to low:
//
//	high' = high + x
//	low'  = low + (x - (high' - high))
//
// of which only the first operation rounds: high stays between 2^(e+18) and 2^(e+19) for 2¹⁶ terms, and low has at most
// 33 bits of each. Terms in turn go to one of several tables, so that one does not wait for the other where all
// exponents are equal.
//
// Source: J. Demmel, H. D. Nguyen, Parallel reproducible summation, IEEE Trans. Comput. 64 (2015), whose bins are
// wider.
type bins struct{ high, low [binTables][binCount]float64 }

const (
	binTables = 4
	binCount  = 1 << 7
	binShift  = mantissaBits + 4 // from the bits of a float64 to its bin, below the sign

	// hugeBins is the first bin for which M would overflow: terms from there on, infinities and NaN have none.
	hugeBins = binCount - 2
)

// binStart is M.
var binStart = func() (start [binCount]float64) {
	for g := range hugeBins {
		start[g] = math.Ldexp(1.5, 16*g-1007+18)
	}
	return start
}()

// binOf is the bin of x.
func binOf(x float64) uint64 { return math.Float64bits(x) >> binShift % binCount }

// binsOf are the bins, from one up to another, that terms of float32, or their products, and of float64 go to; zeros of
// float32 go to the first of all.
func binsOf[T Float]() (from, to int) {
	if simd.Is32[T]() {
		return (1023 - 298) / 16, (1023+256)/16 + 1
	}
	return 0, hugeBins
}

// addBins adds any terms, at most 2¹⁶.
func (t exactTerms[T]) addBins(s *ExactSum) {
	if len(t.x) <= fewBinned {
		t.addEach(s)
		return
	}
	var b bins
	from, to := binsOf[T]()
	for i := range b.high {
		copy(b.high[i][from:to], binStart[from:to])
	}
	whole := len(t.x) &^ (binTables - 1)
	t.part(0, whole).addToBins(&b, s)
	t.part(whole, len(t.x)).addEach(s)
	b.emptyTo(s, from, to)
}

// addToBins adds the terms to bins, and those that have none to s. It takes four at a time in stages, so that those of
// one need not wait for another's.
func (t exactTerms[T]) addToBins(b *bins, s *ExactSum) {
	for i := 3; i < len(t.x); i += 4 {
		x0, x1, x2, x3 := float64(t.x[i-3]), float64(t.x[i-2]), float64(t.x[i-1]), float64(t.x[i])
		if t.products {
			y := t.y[i-3 : i+1]
			x0, x1 = float64(x0*float64(y[0])), float64(x1*float64(y[1]))
			x2, x3 = float64(x2*float64(y[2])), float64(x3*float64(y[3]))
		}
		g0, g1, g2, g3 := binOf(x0), binOf(x1), binOf(x2), binOf(x3)
		if max(g0, g1, g2, g3) >= hugeBins {
			x0, g0 = s.addHuge(x0, g0)
			x1, g1 = s.addHuge(x1, g1)
			x2, g2 = s.addHuge(x2, g2)
			x3, g3 = s.addHuge(x3, g3)
		}
		h0, h1, h2, h3 := b.high[0][g0], b.high[1][g1], b.high[2][g2], b.high[3][g3]
		s0, s1, s2, s3 := h0+x0, h1+x1, h2+x2, h3+x3
		b.high[0][g0], b.high[1][g1], b.high[2][g2], b.high[3][g3] = s0, s1, s2, s3
		b.low[0][g0] += x0 - (s0 - h0)
		b.low[1][g1] += x1 - (s1 - h1)
		b.low[2][g2] += x2 - (s2 - h2)
		b.low[3][g3] += x3 - (s3 - h3)
	}
}

// addHuge adds x if it has no bin, and returns what is to be added to which bin.
func (s *ExactSum) addHuge(x float64, g uint64) (rest float64, bin uint64) {
	if g < hugeBins {
		return x, g
	}
	s.Add(x)
	return 0, 0
}

// emptyTo adds the sums of bins, from one up to another, to s.
func (b *bins) emptyTo(s *ExactSum, from, to int) {
	h, l := &b.high, &b.low
	for g, start := range binStart[:to] {
		if g < from {
			continue
		}
		high := (h[0][g] - start) + (h[1][g] - start) + ((h[2][g] - start) + (h[3][g] - start))
		low := l[0][g] + l[1][g] + (l[2][g] + l[3][g])
		if high != 0 {
			s.digits.add(math.Float64bits(high))
		}
		if low != 0 {
			s.digits.add(math.Float64bits(low))
		}
	}
	s.count(2 * binCount)
}
