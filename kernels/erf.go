package kernels

import "github.com/simmer-go/simmer/kernels/internal/simd"

// ErfTo writes the error function erf(x) = 2/√π·∫₀ˣ exp(−t²) dt to dst and returns dst. dst may be x, but must not
// overlap it otherwise.
//
// Error: ≤ 0.6 ULP (float32), ≤ 1.4 ULP (float64), subnormal results included; the worst of all float32 inputs is
// 0x1.d5741p+01 with 0.590. erf(±Inf) is ±1, erf(±0) is ±0, NaN stays NaN. It panics if the lengths differ. It is
// torch.erf.
func ErfTo[T Float](dst, x []T) []T {
	sameLength("ErfTo: len(dst), len(x)", len(dst), len(x))
	simd.ErfTo(dst, x)
	return dst
}

// ErfGradTo writes dy·2/√π·exp(−x²) to dst and returns dst. dst may be x or dy, but must not overlap them otherwise.
//
// Error of the derivative: ≤ 0.51 ULP (float32), ≤ 1.2 ULP (float64), subnormal results included; see [SiLUGradTo] for
// its product with dy. The derivative at ±Inf is 0; NaN stays NaN. It panics if the lengths differ.
func ErfGradTo[T Float](dst, x, dy []T) []T {
	sameLength("ErfGradTo: len(dst), len(x)", len(dst), len(x))
	sameLength("ErfGradTo: len(x), len(dy)", len(x), len(dy))
	simd.ErfGradTo(dst, x, dy)
	return dst
}
