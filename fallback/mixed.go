package fallback

import "math"

// Mixed arithmetic is defined with fused multiply-adds, but its float32 results seldom show them: a product and a sum
// rounded one after the other change the float64 by less than MixedError of it, and only where a number at which
// float32 rounds up or down lies that near, once in some thousand times, does it have to be done again as defined. So
// that is how float32 results are made on every machine: much faster than emulating fused multiply-adds where they are
// no instruction.
//
// The formulas are written once, with the kind of arithmetic as a type parameter.
type arithmetic interface{ plain | fused }

type (
	plain [1]byte // a·b is rounded before c is added
	fused [2]byte // a·b + c is rounded once
)

// mixedError bounds what plain arithmetic changes, relative to the result. A result takes some 40 operations, each off
// by 2⁻⁵³ of its own result at most. Reducing the argument of exp loses up to 10 bits of that, where n·log 2 is up to
// 709; the polynomials and sums in between lose up to 5, but for erf, which has a bound of its own, and for sums that
// uncancelled watches, which lose up to 10. (The terms of erf add up to 2¹⁷ times the result.) The n of exp is the same
// in both, since no argument is so near to the middle between two. TestMixedError holds the differences to half of the
// bound; the largest that it finds is 2⁻⁴², of erf 2⁻³⁵.
const (
	mixedError = 0x1p-38
	erfError   = 0x1p-30
)

// muladd is a·b + c.
func muladd[A arithmetic](a, b, c float64) float64 {
	var arithmetic A
	if len(arithmetic) == len(plain{}) {
		return float64(a*b) + c
	}
	return math.FMA(a, b, c)
}

// nmuladd is c − a·b.
func nmuladd[A arithmetic](a, b, c float64) float64 { return muladd[A](-a, b, c) }

// polyMixed is the polynomial in x with coefficients c, lowest power first, by Horner's rule; in plain arithmetic,
// which is free to, as even(x²) + x·odd(x²), since one chain would be twice as long.
func polyMixed[A arithmetic](x float64, c []float64) float64 {
	var arithmetic A
	if len(arithmetic) != len(plain{}) {
		return poly64(x, c)
	}
	even, odd, z := 0.0, 0.0, x*x
	if len(c)%2 != 0 {
		even, c = c[len(c)-1], c[:len(c)-1]
	}
	for len(c) >= 2 {
		even = float64(even*z) + c[len(c)-2]
		odd = float64(odd*z) + c[len(c)-1]
		c = c[:len(c)-2]
	}
	return even + float64(odd*x)
}

// uncancelled is the sum of two terms, one of which is of the given size or more; in plain arithmetic NaN, which narrow
// refuses, if so little is left of them that what they are off by counts.
func uncancelled[A arithmetic](sum, size float64) float64 {
	var arithmetic A
	if len(arithmetic) == len(plain{}) && abs64(sum) < 0x1p-10*size {
		return nan64
	}
	return sum
}

// narrow rounds to float32 what plain arithmetic gave, and reports whether every number within the bound of the error,
// and so what fused arithmetic gives, is rounded to the same.
func narrow(y float64) (_ float32, sure bool) { return narrowBy(y, mixedError) }

func narrowBy(y, bound float64) (_ float32, sure bool) {
	low, high := float32(y*(1-bound)), float32(y*(1+bound))
	return low, low == high
}
