package fallback

// exp(x) − 1. In mixed arithmetic it is 2ⁿ − 1 + 2ⁿ·(exp(r) − 1), with n and r as in exp.go.
//
// In float64, where x = n·log 2 + r with n·log 2 in two parts, r₀ = x − n·(high part) is exact and
//
//	exp(x) − 1 = (2ⁿ − 1 + 2ⁿ·r₀) + 2ⁿ(r²·P(r) − n·(low part)),  P(r) = (exp(r) − 1 − r)/r²
//
// where the bracket is exact or nearly so. All of it is halved, since 2ⁿ can be 2^1024, and doubled at last.

const (
	Expm1Shift32 = 127 - 1  // as Expm1Shift64
	Expm1Shift64 = 1023 - 1 // the bias of a float64's exponent, and the halving
	Expm1Floor64 = -40      // expm1 of it rounds to −1
	Expm1Tiny64  = 0x1p-54  // expm1(x) is x up to here
)

// expm1_32 is exp(x) − 1, to 0.51 ULP, with the sign of x: expm1(−0) = −0.
func expm1_32(x float32) float32 {
	c := float64(clampExp32(x))
	y, sure := narrow(expm1Mixed[plain](c))
	if !sure {
		y = float32(expm1Mixed[fused](c))
	}
	return signOf32(y, x)
}

// expm1Mixed is exp(x) − 1 for |x| < 700. With s = 1 the first term is 0, so small results keep their digits.
func expm1Mixed[A arithmetic](x float64) float64 {
	s, q := expMixedParts[A](x)
	return muladd[A](s, q, s-1)
}

// expm1_64 is exp(x) − 1.
func expm1_64(x float64) float64 {
	half := expm1Half64(pickMin(ExpTop64, pickMax(Expm1Floor64, x)))
	if abs64(x) < Expm1Tiny64 { // the sign of 0, and subnormals that cannot be halved
		return x
	}
	return half + half
}

// expm1Half64 is ½(exp(c) − 1) for Expm1Floor64 ≤ c ≤ 710.1.
func expm1Half64(c float64) float64 {
	s, high, low := expm1Parts64(c)
	return fma64(s, low, fma64(s, high, s-0.5))
}

// expm1HalfHL64 is ½(exp(c) − 1) in two parts, for the same c.
func expm1HalfHL64(c float64) (half, rest float64) {
	s, high, low := expm1Parts64(c)
	a := s - 0.5
	sum := fma64(s, high, a)
	low = fma64(s, low, fma64(s, high, a-sum)) // which is exact: a is 0 or more than s·high
	half = sum + low
	return half, (sum - half) + low
}

// expm1Parts64 is ½(exp(c) − 1) = (s − ½) + s·high + s·low.
func expm1Parts64(c float64) (s, high, low float64) {
	t, n := expRound64(c, Expm1Shift64)
	high = fnma64(n, Ln2High64, c)
	r := fnma64(n, Ln2Low64, high)
	low = fnma64(n, Ln2Low64, float64(float64(r*r)*poly64(r, ExpPoly64[2:])))
	return float64of(bits64(t) << 52), high, low
}

// expm1HalfHL32 is ½(exp(c) − 1) in two parts for |c| ≤ 20, as expm1HalfHL64.
func expm1HalfHL32(c float32) (half, rest float32) {
	t, n := expRound32(float64(c), Expm1Shift32)
	s := float32of(t << 23)
	high := float32(float64(c) - float64(n*Ln2High32))
	r := expRest32(float64(c), n)
	low := float32(sum32(-float64(n*Ln2Low32), rounded(rounded(r*r)*expHalf32(r))))
	a, sHigh := s-0.5, float32(s*high)
	sum := sHigh + a
	low = float32(s*low) + (sHigh + (a - sum))
	half = sum + low
	return half, (sum - half) + low
}

// Expm1ToF32 writes exp(x) − 1.
func Expm1ToF32(dst, x []float32) {
	for i, v := range x {
		dst[i] = expm1_32(v)
	}
}

// Expm1ToF64 writes exp(x) − 1.
func Expm1ToF64(dst, x []float64) {
	for i := range dst {
		dst[i] = expm1_64(x[i])
	}
}
