package fallback

// What package kernels asks for one element at a time, of slices too short for a call of assembly.

// GaussianNLLGrads are the gradients of one element, times scale: before they are rounded, if its numbers are float32.
func GaussianNLLGrads(mean, variance, y, eps, scale float64) (byMean, byVariance float64) {
	return gaussianNLLMeanGrad(mean, variance, y, eps, scale), gaussianNLLVarianceGrad(mean, variance, y, eps, scale)
}
