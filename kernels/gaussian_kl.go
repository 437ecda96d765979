package kernels

import (
	"math"

	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// GaussianKL returns Σ KL(P‖Q) of the Gaussians P = N(μp, σp²+ε) and Q = N(μq, σq²+ε), element by element
//
//	½((σp²+ε)/(σq²+ε) − 1 − log((σp²+ε)/(σq²+ε)) + (μp−μq)²/(σq²+ε)).
//
// The scales may have any sign: only their squares count. inferno takes ε = 1e-6.
//
// Error of an element: ≤ 0.65 ULP (float32), ≤ 9 ULP (float64). The latter is largest where the ratio of the variances
// is near 0.3. The bound holds whether P is near Q or far from it, and also where squares of σ over- or underflow. An
// element is never negative, and exactly 0 for identical P and Q.
//
//   - σp = 0 or σq = 0 without ε, or one of them infinite: +Inf. If both are 0 without ε, P and Q are points: 0 if
//     the means agree, else +Inf. If both are infinite: NaN.
//   - An infinite μp−μq: +Inf, or NaN if σq is infinite too.
//   - NaN anywhere, or ε negative or infinite: NaN.
//
// The sum of no elements is 0. It panics if the lengths differ. It is torch.distributions.kl_divergence of two Normals,
// summed.
func GaussianKL[T Float](muP, sigmaP, muQ, sigmaQ []T, eps T) float64 {
	sameLength("GaussianKL: len(muP), len(sigmaP)", len(muP), len(sigmaP))
	sameLength("GaussianKL: len(muP), len(muQ)", len(muP), len(muQ))
	sameLength("GaussianKL: len(muP), len(sigmaQ)", len(muP), len(sigmaQ))
	return simd.GaussianKL(muP, sigmaP, muQ, sigmaQ, variance(eps))
}

// GaussianKLTo writes the elements of GaussianKL to dst and returns dst: ≤ 0.65 ULP (float32), ≤ 9 ULP (float64). dst
// may be one of the inputs, but must not overlap them otherwise. It panics if the lengths differ.
func GaussianKLTo[T Float](dst, muP, sigmaP, muQ, sigmaQ []T, eps T) []T {
	sameLength("GaussianKLTo: len(dst), len(muP)", len(dst), len(muP))
	sameLength("GaussianKLTo: len(muP), len(sigmaP)", len(muP), len(sigmaP))
	sameLength("GaussianKLTo: len(muP), len(muQ)", len(muP), len(muQ))
	sameLength("GaussianKLTo: len(muP), len(sigmaQ)", len(muP), len(sigmaQ))
	simd.GaussianKLTo(dst, muP, sigmaP, muQ, sigmaQ, variance(eps))
	return dst
}

// variance is eps, or NaN if that is no variance.
func variance[T Float](eps T) T {
	if eps >= 0 && eps-eps == 0 {
		return eps
	}
	return T(math.NaN())
}

// GaussianKLPrior is GaussianKL against one Gaussian, N(priorMu, priorSigma²+ε): the same elements, bit for bit. It
// panics if the lengths differ.
func GaussianKLPrior[T Float](mu, sigma []T, priorMu, priorSigma, eps T) float64 {
	sameLength("GaussianKLPrior: len(mu), len(sigma)", len(mu), len(sigma))
	return simd.GaussianKLPrior(mu, sigma, priorMu, priorSigma, variance(eps))
}

// GaussianKLPriorTo writes the elements of GaussianKLPrior to dst and returns dst: ≤ 0.65 ULP (float32), ≤ 9 ULP
// (float64). dst may be mu or sigma, but must not overlap them otherwise. It panics if the lengths differ.
func GaussianKLPriorTo[T Float](dst, mu, sigma []T, priorMu, priorSigma, eps T) []T {
	sameLength("GaussianKLPriorTo: len(dst), len(mu)", len(dst), len(mu))
	sameLength("GaussianKLPriorTo: len(mu), len(sigma)", len(mu), len(sigma))
	simd.GaussianKLPriorTo(dst, mu, sigma, priorMu, priorSigma, variance(eps))
	return dst
}
