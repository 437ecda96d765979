package kernels

import "github.com/simmer-go/simmer/kernels/internal/simd"

// GELUTanhTo writes ½x·(1 + tanh(√(2/π)·(x + 0.044715·x³))) to dst and returns dst. dst may be x, but must not overlap
// it otherwise.
//
// Error: ≤ 0.51 ULP (float32), ≤ 2.25 ULP (float64), in the tail and where results are subnormal too; the worst of all
// float32 inputs is -0x1.6e9e4ep+02 with 0.502. At −Inf it is −0, the limit with its sign, at ±0 ±0, at +Inf +Inf; NaN
// stays NaN. It panics if the lengths differ. It is torch.nn.functional.gelu with approximate='tanh'.
func GELUTanhTo[T Float](dst, x []T) []T {
	sameLength("GELUTanhTo: len(dst), len(x)", len(dst), len(x))
	simd.GELUTanhTo(dst, x)
	return dst
}

// GELUTanhGradTo writes dy times the derivative of what [GELUTanhTo] writes to dst and returns dst. dst may be x or dy,
// but must not overlap them otherwise.
//
// Error of the derivative: ≤ 0.51 ULP (float32), ≤ 4.6 ULP (float64), or 2⁻²⁷ and 2⁻⁵² absolute where it is nearly 0,
// at x ≈ −0.75; see [SiLUGradTo] for its product with dy. The derivative at −Inf is −0, the limit with its sign, at ±0
// ½, at +Inf 1; NaN stays NaN. It panics if the lengths differ.
func GELUTanhGradTo[T Float](dst, x, dy []T) []T {
	sameLength("GELUTanhGradTo: len(dst), len(x)", len(dst), len(x))
	sameLength("GELUTanhGradTo: len(x), len(dy)", len(x), len(dy))
	simd.GELUTanhGradTo(dst, x, dy)
	return dst
}
