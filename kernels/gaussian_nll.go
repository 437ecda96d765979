package kernels

import (
	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// GaussianNLL returns the sum of [GaussianNLLTo]'s elements without constant, added up as float64. An empty sum is 0. It
// panics if the lengths differ.
func GaussianNLL[T Float](mean, variance, y []T, eps T) float64 {
	sameLength("GaussianNLL: len(mean), len(variance)", len(mean), len(variance))
	sameLength("GaussianNLL: len(mean), len(y)", len(mean), len(y))
	return gaussianNLL(nil, nil, mean, variance, y, eps, 0)
}

// gaussianNLL returns the sum and, unless they are nil, writes the gradients.
func gaussianNLL[T Float](dMean, dVariance, mean, variance, y []T, eps, scale T) float64 {
	if len(mean) <= fewLikelihoods {
		return gaussianNLLFew(dMean, dVariance, mean, variance, y, eps, scale)
	}
	if len(mean) <= fewElements { // to clear more room takes longer than to use it
		var results [fewElements]T
		return gaussianNLLParts(results[:], dMean, dVariance, mean, variance, y, eps, scale)
	}
	var results [part]T
	return gaussianNLLParts(results[:], dMean, dVariance, mean, variance, y, eps, scale)
}

// fewLikelihoods is the largest number of elements for which assembly would take longer than the fallback.
const fewLikelihoods = 2

// gaussianNLLFew is gaussianNLL for as many at most.
func gaussianNLLFew[T Float](dMean, dVariance, mean, variance, y []T, eps, scale T) float64 {
	var results [fewLikelihoods]T
	var lanes shortLanes
	r := results[:len(mean)]
	gaussianNLLToFew(r, mean, variance, y, eps)
	for i, v := range r {
		lanes[i] = float64(v) + 0
	}
	if dMean != nil { // dMean and dVariance may be the inputs
		gaussianNLLVarianceGradFew(r, mean, variance, y, eps, scale)
		gaussianNLLMeanGradFew(dMean, mean, variance, y, eps, scale)
		copy(dVariance, r)
	}
	return lanes.sum(len(r))
}

func gaussianNLLToFew[T Float](dst, mean, variance, y []T, eps T) {
	if simd.Is32[T]() {
		fallback.GaussianNLLToF32(simd.As32(dst), simd.As32(mean), simd.As32(variance), simd.As32(y), float32(eps), 0)
	} else {
		fallback.GaussianNLLToF64(simd.As64(dst), simd.As64(mean), simd.As64(variance), simd.As64(y), float64(eps), 0)
	}
}

func gaussianNLLMeanGradFew[T Float](grad, mean, variance, y []T, eps, scale T) {
	if simd.Is32[T]() {
		fallback.GaussianNLLMeanGradF32(simd.As32(grad), simd.As32(mean), simd.As32(variance), simd.As32(y),
			float32(eps), float32(scale))
	} else {
		fallback.GaussianNLLMeanGradF64(simd.As64(grad), simd.As64(mean), simd.As64(variance), simd.As64(y),
			float64(eps), float64(scale))
	}
}

func gaussianNLLVarianceGradFew[T Float](grad, mean, variance, y []T, eps, scale T) {
	if simd.Is32[T]() {
		fallback.GaussianNLLVarianceGradF32(simd.As32(grad), simd.As32(mean), simd.As32(variance), simd.As32(y),
			float32(eps), float32(scale))
	} else {
		fallback.GaussianNLLVarianceGradF64(simd.As64(grad), simd.As64(mean), simd.As64(variance), simd.As64(y),
			float64(eps), float64(scale))
	}
}

// gaussianNLLParts goes part by part, as long as results, so that memory is read once.
func gaussianNLLParts[T Float](results, dMean, dVariance, mean, variance, y []T, eps, scale T) float64 {
	var sum total.Sum
	for len(mean) > 0 {
		n := min(len(mean), len(results))
		r, m, v, t := results[:n], mean[:n], variance[:n], y[:n]
		simd.GaussianNLLTo(r, m, v, t, eps, 0)
		sum.Add(simd.Sum(r))
		if dMean != nil { // last, and by variance into r: they may be the inputs
			simd.GaussianNLLVarianceGrad(r, m, v, t, eps, scale)
			simd.GaussianNLLMeanGrad(dMean[:n], m, v, t, eps, scale)
			copy(dVariance, r)
			dMean, dVariance = dMean[n:], dVariance[n:]
		}
		mean, variance, y = mean[n:], variance[n:], y[n:]
	}
	return sum.Value()
}

// GaussianNLLTo writes the negative log-likelihood of y under Gaussians of the given means and variances,
//
//	½(log v + (mean−y)²/v) + constant,  v = max(variance, eps),
//
// to dst and returns dst, which may be one of the inputs. With the constant ½·log 2π it is that of the density.
//
// Error: ≤ 0.51 ULP (float32), ≤ 3 ULP (float64) of the result or of the largest of the three terms. NaN propagates. A v of 0 has the limit
// −Inf for the logarithm and is divided by; eps = 1e-6, as in torch, avoids it. An infinite variance gives +Inf, as does
// an infinite difference; both give NaN. A v below 0 gives NaN.
// It panics if the lengths differ. It is torch.nn.GaussianNLLLoss(reduction="none"), which has full=True for the
// constant.
func GaussianNLLTo[T Float](dst, mean, variance, y []T, eps, constant T) []T {
	sameLength("GaussianNLLTo: len(dst), len(mean)", len(dst), len(mean))
	sameLength("GaussianNLLTo: len(mean), len(variance)", len(mean), len(variance))
	sameLength("GaussianNLLTo: len(mean), len(y)", len(mean), len(y))
	simd.GaussianNLLTo(dst, mean, variance, y, eps, constant)
	return dst
}

// GaussianNLLGrad writes the gradients of scale·GaussianNLL(mean, variance, y, eps) by mean, scale·(mean−y)/v, to dMean
// and by variance, scale·½(1/v − ((mean−y)/v)²), to dVariance, as torch does: where the variance is below eps, so that v
// is eps, the second is that at eps, not 0. It returns GaussianNLL(mean, variance, y, eps), unscaled. dMean and dVariance
// may be inputs, but not the same one.
//
// Error: three roundings (by mean) and five (by variance), relatively to the sum of the absolute terms, for float32 in
// float64 and then one to T. NaN propagates. It panics if the lengths differ.
func GaussianNLLGrad[T Float](dMean, dVariance, mean, variance, y []T, eps, scale T) float64 {
	sameLength("GaussianNLLGrad: len(dMean), len(mean)", len(dMean), len(mean))
	sameLength("GaussianNLLGrad: len(dVariance), len(mean)", len(dVariance), len(mean))
	sameLength("GaussianNLLGrad: len(mean), len(variance)", len(mean), len(variance))
	sameLength("GaussianNLLGrad: len(mean), len(y)", len(mean), len(y))
	return gaussianNLL(dMean, dVariance, mean, variance, y, eps, scale)
}
