package kernels

import "github.com/simmer-go/simmer/kernels/internal/simd"

// Log1pTo writes log(1+x), accurate near 0 too, to dst and returns dst. dst may be x, but must not overlap it
// otherwise.
//
// Error: ≤ 0.51 ULP (float32), ≤ 1.1 ULP (float64). log1p(±0) is ±0, log1p(−1) is −Inf, log1p(+Inf) is +Inf, below −1
// the result is NaN, NaN stays NaN. It panics if the lengths differ.
func Log1pTo[T Float](dst, x []T) []T {
	sameLength("Log1pTo: len(dst), len(x)", len(dst), len(x))
	simd.Log1pTo(dst, x)
	return dst
}
