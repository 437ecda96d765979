package fallback

// softplus(x) = log(1 + exp(x)) of float32 slices:
//
//	softplus(x) = max(x, 0) + log1p(u),  u = exp(−|x|),  log1p(u) = u + u²·Q(u) for 0 ≤ u ≤ 1
//
// One exponential and one polynomial, and no second range reduction. Nearly all of the error is that of Q next to
// u = 1, where u²·Q(u) cancels a third of u, and that of u.

// SoftplusPoly32 holds Q, lowest power first: sollya's fpminimax, relative error of log1p 2⁻²⁷·⁵.
var SoftplusPoly32 = [...]float32{
	-0x1.ffffd2p-2, 0x1.554ddap-2, -0x1.ff2556p-3, 0x1.935568p-3, -0x1.3a6736p-3,
	0x1.b53c48p-4, -0x1.d7efa8p-5, 0x1.4a9226p-6, -0x1.b22adep-9,
}

// SoftplusF32 writes log(1 + exp(x)).
func SoftplusF32(dst, x []float32) {
	for i := range dst {
		dst[i] = softplus32(x[i])
	}
}

// softplus32 is log(1 + exp(x)), to 1.90 ULP; the worst of all float32 inputs is 0x1.1c496p-06 with 1.892.
func softplus32(x float32) float32 {
	return pickMax(0, x) + log1pUnit32(expNeg32(-abs32(x)))
}

// log1pUnit32 is log1p(u) for 0 ≤ u ≤ 1.
func log1pUnit32(u float32) float32 {
	return fma32(float32(u*u), poly32(u, SoftplusPoly32[:]), u)
}
