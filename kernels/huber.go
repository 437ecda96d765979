package kernels

import (
	"math"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// Huber returns the sum of [HuberTo]'s elements. A sum of float32 neither overflows nor underflows.
//
// Error: two roundings of each element, then the bound of [SquaredError]. NaN and Inf propagate; an empty sum is 0. It
// panics if the lengths differ. It is torch.nn.HuberLoss(reduction="sum"), and delta times torch.nn.SmoothL1Loss with
// beta=delta.
func Huber[T Float](x, y []T, delta T) float64 {
	sameLength("Huber: len(x), len(y)", len(x), len(y))
	return simd.Huber(x, y, max(delta, 0))
}

// HuberTo writes Huber's loss of d = x−y, which is ½d² where |d| ≤ delta and delta·(|d| − ½delta) elsewhere, to dst and
// returns dst. dst may be x or y. delta is a finite number above 0; others give what the formula m·(|d| − ½m) with m =
// min(|d|, delta) does, but negative ones count as 0.
//
// Error: ≤ 4 ULP (float32), ≤ 4 ULP (float64), of three roundings, the first of which may count twice. NaN and Inf
// propagate. It panics if the lengths differ. Huber (1964), "Robust estimation of a location parameter"; it is
// torch.nn.HuberLoss(reduction="none").
func HuberTo[T Float](dst, x, y []T, delta T) []T {
	sameLength("HuberTo: len(dst), len(x)", len(dst), len(x))
	sameLength("HuberTo: len(x), len(y)", len(x), len(y))
	simd.HuberTo(dst, x, y, max(delta, 0))
	return dst
}

// HuberGrad writes the gradient of scale·Huber(x, y, delta) with respect to x, scale·max(−delta, min(x−y, delta)), to
// grad, and returns Huber(x, y, delta), unscaled. grad may be x or y.
//
// Error: the difference and its product with scale are each rounded once, at most 1.5 ULP. NaN propagates, an infinite
// difference gives ±scale·delta. It panics if the lengths differ.
func HuberGrad[T Float](grad, x, y []T, delta, scale T) float64 {
	sameLength("HuberGrad: len(grad), len(x)", len(grad), len(x))
	sameLength("HuberGrad: len(x), len(y)", len(x), len(y))
	var sum total.Sum
	delta = max(delta, 0) // lanes that hold no element must add 0
	if len(x) <= fewDifferences {
		if sum := huberFew(x, y, delta); fits[T](sum) {
			for i, v := range x {
				grad[i] = scale * clamped(v-y[i], delta)
			}
			return sum
		}
	}
	for len(x) > 0 { // block by block, so that memory is read once
		n := min(len(x), fallback.Block)
		sum.Add(simd.Huber(x[:n], y[:n], delta)) // first: grad may be x
		simd.HuberGrad(grad[:n], x[:n], y[:n], delta, scale)
		grad, x, y = grad[n:], x[n:], y[n:]
	}
	return sum.Value()
}

// huberFew is that of fewDifferences at most.
func huberFew[T Float](x, y []T, delta T) float64 {
	var losses [fewDifferences]T
	for i, v := range x {
		d := T(math.Abs(float64(v - y[i])))
		m := d
		if delta < d {
			m = delta
		}
		losses[i%len(losses)] = m * (d - T(0.5*m))
	}
	return shortSum(losses[:])
}

// clamped is d, held within ±delta; NaN stays.
func clamped[T Float](d, delta T) T {
	switch {
	case delta < d:
		return delta
	case -delta > d:
		return -delta
	}
	return d
}
