package kernels

import "github.com/simmer-go/simmer/kernels/internal/simd"

// LogSigmoidTo writes log σ(x) = −log(1 + exp(−x)) to dst and returns dst. dst may be x, but must not overlap it
// otherwise.
//
// Error: ≤ 1.9 ULP (float32), ≤ 2 ULP (float64), subnormal results included: that of [SoftplusTo] at −x. log σ(−Inf) is
// −Inf, log σ(+Inf) is −0, the limit with its sign, NaN stays NaN. It panics if the lengths differ. It is
// torch.nn.functional.logsigmoid.
func LogSigmoidTo[T Float](dst, x []T) []T {
	sameLength("LogSigmoidTo: len(dst), len(x)", len(dst), len(x))
	simd.LogSigmoidTo(dst, x)
	return dst
}

// LogSigmoidGradTo writes dy·σ(−x), σ being the logistic function, to dst and returns dst. dst may be x or dy, but must
// not overlap them otherwise.
//
// Error of the derivative: ≤ 0.51 ULP (float32), ≤ 1.75 ULP (float64), subnormal results included; see [SiLUGradTo] for
// its product with dy. The derivative at −Inf is 1, at ±0 ½, at +Inf 0; NaN stays NaN. It panics if the lengths differ.
func LogSigmoidGradTo[T Float](dst, x, dy []T) []T {
	sameLength("LogSigmoidGradTo: len(dst), len(x)", len(dst), len(x))
	sameLength("LogSigmoidGradTo: len(x), len(dy)", len(x), len(dy))
	simd.LogSigmoidGradTo(dst, x, dy)
	return dst
}
