package fallback

// erf(x), its derivative 2/√π·exp(−x²), and the tail of the normal distribution, which erf and gelu.go are made of:
//
//	Φ(−t) = exp(−t²/2)·T(t),  t ≥ 0
//	T(t)  = r·f(v),  r = 1/(1+kt),  v = 1 − 2r = (kt−1)/(kt+1)
//
// f is a polynomial, for float64 in the form c + r·(½−c + (1−r)·P(v)), where c is the limit for large t, and ½ the value at
// 0: at both ends the rounding of P counts little, and 1−r = kt/(1+kt) keeps the digits of a small t. (The variable v is
// that of M. M. Shepherd, J. G. Laframboise, "Chebyshev Approximation of (1+2x)exp(x²)erfc x in 0 ≤ x < ∞", Mathematics of
// Computation 36, 1981.) The coefficients are those of poly/erf.sollya.
//
// In mixed arithmetic one polynomial makes erf. In float64, one serves |x| < 1, and beyond
// erf(|x|) = 1 − 2Φ(−√2·|x|) = 1 − 2·exp(−x²)·T(√2·|x|).

// ErfMixedPoly is erf(x)/x by x², lowest power first, for |x| ≤ 3.93: relative error 2⁻²⁷·⁴.
var ErfMixedPoly = [...]float64{
	0x1.20dd74ea3c794p0, -0x1.812738ff2205bp-2, 0x1.ce2de3b383f18p-4, -0x1.b8212e2ae2c4dp-6, 0x1.56207d0a113bfp-8,
	-0x1.beba08573cdfep-11, 0x1.f385e5df536aap-14, -0x1.e28c45fe73c72p-17, 0x1.91a3c7776a6cap-20, -0x1.1c3019c9f6e66p-23,
	0x1.4e71d59ea64a5p-27, -0x1.3e2309325c834p-31, 0x1.d86c686558561p-36, -0x1.05a22c8176a94p-40, 0x1.945482fadf264p-46,
	-0x1.8343d4ebcba78p-52, 0x1.5914bf0b98b7ep-59,
}

// ErfPoly64 is erf(x)/x − 1 by x², lowest power first, for |x| ≤ 1: relative error of erf 2⁻⁵⁶.
var ErfPoly64 = [...]float64{
	0x1.06eba8214db68p-3, -0x1.812746b0379b2p-2, 0x1.ce2f21a0408d1p-4, -0x1.b82ce311ee09bp-6, 0x1.565bccf7e2856p-8,
	-0x1.c02db0149d904p-11, 0x1.f9a2b75531772p-14, -0x1.f4ca204c771c5p-17, 0x1.b97e44280cfb8p-20, -0x1.5bfe763844705p-23,
	0x1.d6e3ddfeb1d64p-27, -0x1.ab15c51d2e09ap-31,
}

// NormalTailMixedPoly is f, lowest power first, for k = ¼ and t ≤ 20: relative error 2⁻²⁶·².
var NormalTailMixedPoly = [...]float64{
	0x1.82b4bb9e12c29p-3, -0x1.373e369065fb2p-3, 0x1.8c6daec8b8877p-4, -0x1.7e00c7135e29p-5, 0x1.eecbe38b6c611p-7,
	-0x1.ecb0e9bbb3e5dp-10, -0x1.c9ce8671028p-11, 0x1.9a26eea43d63p-12, 0x1.356fafca398a1p-15, -0x1.3707aacf251dap-15,
}

// NormalTailEven64 and NormalTailOdd64 are P(v) = even(v²) + v·odd(v²), lowest power first, for k = ¼ and t ≤ 39:
// relative error of f 2⁻⁵⁴·⁸. Two polynomials are not as long a chain as one.
var NormalTailEven64 = [...]float64{
	-0x1.c6d8b28577f8cp-2, -0x1.d3579ac3de7fap-5, 0x1.b6d317a70c6f8p-9, -0x1.144022fd0aee5p-13, 0x1.b245e22695234p-20,
	-0x1.37dd7ed533094p-22, 0x1.c980bae809b6fp-22, -0x1.b43068b3c1a02p-23, 0x1.227ba17a8c93fp-24, -0x1.1aac4f746ab34p-26,
	0x1.363dab2a53476p-29,
}
var NormalTailOdd64 = [...]float64{
	0x1.8a82c29dcbf8bp-3, 0x1.9072d3cc752f2p-8, -0x1.76d234dee4a6cp-10, 0x1.a581568556e8ep-13, -0x1.f916562eebcdbp-16,
	0x1.522916da9b70ep-18, -0x1.d8daa4472885cp-21, 0x1.2cd1d0baa9b54p-23, -0x1.e96ca1e4fac42p-27, -0x1.3754518b22519p-30,
	0x1.56be04e643896p-31,
}

