package kernels

import "github.com/simmer-go/simmer/kernels/internal/simd"

// SiLUTo writes x·σ(x) = x/(1+exp(−x)) to dst and returns dst. dst may be x, but must not overlap it otherwise.
//
// Error: ≤ 0.91 ULP (float32), ≤ 2.3 ULP (float64), subnormal results included; the worst of all float32 inputs is
// -0x1.1b546cp+04 with 0.907. silu(−Inf) is −0, the limit with its sign, silu(±0) is ±0, silu(+Inf) is +Inf, NaN stays
// NaN. It panics if the lengths differ. It is torch.nn.functional.silu.
func SiLUTo[T Float](dst, x []T) []T {
	sameLength("SiLUTo: len(dst), len(x)", len(dst), len(x))
	simd.SiLUTo(dst, x)
	return dst
}

// SiLUGradTo writes dy times the derivative σ(x)·(1 + x·(1−σ(x))) to dst and returns dst. dst may be x or dy, but must
// not overlap them otherwise.
//
// Error of the derivative: ≤ 0.51 ULP (float32), ≤ 3.75 ULP (float64), or 2⁻²⁷ and 2⁻⁵² absolute where it is nearly 0,
// at x ≈ −1.28. In float32 it is not rounded before it is multiplied by dy, so this is the error of the product too; in
// float64 the product is rounded once more, and where the derivative is subnormal, the error of its last bit is
// multiplied by dy. The derivative at −Inf is −0, the limit with its sign, at ±0 ½, at +Inf 1; NaN stays NaN. What an
// infinite dy gives where the derivative is 0 or rounds to 0 is not specified, but the same everywhere. It panics if
// the lengths differ.
func SiLUGradTo[T Float](dst, x, dy []T) []T {
	sameLength("SiLUGradTo: len(dst), len(x)", len(dst), len(x))
	sameLength("SiLUGradTo: len(x), len(dy)", len(x), len(dy))
	simd.SiLUGradTo(dst, x, dy)
	return dst
}
