package kernels

import "github.com/simmer-go/simmer/kernels/internal/simd"

// TanhTo writes tanh(x) to dst and returns dst. dst may be x, but must not overlap it otherwise.
//
// Error: ≤ 0.96 ULP (float32), ≤ 0.93 ULP (float64), subnormal results included; the worst of all float32 inputs is
// 0x1.003de6p-04 with 0.951. tanh(±Inf) is ±1, tanh(±0) is ±0, NaN stays NaN. It panics if the lengths differ. It is
// torch.tanh of PyTorch.
func TanhTo[T Float](dst, x []T) []T {
	sameLength("TanhTo: len(dst), len(x)", len(dst), len(x))
	simd.TanhTo(dst, x)
	return dst
}

// TanhGradTo writes dy·(1 − tanh²(x)) to dst and returns dst. dst may be x or dy, but must not overlap them otherwise.
//
// Error of the derivative: ≤ 0.51 ULP (float32), ≤ 2.9 ULP (float64), where tanh is nearly 1 too; see [SiLUGradTo] for
// its product with dy. The derivative at ±Inf is 0, at ±0 1; NaN stays NaN. It panics if the lengths differ.
func TanhGradTo[T Float](dst, x, dy []T) []T {
	sameLength("TanhGradTo: len(dst), len(x)", len(dst), len(x))
	sameLength("TanhGradTo: len(x), len(dy)", len(x), len(dy))
	simd.TanhGradTo(dst, x, dy)
	return dst
}
