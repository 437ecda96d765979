package kernels

import "github.com/simmer-go/simmer/kernels/internal/simd"

// Expm1To writes exp(x) − 1, accurate near 0 too, to dst and returns dst. dst may be x, but must not overlap it
// otherwise.
//
// Error: ≤ 0.51 ULP (float32), ≤ 1.3 ULP (float64). expm1(−Inf) is −1, expm1(±0) is ±0, expm1(+Inf) and overflow +Inf,
// NaN stays NaN. It panics if the lengths differ.
func Expm1To[T Float](dst, x []T) []T {
	sameLength("Expm1To: len(dst), len(x)", len(dst), len(x))
	simd.Expm1To(dst, x)
	return dst
}
