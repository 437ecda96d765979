// Interim: plain math implementations that fix the names and signatures of the
// public functions while the real kernels are written. To be deleted.

package kernels

import "math"

func sp(x float64) float64 { return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }
func sig(x float64) float64 {
	if x >= 0 {
		return 1 / (1 + math.Exp(-x))
	}
	return math.Exp(x) / (1 + math.Exp(x))
}

// AbsoluteError likewise with |x-y| and scale·sign(x-y), 0 at a tie, NaN for NaN.
func AbsoluteError[T Float](x, y []T) float64 {
	s := 0.0
	for i, v := range x {
		s += math.Abs(float64(v) - float64(y[i]))
	}
	return s
}
func AbsoluteErrorTo[T Float](dst, x, y []T) []T {
	for i := range dst {
		dst[i] = T(math.Abs(float64(x[i] - y[i])))
	}
	return dst
}
func AbsoluteErrorGrad[T Float](grad, x, y []T, scale T) float64 {
	s := 0.0
	for i := range x {
		d := float64(x[i]) - float64(y[i])
		switch {
		case d > 0:
			grad[i] = scale
		case d < 0:
			grad[i] = -scale
		default:
			grad[i] = T(d)
		}
		s += math.Abs(d)
	}
	return s
}

// BCE family. p probabilities, t targets: -(t max(log p,-100) + (1-t) max(log1p(-p),-100));
// gradient (p-t)/max(p(1-p), 9.999999960041972e-13), times scale.
func BCE[T Float](p, t []T) float64 {
	s := 0.0
	for i := range p {
		s += bce(float64(p[i]), float64(t[i]))
	}
	return s
}
func bce(p, t float64) float64 {
	return -(t*math.Max(math.Log(p), -100) + (1-t)*math.Max(math.Log1p(-p), -100))
}
func BCETo[T Float](dst, p, t []T) []T {
	for i := range p {
		dst[i] = T(bce(float64(p[i]), float64(t[i])))
	}
	return dst
}
func BCEGrad[T Float](grad, p, t []T, scale T) float64 {
	s := 0.0
	for i := range p {
		a, b := float64(p[i]), float64(t[i])
		s += bce(a, b)
		grad[i] = T(float64(scale) * (a - b) / math.Max(a*(1-a), 9.999999960041972e-13))
	}
	return s
}

// BCEWithLogits family: q·t·softplus(-x) + (1-t)·softplus(x); posWeight q is nil (1) or one per element.
// Gradient: (1-t)σ(x) - q·t·σ(-x), times scale.
func BCEWithLogits[T Float](x, t, posWeight []T) float64 {
	s := 0.0
	for i := range x {
		s += bcel(x, t, posWeight, i)
	}
	return s
}
func pw[T Float](q []T, i int) float64 {
	if q == nil {
		return 1
	}
	return float64(q[i])
}
func bcel[T Float](x, t, q []T, i int) float64 {
	a, b := float64(x[i]), float64(t[i])
	return pw(q, i)*b*sp(-a) + (1-b)*sp(a)
}
func BCEWithLogitsTo[T Float](dst, x, t, posWeight []T) []T {
	for i := range x {
		dst[i] = T(bcel(x, t, posWeight, i))
	}
	return dst
}
func BCEWithLogitsGrad[T Float](grad, x, t, posWeight []T, scale T) float64 {
	s := 0.0
	for i := range x {
		a, b := float64(x[i]), float64(t[i])
		v := bcel(x, t, posWeight, i)
		grad[i] = T(float64(scale) * ((1-b)*sig(a) - pw(posWeight, i)*b*sig(-a)))
		s += v
	}
	return s
}

// Gaussian KL, h(ρ) + (μp-μq)²/vq, halved; vp = σp²+eps, vq = σq²+eps.
func kl(mp, sp, mq, sq, eps float64) float64 {
	vp, vq := sp*sp+eps, sq*sq+eps
	t := (sp - sq) * (sp + sq) / vq
	h := t - math.Log1p(t)
	if t < -0.5 || t > 1 {
		h = t - (math.Log(vp) - math.Log(vq))
	}
	return 0.5 * (h + (mp-mq)*(mp-mq)/vq)
}
func GaussianKL[T Float](muP, sigmaP, muQ, sigmaQ []T, eps T) float64 {
	s := 0.0
	for i := range muP {
		s += kl(float64(muP[i]), float64(sigmaP[i]), float64(muQ[i]), float64(sigmaQ[i]), float64(eps))
	}
	return s
}
func GaussianKLTo[T Float](dst, muP, sigmaP, muQ, sigmaQ []T, eps T) []T {
	for i := range muP {
		dst[i] = T(kl(float64(muP[i]), float64(sigmaP[i]), float64(muQ[i]), float64(sigmaQ[i]), float64(eps)))
	}
	return dst
}

// GaussianKLPrior is GaussianKL against one scalar prior N(priorMu, priorSigma²).
func GaussianKLPrior[T Float](mu, sigma []T, priorMu, priorSigma, eps T) float64 {
	s := 0.0
	for i := range mu {
		s += kl(float64(mu[i]), float64(sigma[i]), float64(priorMu), float64(priorSigma), float64(eps))
	}
	return s
}
func GaussianKLPriorTo[T Float](dst, mu, sigma []T, priorMu, priorSigma, eps T) []T {
	for i := range mu {
		dst[i] = T(kl(float64(mu[i]), float64(sigma[i]), float64(priorMu), float64(priorSigma), float64(eps)))
	}
	return dst
}

// GaussianKLLogVar is Σ ½(exp(lv) - 1 - lv + μ²), the KL of N(μ, exp(lv)) against N(0,1).
func GaussianKLLogVar[T Float](mu, logVar []T) float64 {
	s := 0.0
	for i := range mu {
		m, l := float64(mu[i]), float64(logVar[i])
		s += 0.5 * (math.Expm1(l) - l + m*m)
	}
	return s
}
func GaussianKLLogVarTo[T Float](dst, mu, logVar []T) []T {
	for i := range mu {
		m, l := float64(mu[i]), float64(logVar[i])
		dst[i] = T(0.5 * (math.Expm1(l) - l + m*m))
	}
	return dst
}
