package kernels

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// BinaryFocal returns the sum of [BinaryFocalTo]'s elements, added in float64, in which the product of α_t·w^γ and bce
// is not rounded if they are float32. An empty sum is 0. It panics as BinaryFocalTo does.
func BinaryFocal[T Float](x, t, alpha []T, gamma float64) float64 {
	checkBinaryFocal("BinaryFocal", len(x), len(t), alpha)
	return binaryFocal(nil, nil, x, t, alpha, gamma, 0)
}

// BinaryFocalTo writes the focal loss α_t·w^γ·bce of logits x and targets t in [0, 1] to dst and returns dst, where
//
//	w = t·σ(−x) + (1−t)·σ(x),  α_t = t·α + (1−t)·(1−α)
//
// and bce is what [BCEWithLogitsTo] has. alpha holds α, one for each element; nil means that α_t is 1. dst may be x or
// t.
//
// Error: that of bce, and a few ULP more; in float32, and for a γ of 0, 1, 2 or 3, w^γ is computed from an unrounded w;
// otherwise γ times the error of w is added. w keeps its relative accuracy, however confident x is. 0⁰ is 1. Infinite
// logits have the limits, NaN propagates. It panics if the lengths differ. It is inferno's FocalLoss(task="binary").
func BinaryFocalTo[T Float](dst, x, t, alpha []T, gamma float64) []T {
	sameLength("BinaryFocalTo: len(dst), len(x)", len(dst), len(x))
	checkBinaryFocal("BinaryFocalTo", len(x), len(t), alpha)
	binaryFocal(dst, nil, x, t, alpha, gamma, 0)
	return dst
}

// BinaryFocalGrad writes the gradient of scale·BinaryFocal(x, t, alpha, gamma) with respect to x to grad and returns
// the sum, unscaled:
//
//	scale·α_t·w^γ·(bce' + γ·bce·w'/w),  bce' = (1−t)·σ(x) − t·σ(−x),  w' = (1−2t)·σ(x)·σ(−x)
//
// Where w or w' is 0 the quotient is its limit, 0. grad may be x or t. It panics if the lengths differ.
//
// Error: a few ULP of the larger of the terms; relatively more where they cancel.
func BinaryFocalGrad[T Float](grad, x, t, alpha []T, gamma float64, scale T) float64 {
	sameLength("BinaryFocalGrad: len(grad), len(x)", len(grad), len(x))
	checkBinaryFocal("BinaryFocalGrad", len(x), len(t), alpha)
	return binaryFocal(nil, grad, x, t, alpha, gamma, scale)
}

func checkBinaryFocal[T Float](function string, x, t int, alpha []T) {
	if x != t {
		differentLengths(function+": len(x), len(t)", x, t)
	}
	if alpha != nil && len(alpha) != x {
		differentLengths(function+": len(x), len(alpha)", x, len(alpha))
	}
}

// binaryFocal returns the sum, and writes elements and gradient, each unless nil: part by part, so that memory is read
// once.
func binaryFocal[T Float](dst, grad, x, t, alpha []T, gamma float64, scale T) float64 {
	var sum total.Sum
	var factors, elements [part]T
	for at := 0; at < len(x); at += part {
		end := min(at+part, len(x))
		x, t, f, bce := x[at:end], t[at:end], factors[:end-at], elements[:end-at]
		binaryFactors(f, x, t, gamma)
		if alpha != nil {
			simd.BinaryFocalBalanceTo(f, f, t, alpha[at:end])
		}
		simd.BCEWithLogitsTo(bce, x, t)
		switch {
		case dst != nil: // last: it may be x
			simd.MulTo(dst[at:end], f, bce)
			continue
		case grad != nil:
			simd.BinaryFocalGradTo(grad[at:end], x, t, f, bce, T(gamma), scale)
		}
		sum.Add(simd.Dot(f, bce))
	}
	return sum.Value() + 0 // -0 as in Dot
}

// binaryFactors writes w^gamma.
func binaryFactors[T Float](f, x, t []T, gamma float64) {
	switch {
	case gamma == 0 || gamma == 1 || gamma == 2 || gamma == 3:
		simd.BinaryFocalFactorTo(f, x, t, T(gamma))
	case simd.Is32[T]():
		high := float32(gamma)
		simd.BinaryFocalPowToF32(simd.As32(f), simd.As32(x), simd.As32(t), high, float32(gamma-float64(high)))
	default:
		simd.BinaryFocalFactorTo(f, x, t, 1)
		simd.PowTo(f, f, T(gamma))
	}
}
