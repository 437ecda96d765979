package kernels

import (
	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// GaussianNLL returns the sum of [GaussianNLLTo]'s elements with a constant of 0, added in float64. An empty sum is 0.
// It panics if the lengths differ.
func GaussianNLL[T Float](mean, variance, y []T, eps T) float64 {
	sameLength("GaussianNLL: len(mean), len(variance)", len(mean), len(variance))
	sameLength("GaussianNLL: len(mean), len(y)", len(mean), len(y))
	return gaussianNLL(nil, nil, mean, variance, y, eps, 0)
}

// gaussianNLL returns the sum and, unless they are nil, writes the gradients.
func gaussianNLL[T Float](dMean, dVariance, mean, variance, y []T, eps, scale T) float64 {
	if len(mean) <= fewElements { // to clear more room takes longer than to use it
		return gaussianNLLShort(dMean, dVariance, mean, variance, y, eps, scale)
	}
	var results [part]T
	return gaussianNLLParts(results[:], dMean, dVariance, mean, variance, y, eps, scale)
}

// gaussianNLLShort is for fewElements at most.
func gaussianNLLShort[T Float](dMean, dVariance, mean, variance, y []T, eps, scale T) float64 {
	var results [fewElements]T
	r := results[:len(mean)]
	simd.GaussianNLLTo(r, mean, variance, y, eps, 0)
	sum := shortSum(r)
	switch { // last, and by variance into r: they may be the inputs
	case dMean == nil:
		return sum
	case len(r) <= fewGradients:
		for i := range r {
			v, t := float64(variance[i]), float64(y[i])
			byMean, byVariance := fallback.GaussianNLLGrads(float64(mean[i]), v, t, float64(eps), float64(scale))
			dMean[i], dVariance[i] = T(byMean), T(byVariance)
		}
		return sum
	default:
		simd.GaussianNLLVarianceGrad(r, mean, variance, y, eps, scale)
		simd.GaussianNLLMeanGrad(dMean, mean, variance, y, eps, scale)
	}
	copy(dVariance, r)
	return sum
}

// fewGradients is the largest number of elements whose gradients assembly would take longer for than the fallback.
const fewGradients = 3

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
// Error: ≤ 0.51 ULP (float32), ≤ 3 ULP (float64) of the result or of the largest of the three terms. NaN propagates. A
// v of 0 has the logarithm −Inf and is divided by, so that the result is infinite or NaN; eps = 1e-6, as in torch,
// avoids that. An infinite variance gives +Inf, as does an infinite difference; the two together give NaN. A v below 0
// gives NaN. It panics if the lengths differ. It is torch.nn.GaussianNLLLoss(reduction="none"), which has full=True for
// the constant.
func GaussianNLLTo[T Float](dst, mean, variance, y []T, eps, constant T) []T {
	sameLength("GaussianNLLTo: len(dst), len(mean)", len(dst), len(mean))
	sameLength("GaussianNLLTo: len(mean), len(variance)", len(mean), len(variance))
	sameLength("GaussianNLLTo: len(mean), len(y)", len(mean), len(y))
	simd.GaussianNLLTo(dst, mean, variance, y, eps, constant)
	return dst
}

// GaussianNLLGrad writes the gradients of scale·GaussianNLL(mean, variance, y, eps) with respect to mean,
// scale·(mean−y)/v, to dMean and with respect to variance, scale·½(1/v − ((mean−y)/v)²), to dVariance, as torch does:
// where the variance is below eps, so that v is eps, the second is that at eps, not 0. It returns GaussianNLL(mean,
// variance, y, eps), unscaled. dMean and dVariance may be inputs, but not the same one.
//
// Error: three roundings (dMean) and five (dVariance), relative to the sum of the absolute terms; for float32 these are
// in float64, and one to float32 follows. NaN propagates. It panics if the lengths differ.
func GaussianNLLGrad[T Float](dMean, dVariance, mean, variance, y []T, eps, scale T) float64 {
	sameLength("GaussianNLLGrad: len(dMean), len(mean)", len(dMean), len(mean))
	sameLength("GaussianNLLGrad: len(dVariance), len(mean)", len(dVariance), len(mean))
	sameLength("GaussianNLLGrad: len(mean), len(variance)", len(mean), len(variance))
	sameLength("GaussianNLLGrad: len(mean), len(y)", len(mean), len(y))
	return gaussianNLL(dMean, dVariance, mean, variance, y, eps, scale)
}
