package kernels

import "github.com/simmer-go/simmer/kernels/internal/simd"

// ExpTo writes exp(x) to dst and returns dst. dst may be x, but must not overlap it otherwise.
//
// Error: ≤ 1 ULP (float32), ≤ 1 ULP (float64), subnormal results included; in float64 below 0.97 by analysis, and the worst seen is 0.89.
// exp(−Inf) is 0, exp(±0) exactly 1, exp(+Inf) and overflow +Inf, NaN stays NaN.
// It panics if the lengths differ.
func ExpTo[T Float](dst, x []T) []T {
	sameLength("ExpTo: len(dst), len(x)", len(dst), len(x))
	simd.Exp(dst, x)
	return dst
}

// Expm1To writes exp(x) − 1, accurate near 0 too, to dst and returns dst. dst may be x, but must not overlap it otherwise.
//
// Error: ≤ 1 ULP (float32), ≤ 1.5 ULP (float64); the worst seen in float64 is 1.24, near −0.39.
// expm1(−Inf) is −1, expm1(±0) is ±0, expm1(+Inf) and overflow +Inf, NaN stays NaN.
// It panics if the lengths differ.
func Expm1To[T Float](dst, x []T) []T {
	sameLength("Expm1To: len(dst), len(x)", len(dst), len(x))
	simd.Expm1(dst, x)
	return dst
}

// LogTo writes the natural logarithm log(x) to dst and returns dst. dst may be x, but must not overlap it otherwise.
//
// Error: ≤ 1 ULP (float32), ≤ 1 ULP (float64), subnormal arguments included; the worst seen in float64 is 0.89, near 1.41.
// log(±0) is −Inf, log(1) is +0, log(+Inf) is +Inf, below 0 the result is NaN, NaN stays NaN.
// It panics if the lengths differ.
func LogTo[T Float](dst, x []T) []T {
	sameLength("LogTo: len(dst), len(x)", len(dst), len(x))
	simd.Log(dst, x)
	return dst
}

// Log1pTo writes log(1+x), accurate near 0 too, to dst and returns dst. dst may be x, but must not overlap it otherwise.
//
// Error: ≤ 1 ULP (float32), ≤ 1.2 ULP (float64); the worst seen in float64 is 1.03, next to −¼.
// log1p(±0) is ±0, log1p(−1) is −Inf, log1p(+Inf) is +Inf, below −1 the result is NaN, NaN stays NaN.
// It panics if the lengths differ.
func Log1pTo[T Float](dst, x []T) []T {
	sameLength("Log1pTo: len(dst), len(x)", len(dst), len(x))
	simd.Log1p(dst, x)
	return dst
}

// SoftplusTo writes softplus(x) = log(1 + exp(x)) to dst and returns dst. dst may be x, but must not overlap it otherwise.
//
// Error: ≤ 2 ULP (float32), ≤ 2 ULP (float64); the worst seen in float64 is 1.80, near −0.53.
// No argument is cut off: results stay as accurate where they are tiny or subnormal, and do not turn into x early.
// softplus(−Inf) is 0, softplus(+Inf) is +Inf, NaN stays NaN. It panics if the lengths differ.
// It is torch.nn.functional.softplus with beta 1 and no threshold.
func SoftplusTo[T Float](dst, x []T) []T {
	sameLength("SoftplusTo: len(dst), len(x)", len(dst), len(x))
	simd.Softplus(dst, x)
	return dst
}

// SigmoidTo writes the logistic function σ(x) = 1/(1+exp(−x)) to dst and returns dst. dst may be x, but must not overlap
// it otherwise.
//
// Error: ≤ 1 ULP (float32), ≤ 2 ULP (float64), subnormal results included; the worst seen in float64 is 1.65, near −0.41.
// σ(−Inf) is 0, σ(±0) is ½, σ(+Inf) is 1, NaN stays NaN. It panics if the lengths differ.
func SigmoidTo[T Float](dst, x []T) []T {
	sameLength("SigmoidTo: len(dst), len(x)", len(dst), len(x))
	simd.Sigmoid(dst, x)
	return dst
}

// PowTo writes xᵖ, for x ≥ 0 and one finite exponent p, to dst and returns dst. dst may be x, but must not overlap it otherwise.
//
// Error: at most 0.51 ULP (float32), 1 + |p|/6 ULP (float64).
// x⁰ is 1 for every x, as in math.Pow. Otherwise ±0 counts as +0: 0ᵖ is 0, or +Inf for negative p; +Infᵖ is +Inf, or 0 for
// negative p; negative x gives NaN, whole p included; NaN stays NaN. What an infinite p gives is not specified, but the same
// everywhere. It panics if the lengths differ.
func PowTo[T Float](dst, x []T, p T) []T {
	sameLength("PowTo: len(dst), len(x)", len(dst), len(x))
	simd.Pow(dst, x, p)
	return dst
}
