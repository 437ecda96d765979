package kernels

import "github.com/simmer-go/simmer/kernels/internal/simd"

// ExpTo writes exp(x) to dst and returns dst. dst may be x, but must not overlap it otherwise.
//
// Error: ≤ 0.88 ULP (float32), ≤ 0.97 ULP (float64), subnormal results included; the second bound is by analysis. In
// float32 the result never decreases as x increases. exp(−Inf) is 0, exp(±0) exactly 1, exp(+Inf) and overflow +Inf,
// NaN stays NaN. It panics if the lengths differ.
func ExpTo[T Float](dst, x []T) []T {
	sameLength("ExpTo: len(dst), len(x)", len(dst), len(x))
	simd.ExpTo(dst, x)
	return dst
}
