package kernels

import "github.com/simmer-go/simmer/kernels/internal/simd"

// LogTo writes the natural logarithm log(x) to dst and returns dst. dst may be x, but must not overlap it otherwise.
//
// Error: ≤ 0.51 ULP (float32), ≤ 0.92 ULP (float64), subnormal arguments included. log(±0) is −Inf, log(1) is +0,
// log(+Inf) is +Inf, below 0 the result is NaN, NaN stays NaN. It panics if the lengths differ.
func LogTo[T Float](dst, x []T) []T {
	sameLength("LogTo: len(dst), len(x)", len(dst), len(x))
	simd.LogTo(dst, x)
	return dst
}