const (
	NormalTailScale      = 0.25                 // k, a power of two: no product with it is rounded
	NormalTailScaleErf64 = 0x1.6a09e667f3bcdp-2 // √2·k
	NormalTailLimit64    = 0x1.9884533d4365p-4  // c = k/√(2π), so rounded that ½−c is a float64 too
	NormalTailRise64     = 0.5 - NormalTailLimit64
)

const (
	ErfTop32             = 3.9375                     // erf of it rounds to 1
	ErfTop64             = 6                          // the same
	ErfSplit64           = 1                          // where the polynomial ends
	ErfFloor32           = -14.25                     // its square is above -SlopeFloor32
	ErfFlat64            = 27.375                     // the derivative from here on rounds to 0
	TwoOverSqrtPi        = 0x1.20dd750429b6dp0        // 2/√π
	TwoOverSqrtPiSmall64 = TwoOverSqrtPi * ExpSmall64 // times 2⁻⁶⁴: see expNegParts64
)

// erf32 is erf(x), to 0.6 ULP.
func erf32(x float32) float32 {
	c := float64(pickMin(ErfTop32, pickMax(-ErfTop32, x)))
	if y, sure := narrowBy(erfMixed[plain](c), erfError); sure {
		return y
	}
	return float32(erfMixed[fused](c))
}

// erfMixed is erf(x) for |x| ≤ ErfTop32.
func erfMixed[A arithmetic](x float64) float64 {
	return x * polyMixed[A](float64(x*x), ErfMixedPoly[:])
}

// erfSlopeMixed is the derivative of erf.
func erfSlopeMixed[A arithmetic](x float32) float64 {
	c := float64(pickMax(ErfFloor32, -abs32(x)))
	return TwoOverSqrtPi * expMixed[A](-float64(c*c))
}

// normalTailMixed is t·T(t), for 0 ≤ t ≤ 20.
func normalTailMixed[A arithmetic](t float64) float64 {
	w := t / muladd[A](NormalTailScale, t, 1)
	return w * polyMixed[A](muladd[A](2*NormalTailScale, w, -1), NormalTailMixedPoly[:])
}

// erf64 is erf(x).
func erf64(x float64) float64 {
	a := pickMin(ErfTop64, abs64(x))
	z := float64(a * a)
	y := fma64(a, poly64(z, ErfPoly64[:]), a)
	if !(a < ErfSplit64) {
		r, f, _ := normalTail64(float64(NormalTailScaleErf64 * (a / fma64(NormalTailScaleErf64, a, 1))))
		tail := float64(r * f)
		y = fnma64(tail+tail, expNegHL64(-z, -fma64(a, a, -z)), 1)
	}
	return signOf64(y, x)
}

// normalTail64 is r and f, by s = 1−r = kt/(1+kt), and what the last rounding took from f.
func normalTail64(s float64) (r, f, lost float64) {
	r = 1 - s
	v := s - r
	z := float64(v * v)
	odd, even := polys64(z, NormalTailOdd64[:], NormalTailEven64[:])
	p := fma64(v, odd, even)
	rise := fma64(s, p, NormalTailRise64)
	f = fma64(r, rise, NormalTailLimit64)
	return r, f, fma64(r, rise, NormalTailLimit64-f)
}

// erfSlope64 is the derivative of erf.
func erfSlope64(x float64) float64 {
	a := pickMin(ErfFlat64, abs64(x))
	z := float64(a * a)
	s, m := expNegPartsHL64(-z, -fma64(a, a, -z))
	return float64(fma64(TwoOverSqrtPiSmall64, m, TwoOverSqrtPiSmall64) * s)
}

// ErfToF32 writes erf(x).
func ErfToF32(dst, x []float32) {
	for i, v := range x {
		dst[i] = erf32(v)
	}
}

// ErfToF64 writes erf(x).
func ErfToF64(dst, x []float64) {
	for i := range dst {
		dst[i] = erf64(x[i])
	}
}

// ErfGradToF32 writes dy times the derivative of erf at x.
func ErfGradToF32(dst, x, dy []float32) {
	slopes32(dst, x, dy, erfSlopeMixed[plain], erfSlopeMixed[fused])
}

// ErfGradToF64 writes dy times the derivative of erf at x.
func ErfGradToF64(dst, x, dy []float64) { slopes64(dst, x, dy, erfSlope64) }
