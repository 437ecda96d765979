package fallback

// The logistic function 1/(1+exp(−x)) of float64 slices: with u = exp(−|x|) and s = u/(1+u) it is
//
//	1/(1+u) = 1 − s for x ≥ 0, u/(1+u) = u − u·s for x < 0
//
// where the errors of s, which are those of 1+u, of u and of the quotient, count less than in the quotients on the left.

// SigmoidF64 writes 1/(1+exp(−x)).
func SigmoidF64(dst, x []float64) {
	for i := range dst {
		dst[i] = sigmoid64(x[i])
	}
}

// sigmoid64 is 1/(1+exp(−x)).
func sigmoid64(x float64) float64 {
	u := expNeg64(-abs64(x))
	s := u / (1 + u)
	a := u
	if x >= 0 {
		a = 1
	}
	return fnma64(a, s, a)
}
