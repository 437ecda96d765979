package kernels

import "github.com/simmer-go/simmer/kernels/internal/simd"

// PowTo writes xᵖ, for x ≥ 0 and one finite exponent p, to dst and returns dst. dst may be x, but must not overlap it
// otherwise.
//
// Error: at most 0.51 ULP (float32), 1 + |p|/4 ULP (float64). x⁰ is 1 for every x, as in math.Pow. Otherwise ±0 counts
// as +0: 0ᵖ is 0, or +Inf for negative p; +Infᵖ is +Inf, or 0 for negative p; negative x gives NaN, for integer p too;
// NaN stays NaN. What an infinite p gives is not specified, but the same everywhere. It panics if the lengths differ.
func PowTo[T Float](dst, x []T, p T) []T {
	sameLength("PowTo: len(dst), len(x)", len(dst), len(x))
	simd.PowTo(dst, x, p)
	return dst
}
