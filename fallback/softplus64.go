package fallback

// softplus(x) = log(1 + exp(x)) of float64 slices:
//
//	softplus(x) = max(x, 0) + log1p(u),  u = exp(−|x|),
//	log1p(u) = u − (h − s(h + s²·R(s²))),  s = u/(2+u),  h = ½u²,  0 ≤ u ≤ 1
//
// A polynomial in u alone would have twice the terms, which cost more than the division.

// SoftplusPoly64 holds R(z) = (2·artanh(√z)/√z − 2)/z for 0 ≤ z ≤ 1/9, lowest power first:
// sollya's fpminimax, error of 2 + z·R(z) 2⁻⁵⁸·⁴.
var SoftplusPoly64 = [...]float64{
	0x1.5555555555535p-1, 0x1.99999999a077fp-2, 0x1.249249208a547p-2, 0x1.c71c741d86871p-3, 0x1.745cb3da3b549p-3,
	0x1.3b1dde70fe6fep-3, 0x1.1067a0e463437p-3, 0x1.efda4da7266f8p-4, 0x1.55a95c6de8a5cp-4, 0x1.5c7f0192ef065p-3,
}

// SoftplusF64 writes log(1 + exp(x)).
func SoftplusF64(dst, x []float64) {
	for i := range dst {
		dst[i] = softplus64(x[i])
	}
}

// softplus64 is log(1 + exp(x)).
func softplus64(x float64) float64 {
	u := expNeg64(-abs64(x))
	s := u / (2 + u)
	z := float64(s * s)
	h := float64(float64(0.5*u) * u)
	q := fma64(z, poly64(z, SoftplusPoly64[:]), h)
	return u + (pickMax(0, x) - fnma64(s, q, h))
}
