package kernels

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// WeightedBCE returns Σ w·[BCETo] of probabilities p, targets t and weights w. Products of float32 are exact. An empty
// sum is 0. It panics if the lengths differ.
//
// Error: that of the elements, and of [Dot].
func WeightedBCE[T Float](p, t, w []T) float64 {
	sameLength("WeightedBCE: len(p), len(t)", len(p), len(t))
	sameLength("WeightedBCE: len(p), len(w)", len(p), len(w))
	return weightedBCE(nil, p, t, w, 0)
}

// WeightedBCEGrad writes w times the gradient of [BCEGrad] to grad, and returns WeightedBCE(p, t, w), unscaled. grad
// may be any of the inputs but w. It panics if the lengths differ.
//
// Error: that of BCEGrad, and one rounding.
func WeightedBCEGrad[T Float](grad, p, t, w []T, scale T) float64 {
	sameLength("WeightedBCEGrad: len(grad), len(p)", len(grad), len(p))
	sameLength("WeightedBCEGrad: len(p), len(t)", len(p), len(t))
	sameLength("WeightedBCEGrad: len(p), len(w)", len(p), len(w))
	return weightedBCE(grad, p, t, w, scale)
}

// weightedBCE goes part by part, so that memory is read once.
func weightedBCE[T Float](grad, p, t, w []T, scale T) float64 {
	var sum total.Sum
	var elements [part]T
	for at := 0; at < len(p); at += part {
		end := min(at+part, len(p))
		e := elements[:end-at]
		simd.BCETo(e, p[at:end], t[at:end])
		sum.Add(simd.Dot(e, w[at:end]))
		if grad != nil { // last: it may be p
			simd.BCEGrad(grad[at:end], p[at:end], t[at:end], scale)
			simd.MulTo(grad[at:end], grad[at:end], w[at:end])
		}
	}
	return sum.Value() + 0 // -0 as in Dot
}

// WeightedBCEWithLogits returns Σ w·[BCEWithLogitsTo] of logits x, targets t, weights q of the positive class, nil for
// 1, and weights w. Products of float32 are exact. An empty sum is 0. It panics if the lengths differ.
//
// Error: that of the elements, and of [Dot].
func WeightedBCEWithLogits[T Float](x, t, posWeight, w []T) float64 {
	checkLogits("WeightedBCEWithLogits", len(x), len(t), posWeight)
	sameLength("WeightedBCEWithLogits: len(x), len(w)", len(x), len(w))
	return weightedLogits(nil, x, t, posWeight, w, 0)
}

// WeightedBCEWithLogitsGrad writes w times the gradient of [BCEWithLogitsGrad] to grad, and returns
// WeightedBCEWithLogits(x, t, posWeight, w), unscaled. grad may be any of the inputs but w. It panics if the lengths
// differ.
//
// Error: that of BCEWithLogitsGrad, and one rounding.
func WeightedBCEWithLogitsGrad[T Float](grad, x, t, posWeight, w []T, scale T) float64 {
	sameLength("WeightedBCEWithLogitsGrad: len(grad), len(x)", len(grad), len(x))
	checkLogits("WeightedBCEWithLogitsGrad", len(x), len(t), posWeight)
	sameLength("WeightedBCEWithLogitsGrad: len(x), len(w)", len(x), len(w))
	return weightedLogits(grad, x, t, posWeight, w, scale)
}

// weightedLogits goes part by part, so that memory is read once.
func weightedLogits[T Float](grad, x, t, posWeight, w []T, scale T) float64 {
	var sum total.Sum
	var elements [part]T
	for at := 0; at < len(x); at += part {
		end := min(at+part, len(x))
		e, q := elements[:end-at], window(posWeight, at, end)
		BCEWithLogitsTo(e, x[at:end], t[at:end], q)
		sum.Add(simd.Dot(e, w[at:end]))
		if grad != nil { // last: it may be x
			logitGrad(grad[at:end], x[at:end], t[at:end], q, scale)
			simd.MulTo(grad[at:end], grad[at:end], w[at:end])
		}
	}
	return sum.Value() + 0 // -0 as in Dot
}
