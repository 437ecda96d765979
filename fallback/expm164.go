package fallback

// exp(x) − 1 of float64 slices. As for exp, x = n·log 2 + r; with n·log 2 in two parts, r₀ = x − n·(high part) is exact and
//
//	exp(x) − 1 = (2ⁿ − 1 + 2ⁿ·r₀) + 2ⁿ(r²·P(r) − n·(low part)),  P(r) = (exp(r) − 1 − r)/r²
//
// where the bracket is exact or nearly so. All of it is halved, since 2ⁿ can be 2^1024, and doubled at last.

const (
	Expm1Shift64 = 1023 - 1 // the bias of a float64's exponent, and the halving
	Expm1Floor64 = -40      // expm1 of it rounds to −1
	Expm1Tiny64  = 0x1p-54  // expm1(x) is x up to here
)

// Expm1F64 writes exp(x) − 1.
func Expm1F64(dst, x []float64) {
	for i := range dst {
		dst[i] = expm1x64(x[i])
	}
}

// expm1x64 is exp(x) − 1.
func expm1x64(x float64) float64 {
	half := expm1Half64(pickMin(ExpTop64, pickMax(Expm1Floor64, x)))
	if abs64(x) < Expm1Tiny64 { // the sign of 0, and subnormals that cannot be halved
		return x
	}
	return half + half
}

// expm1Half64 is ½(exp(c) − 1) for Expm1Floor64 ≤ c ≤ 710.1.
func expm1Half64(c float64) float64 {
	t := fma64(c, Log2E64, Integer64+Expm1Shift64)
	n := t - (Integer64 + Expm1Shift64)
	s := float64of(bits64(t) << 52)
	high := fnma64(n, Ln2High64, c)
	r := fnma64(n, Ln2Low64, high)
	low := fnma64(n, Ln2Low64, float64(float64(r*r)*poly64(r, ExpPoly64[2:])))
	return fma64(s, low, fma64(s, high, s-0.5))
}
