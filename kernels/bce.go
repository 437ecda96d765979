package kernels

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// part is the number of elements that sums without a kernel of their own compute at a time. Up to fewElements there is
// less room for them, as to clear it takes longer than to compute a few.
const fewElements, part = 16, 256

// BCE returns the sum of [BCETo]'s elements, added in float64. An empty sum is 0. It panics if the lengths differ.
func BCE[T Float](p, t []T) float64 {
	sameLength("BCE: len(p), len(t)", len(p), len(t))
	return bce(nil, p, t, 0)
}

// bce returns the sum and, unless grad is nil, writes the gradient.
func bce[T Float](grad, p, t []T, scale T) float64 {
	if len(p) > fewElements {
		return longBCE(grad, p, t, scale)
	}
	var memory [fewElements]T
	elements := memory[:len(p)]
	simd.BCETo(elements, p, t)
	if grad != nil { // last: it may be p
		simd.BCEGrad(grad, p, t, scale)
	}
	return simd.Sum(elements)
}

// longBCE is bce part by part, so that memory is read once.
func longBCE[T Float](grad, p, t []T, scale T) float64 {
	var sum total.Sum
	var elements [part]T
	for len(p) > 0 {
		n := min(len(p), part)
		simd.BCETo(elements[:n], p[:n], t[:n])
		sum.Add(simd.Sum(elements[:n]))
		if grad != nil {
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
// Error: ≤ 0.51 ULP (float32), ≤ 2.4 ULP (float64) for t in [0, 1]. It panics if the lengths differ. It is
// torch.nn.functional.binary_cross_entropy(p, t, reduction="none"), with the same clamp at −100; unlike torch's,
// log(1−p) keeps its accuracy where p is small.
func BCETo[T Float](dst, p, t []T) []T {
	sameLength("BCETo: len(dst), len(p)", len(dst), len(p))
	sameLength("BCETo: len(p), len(t)", len(p), len(t))
	simd.BCETo(dst, p, t)
	return dst
}

// BCEGrad writes torch's gradient of scale·BCE(p, t) with respect to p, scale·(p−t)/max(p(1−p), 9.999999960041972e-13),
// which ignores the clamp at −100, to grad, and returns BCE(p, t), unscaled. grad may be p or t. It panics if the
// lengths differ.
//
// Error: five roundings in float64, and then one to T.
func BCEGrad[T Float](grad, p, t []T, scale T) float64 {
	sameLength("BCEGrad: len(grad), len(p)", len(grad), len(p))
	sameLength("BCEGrad: len(p), len(t)", len(p), len(t))
	return bce(grad, p, t, scale)
}
