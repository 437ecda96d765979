package fallback

// softplus(x) = log(1 + exp(x)):
//
//	softplus(x) = max(x, 0) + log1p(u),  u = exp(−|x|)
//
// One exponential and one polynomial (log1p.go), and no second range reduction. Nearly all of the error in float32 is
// that of Q next to u = 1, where u²·Q(u) cancels a third of u, and that of u.

// softplus32 is log(1 + exp(x)), to 1.90 ULP; the worst of all float32 inputs is 0x1.1c496p-06 with 1.892.
func softplus32(x float32) float32 {
	return max(0, x) + log1pUnit32(expNeg32(-abs32(x)))
}

// softplus64 is log(1 + exp(x)); u is added last.
func softplus64(x float64) float64 {
	u := expNeg64(-abs64(x))
	return u + (max(0, x) - log1pUnitTail64(u))
}

// SoftplusToF32 writes log(1 + exp(x)).
func SoftplusToF32(dst, x []float32) {
	for i := range dst {
		dst[i] = softplus32(x[i])
	}
}

// SoftplusToF64 writes log(1 + exp(x)).
func SoftplusToF64(dst, x []float64) {
	for i := range dst {
		dst[i] = softplus64(x[i])
	}
}
