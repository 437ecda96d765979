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
// of which only the first operation rounds: high stays between 2^(e+18) and 2^(e+19) for 2¹⁶ terms, and low has at most 33
// bits of each. In the last two bins, M would overflow, so terms are divided by 2⁶⁴ there. Terms in turn go to one of
// several bins, so that one does not wait for the other where all exponents are equal.
//
// Source: J. Demmel, H. D. Nguyen, Parallel reproducible summation, IEEE Trans. Comput. 64 (2015), whose bins are wider.
type bins struct{ high, low [binTables][binCount]float64 }

const (
	binTables = 4
	binCount  = 1 << 7
	binShift  = mantissaBits + 4 // from the bits of a float64 to its bin, below the sign

	scaledBins = binCount - 2 // the first of them
	binScaling = 64
)

// binStart is M, binScale what terms are multiplied by.
var binStart, binScale = func() (start, scale [binCount]float64) {
	for g := range start {
		start[g], scale[g] = math.Ldexp(1.5, 16*g-1007+18), 1
		if g >= scaledBins {
			start[g], scale[g] = math.Ldexp(1.5, 16*g-1007+18-binScaling), 0x1p-64
		}
	}
	return start, scale
}()

// binsOf are the bins, from one up to another, that terms of float32, or their products, and of float64 go to. Infinities
// and NaN go to the last one, zeros to the first.
func binsOf[T Float]() (from, to int) {
	if simd.Is32[T]() {
		return (1023 - 298) / 16, (1023+256)/16 + 1
	}
	return 0, binCount
}

// addToBins adds the terms, four at a time in stages, so that those of one need not wait for another's.
func addToBins[T Float](b *bins, t exactTerms[T]) {
	n := len(t.x)
	for i := 3; i < n; i += 4 {
		x0, x1, x2, x3 := float64(t.x[i-3]), float64(t.x[i-2]), float64(t.x[i-1]), float64(t.x[i])
		if t.products {
			y := t.y[i-3 : i+1]
			x0, x1 = float64(x0*float64(y[0])), float64(x1*float64(y[1]))
			x2, x3 = float64(x2*float64(y[2])), float64(x3*float64(y[3]))
		}
		g0, g1, g2, g3 := binOf(x0), binOf(x1), binOf(x2), binOf(x3)
		if !simd.Is32[T]() {
			x0, x1 = float64(x0*binScale[g0]), float64(x1*binScale[g1])
			x2, x3 = float64(x2*binScale[g2]), float64(x3*binScale[g3])
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

// binOf is the bin of x.
func binOf(x float64) uint64 { return math.Float64bits(x) >> binShift % binCount }

// emptyTo adds the sums of bins, from one up to another, to s.
func (b *bins) emptyTo(s *ExactSum, from, to int) {
	for g := from; g < to; g++ {
		high, low := 0.0, 0.0
		for i := range b.high {
			high += b.high[i][g] - binStart[g]
			low += b.low[i][g]
		}
		up := uint64(0)
		if g >= scaledBins {
			up = binScaling / digitBits
		}
		if high != 0 {
			s.digits.addAbove(math.Float64bits(high), up)
		}
		if low != 0 {
			s.digits.addAbove(math.Float64bits(low), up)
		}
	}
	s.count(2 * binCount)
}

// finite says that no term was infinite or NaN.
func (b *bins) finite() bool {
	sum := 0.0
	for i := range b.high {
		sum += b.high[i][binCount-1]
	}
	return sum-sum == 0
}
