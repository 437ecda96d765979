package kernels

import "github.com/simmer-go/simmer/kernels/internal/simd"

// MishTo writes x·tanh(softplus(x)) = x·tanh(log(1+exp(x))) to dst and returns dst. dst may be x, but must not overlap
// it otherwise.
//
// Error: ≤ 0.51 ULP (float32), ≤ 2.75 ULP (float64), subnormal results included; the worst of all float32 inputs is
// -0x1.5ce598p+04 with 0.502. mish(−Inf) is −0, the limit with its sign, mish(±0) is ±0, mish(+Inf) is +Inf, NaN stays
// NaN. It panics if the lengths differ. It is torch.nn.functional.mish.
func MishTo[T Float](dst, x []T) []T {
	sameLength("MishTo: len(dst), len(x)", len(dst), len(x))
	simd.MishTo(dst, x)
	return dst
}

// MishGradTo writes dy times the derivative of what [MishTo] writes to dst and returns dst. dst may be x or dy, but
// must not overlap them otherwise.
//
// Error of the derivative: ≤ 0.51 ULP (float32), ≤ 4.2 ULP (float64), or 2⁻²⁷ and 2⁻⁵² absolute where it is nearly 0,
// at x ≈ −1.19; see [SiLUGradTo] for its product with dy. The derivative at −Inf is −0, the limit with its sign, at ±0
// 0.6, at +Inf 1; NaN stays NaN. It panics if the lengths differ.
func MishGradTo[T Float](dst, x, dy []T) []T {
	sameLength("MishGradTo: len(dst), len(x)", len(dst), len(x))
	sameLength("MishGradTo: len(x), len(dy)", len(x), len(dy))
	simd.MishGradTo(dst, x, dy)
	return dst
}
