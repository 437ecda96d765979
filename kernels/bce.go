package kernels

import (
	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// part is the number of elements that sums without a kernel of their own compute at a time.
const part = 256

// BCE returns the sum of [BCETo]'s elements, added up as float64. An empty sum is 0. It panics if the lengths differ.
func BCE[T Float](p, t []T) float64 {
	sameLength("BCE: len(p), len(t)", len(p), len(t))
	return bce(nil, p, t, 0)
}

// bce returns the sum and, unless grad is nil, writes the gradient: part by part, so that memory is read once.
func bce[T Float](grad, p, t []T, scale T) float64 {
	var sum total.Sum
	var elements [part]T
	for len(p) > 0 {
		n := min(len(p), part)
		simd.BCETo(elements[:n], p[:n], t[:n])
		sum.Add(simd.Sum(elements[:n]))
		if grad != nil { // last: it may be p
			simd.BCEGrad(grad[:n], p[:n], t[:n], scale)
			grad = grad[n:]
		}
		p, t = p[n:], t[n:]
	}
	return sum.Value()
}

// BCETo writes the binary cross-entropy −(t·max(log p, −100) + (1−t)·max(log(1−p), −100)) of probabilities p and
// targets t to dst and returns dst. dst may be p or t. A p outside [0, 1] gives NaN, and NaN propagates.
//
// Error: ≤ 1 ULP (float32), ≤ 2 ULP (float64) for t in [0, 1].
// It panics if the lengths differ. It is torch.nn.functional.binary_cross_entropy(p, t, reduction="none"),
// whose clamp at −100 it has, but log(1−p) does not lose the digits of a small p.
func BCETo[T Float](dst, p, t []T) []T {
	sameLength("BCETo: len(dst), len(p)", len(dst), len(p))
	sameLength("BCETo: len(p), len(t)", len(p), len(t))
	simd.BCETo(dst, p, t)
	return dst
}

// BCEGrad writes torch's gradient of scale·BCE(p, t) by p, scale·(p−t)/max(p(1−p), 9.999999960041972e-13), which
// ignores the clamp at −100, to grad, and returns BCE(p, t), unscaled. grad may be p or t. It panics if the lengths differ.
//
// Error: five roundings in float64, and then one to T.
func BCEGrad[T Float](grad, p, t []T, scale T) float64 {
	sameLength("BCEGrad: len(grad), len(p)", len(grad), len(p))
	sameLength("BCEGrad: len(p), len(t)", len(p), len(t))
	return bce(grad, p, t, scale)
}

// BCEWithLogits returns the sum of [BCEWithLogitsTo]'s elements. An empty sum is 0. It panics if the lengths differ.
//
// Error beside that of the elements: float32 lanes round at most 15 times before they go on in float64, whatever the
// length. A block whose sum overflows then, or has an infinite logit, is added up again by elements in float64.
func BCEWithLogits[T Float](x, t, posWeight []T) float64 {
	checkLogits("BCEWithLogits", len(x), len(t), posWeight)
	return bceWithLogits(nil, x, t, posWeight, 0)
}

// bceWithLogits returns the sum and, unless grad is nil, writes the gradient: block by block, so that memory is read once.
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
	// With weights; or an infinite logit; or float32 lanes may have overflowed, which makes NaN where they did to both
	// sides.
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
// weights q of the positive class to dst and returns dst. posWeight holds q, one for each element; nil means 1.
// dst may be any of the inputs.
//
// Error: ≤ 2.5 ULP (float32), ≤ 2.5 ULP (float64) for t in [0, 1] without posWeight, and the roundings of q·t, of
// q·t + (1−t) and of its product with log1p(exp(−|x|)) more with it. A term whose factor q·t or 1−t is 0 is 0, also at
// an infinite logit. NaN propagates. It panics if the lengths differ.
// It is torch.nn.functional.binary_cross_entropy_with_logits(x, t, pos_weight=q, reduction="none").
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

// BCEWithLogitsGrad writes the gradient scale·((1−t)·σ(x) − q·t·σ(−x)) of scale·BCEWithLogits(x, t, posWeight) by x to
// grad and returns BCEWithLogits(x, t, posWeight), unscaled. grad may be any of the inputs. It panics if the lengths differ.
//
// Error: a few roundings of the larger of the two terms, which is what is left of it where they cancel.
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
