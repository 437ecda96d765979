package fallback

import "math"

// The levels of an exact sum: parts of numbers that add up in float64 without rounding. For at most ExactBlock = 2¹⁰
// numbers below 2ᵉ,
//
//	m₁ = 1.5·2^(e+9)    x + m₁ rounds x to a multiple of u₁ = 2^(e-43), the last place of m₁
//	q₁ = (x + m₁) - m₁  at most 2ᵉ in magnitude: the sum of a block has at most 53 bits above u₁
//	r₁ = x - q₁         exact, at most 2^(e-44) in magnitude
//
// and so on with r₁, m₂ = 2⁻⁴⁴·m₁ and with r₂, m₃ = 2⁻⁴⁴·m₂. A number whose last bit is at least 2^(e-131) leaves
// nothing. Source: the pre-rounding of S. Rump, T. Ogita, S. Oishi, Accurate floating-point summation part I, SIAM J.
// Sci. Comput. 31 (2008), and of J. Demmel, H. D. Nguyen, Parallel reproducible summation, IEEE Trans. Comput. 64
// (2015).
const (
	// ExactBlock is the largest number of elements of a block, ExactLevel the number of bits from one level to the
	// next.
	ExactBlock = 1 << exactBlockBits
	ExactLevel = 54 - exactBlockBits

	exactBlockBits = 10

	// ExactLanes is the number of lanes of such sums. As these are exact, they do not depend on it.
	ExactLanes = 8
)

// ExactLevelsF32 is Σ q₁, Σ q₂ and Σ q₃ over at most a block, the last one NaN if anything is left.
func ExactLevelsF32(x []float32, m1, m2, m3 float64) (s1, s2, s3 float64) {
	return exactLevels(len(x), func(i int) float64 { return float64(x[i]) }, m1, m2, m3)
}

// ExactLevelsF64 is the same for float64.
func ExactLevelsF64(x []float64, m1, m2, m3 float64) (s1, s2, s3 float64) {
	return exactLevels(len(x), func(i int) float64 { return x[i] }, m1, m2, m3)
}

// ExactProductLevelsF32 is the same for x·y.
func ExactProductLevelsF32(x, y []float32, m1, m2, m3 float64) (s1, s2, s3 float64) {
	return exactLevels(len(x), func(i int) float64 { return float64(float64(x[i]) * float64(y[i])) }, m1, m2, m3)
}

func exactLevels(n int, term func(i int) float64, m1, m2, m3 float64) (s1, s2, s3 float64) {
	for i := range n {
		x := term(i)
		q1 := (x + m1) - m1
		r1 := x - q1
		q2 := (r1 + m2) - m2
		r2 := r1 - q2
		q3 := (r2 + m3) - m3
		if q3 != r2 {
			q3 = math.NaN()
		}
		s1 += q1
		s2 += q2
		s3 += q3
	}
	return s1, s2, s3
}

// ExactLargestF32 is the largest |x|, NaN left out; -Inf if there is none.
func ExactLargestF32(x []float32) float64 {
	return exactLargest(len(x), func(i int) float64 { return float64(x[i]) })
}

// ExactLargestF64 is the same for float64.
func ExactLargestF64(x []float64) float64 {
	return exactLargest(len(x), func(i int) float64 { return x[i] })
}

// ExactProductLargestF32 is the same for x·y.
func ExactProductLargestF32(x, y []float32) float64 {
	return exactLargest(len(x), func(i int) float64 { return float64(float64(x[i]) * float64(y[i])) })
}

func exactLargest(n int, term func(i int) float64) float64 {
	largest := math.Inf(-1)
	for i := range n {
		largest = pickMax(math.Abs(term(i)), largest)
	}
	return largest
}
