package fallback

// The logistic function 1/(1+exp(−x)), from u = exp(−|x|): 1/(1+u) for x ≥ 0, u/(1+u) for x < 0.
//
// In float64, with s = u/(1+u), these are 1 − s and u − u·s, where the errors of s, which are those of 1+u, of u and of
// the quotient, count less than in the quotients.

// sigmoid32 is 1/(1+exp(−x)), to 0.51 ULP.
func sigmoid32(x float32) float32 {
	u := expMixed[fused](float64(pickMax(ExpMixedMin, -abs32(x))))
	top := u
	if x >= 0 {
		top = 1
	}
	return float32(top / (1 + u))
}

// sigmoid64 is 1/(1+exp(−x)).
func sigmoid64(x float64) float64 {
	u := expNeg64(-abs64(x))
	s := u / (1 + u)
	a := bySign64(x, u, 1)
	return fnma64(a, s, a)
}

// SigmoidToF32 writes 1/(1+exp(−x)).
func SigmoidToF32(dst, x []float32) {
	for i, v := range x {
		dst[i] = sigmoid32(v)
	}
}

// SigmoidToF64 writes 1/(1+exp(−x)).
func SigmoidToF64(dst, x []float64) {
	for i := range dst {
		dst[i] = sigmoid64(x[i])
	}
}
