package kernels

import (
	"math"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// AbsoluteError returns the sum of absolute differences Σ |x−y|. A sum of float32 neither overflows nor underflows.
//
// Each difference is rounded once; then the bound of [SquaredError] holds. NaN and Inf propagate; an empty sum is 0. It
// panics if the lengths differ. It is floats.Distance(x, y, 1) of gonum, and torch.nn.L1Loss(reduction="sum").
func AbsoluteError[T Float](x, y []T) float64 {
	sameLength("AbsoluteError: len(x), len(y)", len(x), len(y))
	return simd.AbsoluteError(x, y)
}

// AbsoluteErrorTo writes |x−y|, correctly rounded, to dst and returns dst. dst may be x or y. It panics if the lengths
// differ.
func AbsoluteErrorTo[T Float](dst, x, y []T) []T {
	sameLength("AbsoluteErrorTo: len(dst), len(x)", len(dst), len(x))
	sameLength("AbsoluteErrorTo: len(x), len(y)", len(x), len(y))
	simd.AbsoluteErrorTo(dst, x, y)
	return dst
}

// AbsoluteErrorGrad writes the gradient scale·sign(x−y) of scale·AbsoluteError(x, y) with respect to x to grad, 0 at a
// tie and NaN for NaN, and returns AbsoluteError(x, y), unscaled. The gradient is exact. grad may be x or y. It panics
// if the lengths differ.
func AbsoluteErrorGrad[T Float](grad, x, y []T, scale T) float64 {
	sameLength("AbsoluteErrorGrad: len(grad), len(x)", len(grad), len(x))
	sameLength("AbsoluteErrorGrad: len(x), len(y)", len(x), len(y))
	if len(x) <= fewDifferences {
		if sum := absoluteErrorFew(x, y); fits[T](sum) {
			for i, v := range x {
				grad[i] = scaledSign(v-y[i], scale)
			}
			return sum
		}
	}
	if len(x) <= fallback.Block {
		sum := simd.AbsoluteError(x, y) // first: grad may be x
		simd.AbsoluteErrorGrad(grad, x, y, scale)
		return sum
	}
	var sum total.Sum
	for len(x) > 0 { // block by block, so that memory is read once
		n := min(len(x), fallback.Block)
		sum.Add(simd.AbsoluteError(x[:n], y[:n]))
		simd.AbsoluteErrorGrad(grad[:n], x[:n], y[:n], scale)
		grad, x, y = grad[n:], x[n:], y[n:]
	}
	return sum.Value()
}

// absoluteErrorFew is that of fewDifferences at most.
func absoluteErrorFew[T Float](x, y []T) float64 {
	var sizes [fewDifferences]T
	for i, v := range x {
		sizes[i%len(sizes)] = T(math.Abs(float64(v - y[i])))
	}
	return shortSum(sizes[:])
}

// scaledSign is scale·sign(d), d where that is 0 or NaN.
func scaledSign[T Float](d, scale T) T {
	switch {
	case d > 0:
		return scale
	case d < 0:
		return -scale
	}
	return d
}
