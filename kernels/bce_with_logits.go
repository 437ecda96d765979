package kernels

import (
	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// BCEWithLogits returns the sum of [BCEWithLogitsTo]'s elements. An empty sum is 0. It panics if the lengths differ.
//
// Error: that of the elements, plus at most 15 float32 roundings, whatever the length. A block that overflows, or has
// an infinite logit, is recomputed in float64.
func BCEWithLogits[T Float](x, t, posWeight []T) float64 {
	checkLogits("BCEWithLogits", len(x), len(t), posWeight)
	return bceWithLogits(nil, x, t, posWeight, 0)
}

// bceWithLogits returns the sum and, unless grad is nil, writes the gradient: block by block, so that memory is read
// once.
func bceWithLogits[T Float](grad, x, t, posWeight []T, scale T) float64 {
	var sum total.Sum
	for len(x) > 0 {
		n := min(len(x), fallback.LogitBlock)
		var q []T
		if posWeight != nil {
			q, posWeight = posWeight[:n], posWeight[n:]
		}
		sum.Add(logitSum(x[:n], t[:n], q))
		if grad != nil { // last: it may be x
			logitGrad(grad[:n], x[:n], t[:n], q, scale)
			grad = grad[n:]
		}
		x, t = x[n:], t[n:]
	}
	return sum.Value()
}

// logitSum is the sum of a block.
func logitSum[T Float](x, t, posWeight []T) float64 {
	if posWeight == nil {
		if sum := simd.BCEWithLogits(x, t); sum-sum == 0 {
			return sum
		}
	}
	// Sum the elements instead: there are weights, a logit is infinite, or float32 lanes overflowed (NaN if in both
	// directions).
	if len(x) <= fewElements {
		var elements [fewElements]T
		return simd.Sum(BCEWithLogitsTo(elements[:len(x)], x, t, posWeight))
	}
	return elementSum(x, t, posWeight)
}

// elementSum adds up the elements of a block in float64.
func elementSum[T Float](x, t, posWeight []T) float64 {
	var elements [fallback.LogitBlock]T
	return simd.Sum(BCEWithLogitsTo(elements[:len(x)], x, t, posWeight))
}

func logitGrad[T Float](grad, x, t, posWeight []T, scale T) {
	if posWeight == nil {
		simd.BCEWithLogitsGrad(grad, x, t, scale)
	} else {
		simd.BCEWithLogitsWeightedGrad(grad, x, t, posWeight, scale)
	}
}

// BCEWithLogitsTo writes the binary cross-entropy q·t·softplus(−x) + (1−t)·softplus(x) of logits x, targets t and
// weights q of the positive class to dst and returns dst. posWeight holds q, one for each element; nil means 1. dst may
// be any of the inputs.
//
// Error: ≤ 2.2 ULP (float32), ≤ 2.4 ULP (float64) for t in [0, 1] without posWeight; with it three roundings more: of
// q·t, of q·t + (1−t), and of the product of that with log1p(exp(−|x|)). A term whose factor q·t or 1−t is 0 is 0, also
// at an infinite logit. NaN propagates. It panics if the lengths differ. It is
// torch.nn.functional.binary_cross_entropy_with_logits(x, t, pos_weight=q, reduction="none").
func BCEWithLogitsTo[T Float](dst, x, t, posWeight []T) []T {
	sameLength("BCEWithLogitsTo: len(dst), len(x)", len(dst), len(x))
	checkLogits("BCEWithLogitsTo", len(x), len(t), posWeight)
	if posWeight == nil {
		simd.BCEWithLogitsTo(dst, x, t)
	} else {
		simd.BCEWithLogitsWeightedTo(dst, x, t, posWeight)
	}
	return dst
}

// BCEWithLogitsGrad writes the gradient scale·((1−t)·σ(x) − q·t·σ(−x)) of scale·BCEWithLogits(x, t, posWeight) with
// respect to x to grad and returns BCEWithLogits(x, t, posWeight), unscaled. grad may be any of the inputs. It panics
// if the lengths differ.
//
// Error: a few roundings of the larger of the two terms; relatively more where the two cancel.
func BCEWithLogitsGrad[T Float](grad, x, t, posWeight []T, scale T) float64 {
	sameLength("BCEWithLogitsGrad: len(grad), len(x)", len(grad), len(x))
	checkLogits("BCEWithLogitsGrad", len(x), len(t), posWeight)
	return bceWithLogits(grad, x, t, posWeight, scale)
}

func checkLogits[T Float](function string, x, t int, posWeight []T) {
	if x != t {
		differentLengths(function+": len(x), len(t)", x, t)
	}
	if q := len(posWeight); posWeight != nil && x != q {
		differentLengths(function+": len(x), len(posWeight)", x, q)
	}
}
