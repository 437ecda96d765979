package kernels

import "github.com/simmer-go/simmer/kernels/internal/simd"

// GELUTo writes x·Φ(x) = ½x·(1 + erf(x/√2)), Φ being the normal distribution function, to dst and returns dst. dst may
// be x, but must not overlap it otherwise.
//
// Error: ≤ 0.75 ULP (float32), ≤ 3.25 ULP (float64), in the tail and where results are subnormal too; the worst of all
// float32 inputs is -0x1.fd6008p+02 with 0.739. gelu(−Inf) is −0, the limit with its sign, gelu(±0) is ±0, gelu(+Inf)
// is +Inf, NaN stays NaN. It panics if the lengths differ. It is torch.nn.functional.gelu.
func GELUTo[T Float](dst, x []T) []T {
	sameLength("GELUTo: len(dst), len(x)", len(dst), len(x))
	simd.GELUTo(dst, x)
	return dst
}

// GELUGradTo writes dy times the derivative Φ(x) + x·exp(−x²/2)/√(2π) to dst and returns dst. dst may be x or dy, but
// must not overlap them otherwise.
//
// Error of the derivative: ≤ 0.8 ULP (float32), ≤ 3.4 ULP (float64), or 2⁻²⁷ and 2⁻⁵² absolute where it is nearly 0, at
// x ≈ −0.75; see [SiLUGradTo] for its product with dy. The derivative at −Inf is −0, the limit with its sign, at ±0 ½,
// at +Inf 1; NaN stays NaN. It panics if the lengths differ.
func GELUGradTo[T Float](dst, x, dy []T) []T {
	sameLength("GELUGradTo: len(dst), len(x)", len(dst), len(x))
	sameLength("GELUGradTo: len(x), len(dy)", len(x), len(dy))
	simd.GELUGradTo(dst, x, dy)
	return dst
}
