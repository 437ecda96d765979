package kernels

import "github.com/simmer-go/simmer/kernels/internal/simd"

// SoftplusTo writes softplus(x) = log(1 + exp(x)) to dst and returns dst. dst may be x, but must not overlap it
// otherwise.
//
// Error: ≤ 1.9 ULP (float32), ≤ 2 ULP (float64). There is no threshold as in torch: results stay as accurate where they
// are tiny or subnormal. softplus(−Inf) is 0, softplus(+Inf) is +Inf, NaN stays NaN. It panics if the lengths differ.
// It is torch.nn.functional.softplus with beta 1 and no threshold.
func SoftplusTo[T Float](dst, x []T) []T {
	sameLength("SoftplusTo: len(dst), len(x)", len(dst), len(x))
	simd.SoftplusTo(dst, x)
	return dst
}
