package fallback

// The negative log-likelihood of y under a Gaussian, up to ½·log 2π, which the constant may hold:
//
//	½(log v + d²/v) + constant,  d = mean − y,  v = max(variance, eps)
//
// and its derivatives by the mean, d/v, and by the variance, ½(1/v − (d/v)²), as if v were the variance. Float32 slices
// are mixed.

// gaussianNLLMixed is the element for arguments that are float32.
func gaussianNLLMixed[A arithmetic](mean, variance, y, eps, constant float64) float64 {
	v, d := pickMax(eps, variance), mean-y
	log := logLimits64(v, logMixed[A](v))
	sum := uncancelled[A](muladd[A](d, d/v, log), abs64(log))
	return uncancelled[A](muladd[A](0.5, sum, constant), abs64(constant))
}

func gaussianNLL64(mean, variance, y, eps, constant float64) float64 {
	v, d := pickMax(eps, variance), mean-y
	return fma64(0.5, fma64(d, d/v, log64(v)), constant)
}

func gaussianNLLMeanGrad(mean, variance, y, eps, scale float64) float64 {
	return scale * ((mean - y) / pickMax(eps, variance))
}

func gaussianNLLVarianceGrad(mean, variance, y, eps, scale float64) float64 {
	u := 1 / pickMax(eps, variance)
	q := float64((mean - y) * u)
	return float64(0.5*scale) * fnma64(q, q, u)
}

// GaussianNLLToF32 writes the elements.
func GaussianNLLToF32(dst, mean, variance, y []float32, eps, constant float32) {
	for i := range dst {
		mean, variance, y := float64(mean[i]), float64(variance[i]), float64(y[i])
		v, sure := narrow(gaussianNLLMixed[plain](mean, variance, y, float64(eps), float64(constant)))
		if !sure {
			v = float32(gaussianNLLMixed[fused](mean, variance, y, float64(eps), float64(constant)))
		}
		dst[i] = v
	}
}

// GaussianNLLToF64 writes the elements.
func GaussianNLLToF64(dst, mean, variance, y []float64, eps, constant float64) {
	for i := range dst {
		dst[i] = gaussianNLL64(mean[i], variance[i], y[i], eps, constant)
	}
}

// GaussianNLLMeanGradF32 writes the gradient with respect to mean, times scale.
func GaussianNLLMeanGradF32(grad, mean, variance, y []float32, eps, scale float32) {
	for i := range grad {
		g := gaussianNLLMeanGrad(float64(mean[i]), float64(variance[i]), float64(y[i]), float64(eps), float64(scale))
		grad[i] = float32(g)
	}
}

// GaussianNLLMeanGradF64 writes the gradient with respect to mean, times scale.
func GaussianNLLMeanGradF64(grad, mean, variance, y []float64, eps, scale float64) {
	for i := range grad {
		grad[i] = gaussianNLLMeanGrad(mean[i], variance[i], y[i], eps, scale)
	}
}

// GaussianNLLVarianceGradF32 writes the gradient with respect to variance, times scale.
func GaussianNLLVarianceGradF32(grad, mean, variance, y []float32, eps, scale float32) {
	for i := range grad {
		g := gaussianNLLVarianceGrad(float64(mean[i]), float64(variance[i]), float64(y[i]), float64(eps), float64(scale))
		grad[i] = float32(g)
	}
}

// GaussianNLLVarianceGradF64 writes the gradient with respect to variance, times scale.
func GaussianNLLVarianceGradF64(grad, mean, variance, y []float64, eps, scale float64) {
	for i := range grad {
		grad[i] = gaussianNLLVarianceGrad(mean[i], variance[i], y[i], eps, scale)
	}
}
