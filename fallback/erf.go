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

// NormalTailPoly64 is P, lowest power first, for t ≤ 39: relative error of f 2⁻⁵⁵·⁴.
var NormalTailPoly64 = [...]float64{
	-0x1.2401ad731bfa9p-1, 0x1.5d4569bc7f6b8p-2, -0x1.6caed2932bb8fp-3, 0x1.41f83b5c1330fp-4, -0x1.c5dcbc49f694fp-6,
	0x1.bbb8261a4a8fcp-8, -0x1.0cc4cda10dad8p-11, -0x1.ad51af4948b63p-12, 0x1.76e8a25454118p-13, -0x1.fa4b8e857f81ap-18,
	-0x1.2e6bdeb3c8888p-16, 0x1.3b16c39b6d215p-18, 0x1.7b5a3694e2fc8p-20, -0x1.bcb20f6fd6462p-21, -0x1.9c63f87979552p-24,
	0x1.120b2edb435c3p-23, 0x1.f0cd79a98e136p-28, -0x1.4a09934f3deadp-26, -0x1.ebad0581dfe17p-30, 0x1.3609ff7ef0c4dp-29,
	0x1.265fa24a7051fp-31,
}

const (
	NormalTailScaleMixed = 0.25                 // k
	NormalTailScale64    = 0.1875               // k
	NormalTailScaleErf64 = 0x1.0f876ccdf6cd9p-2 // √2·k
	NormalTailLimit64    = 0x1.32633e6df28bcp-4 // c = k/√(2π)
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
	return float32(c * poly64(float64(c*c), ErfMixedPoly[:]))
}

// erfSlopeMixed is the derivative of erf.
func erfSlopeMixed(x float32) float64 {
	c := float64(pickMax(ErfFloor32, -abs32(x)))
	return TwoOverSqrtPi * expMixed(-float64(c*c))
}

// normalTailMixed is t·T(t), for 0 ≤ t ≤ 20.
func normalTailMixed(t float64) float64 {
	w := t / fma64(NormalTailScaleMixed, t, 1)
	return w * poly64(fma64(2*NormalTailScaleMixed, w, -1), NormalTailMixedPoly[:])
}

// erf64 is erf(x).
func erf64(x float64) float64 {
	a := pickMin(ErfTop64, abs64(x))
	z := float64(a * a)
	y := fma64(a, poly64(z, ErfPoly64[:]), a)
	if !(a < ErfSplit64) {
		r, f := normalTail64(float64(NormalTailScaleErf64 * (a / fma64(NormalTailScaleErf64, a, 1))))
		tail := float64(r * f)
		y = fnma64(tail+tail, expNegHL64(-z, -fma64(a, a, -z)), 1)
	}
	return signOf64(y, x)
}

// normalTail64 is r and f, by s = 1−r = kt/(1+kt).
func normalTail64(s float64) (r, f float64) {
	r = 1 - s
	return r, fma64(r, fma64(s, poly64(s-r, NormalTailPoly64[:]), NormalTailRise64), NormalTailLimit64)
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
func ErfGradToF32(dst, x, dy []float32) { slopes32(dst, x, dy, erfSlopeMixed) }

// ErfGradToF64 writes dy times the derivative of erf at x.
func ErfGradToF64(dst, x, dy []float64) { slopes64(dst, x, dy, erfSlope64) }
