package kernels

import "github.com/simmer-go/simmer/kernels/internal/simd"

// Sum returns Σ x.
//
// Error: at most 2⁻⁵³·256·Σ|x| plus one rounding, whatever the length. An empty sum is 0. NaN and Inf propagate. It is
// floats.Sum of gonum.
func Sum[T Float](x []T) float64 { return simd.Sum(x) }

// Dot returns Σ x·y. Products of float32 are exact.
//
// Error: at most 2⁻⁵³·256·Σ|x·y| plus one rounding, whatever the length. An empty sum is 0, and a sum of zero is +0,
// never -0. NaN and Inf propagate. It panics if the lengths differ. It is floats.Dot of gonum.
func Dot[T Float](x, y []T) float64 {
	sameLength("Dot: len(x), len(y)", len(x), len(y))
	return simd.Dot(x, y) + 0 // -0 of machines that have no lane without an element becomes +0
}

// CountOutside returns how many elements of x are not in [lo, hi]; NaN counts as outside.
func CountOutside[T Float](x []T, lo, hi T) int {
	return int(simd.CountOutside(x, lo, hi))
}
