package kernels

import "github.com/simmer-go/simmer/kernels/internal/simd"

// SigmoidTo writes the logistic function σ(x) = 1/(1+exp(−x)) to dst and returns dst. dst may be x, but must not
// overlap it otherwise.
//
// Error: ≤ 0.97 ULP (float32), ≤ 1.75 ULP (float64), subnormal results included. σ(−Inf) is 0, σ(±0) is ½, σ(+Inf) is
// 1, NaN stays NaN. It panics if the lengths differ.
func SigmoidTo[T Float](dst, x []T) []T {
	sameLength("SigmoidTo: len(dst), len(x)", len(dst), len(x))
	simd.SigmoidTo(dst, x)
	return dst
}
