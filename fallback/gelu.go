package fallback

// GELU, x·Φ(x), Φ being the normal distribution function, and its derivative Φ(x) + x·φ(x). With t = |x| and the T of
// erf.go,
//
//	gelu(x)  = max(x, 0) − exp(−t²/2)·t·T(t)
//	gelu′(x) = G or, for x ≥ 0, 1 − G;  G = exp(−t²/2)·(T(t) − t/√(2π))
//
// since gelu(x) − ½x is even. In float64 the square is taken in two parts: half an ULP of t²/2 would be an error of up to
// 2⁻⁴⁴ in the exponential.

// ExpHalfMixedPoly is P in exp(−v/2) = 1 + v·P(v), lowest power first, for |v| ≤ log 2: relative error 2⁻²⁸·⁹.
var ExpHalfMixedPoly = [...]float64{
	-0x1.0000008a25d7ap-1, 0x1.fffffc1d1f5fbp-4, -0x1.5554196121b0bp-6,
	0x1.55582240f2f67p-9, -0x1.126781974d78ap-12, 0x1.6ae72faf6c1c3p-16,
}

const (
	GELUTop32      = 14.5                 // gelu of minus more rounds to 0 in float32
	GELUTop64      = 38.7                 // and in float64
	GELUSlopeTop32 = 20                   // its square is −2·SlopeFloor32
	InverseSqrt2Pi = 0x1.9884533d43651p-2 // 1/√(2π)
	HalfLog2E64    = Log2E64 / 2
)

// gelu32 is x·Φ(x), to 0.8 ULP.
func gelu32(x float32) float32 {
	if y, sure := narrow(geluMixed[plain](x)); sure {
		return y
	}
	return float32(geluMixed[fused](x))
}

// geluMixed is x·Φ(x).
func geluMixed[A arithmetic](x float32) float64 {
	t := float64(pickMin(GELUTop32, abs32(x)))
	h := float64(normalTailMixed[A](t) * expHalfSquareMixed[A](t))
	return float64(pickMax(negZero32, x)) - h
}

// expHalfSquareMixed is exp(−t²/2) for |t| ≤ GELUSlopeTop32: as expMixed, with n = round(−t²/(2·log 2)) and v = −2r =
// t² + n·2·log 2.
func expHalfSquareMixed[A arithmetic](t float64) float64 {
	z := float64(t * t)
	u := nmuladd[A](z, HalfLog2E64, Integer64+ExpMixedShift)
	v := muladd[A](u-(Integer64+ExpMixedShift), 2*Ln2, z)
	s := float64of(bits64(u) << 52)
	return muladd[A](s, float64(v*polyMixed[A](v, ExpHalfMixedPoly[:])), s)
}

// geluSlopeMixed is the derivative of GELU.
func geluSlopeMixed[A arithmetic](x float32) float64 {
	t := float64(pickMin(GELUSlopeTop32, abs32(x)))
	r := 1 / muladd[A](NormalTailScale, t, 1)
	tail := float64(r * polyMixed[A](nmuladd[A](2, r, 1), NormalTailMixedPoly[:]))
	g := uncancelled[A](nmuladd[A](InverseSqrt2Pi, t, tail), tail)
	return mirror64(float64(x), float64(expHalfSquareMixed[A](t)*g))
}

// gelu64 is x·Φ(x).
func gelu64(x float64) float64 {
	t := pickMin(GELUTop64, abs64(x))
	w := t / fma64(NormalTailScale, t, 1)
	_, f, lost := normalTail64(float64(NormalTailScale * w))
	h := float64(w * f)
	lost = fma64(w, lost, fma64(w, f, -h))
	s, m := expHalfSquare64(t)
	h += fma64(h, m, lost)
	h = float64(float64(ExpSmall64*h) * s)
	return halfIfTiny64(x, max(negZero64, x)-h)
}

// expHalfSquare64 is exp(−t²/2) = s·2⁻⁶⁴·(1+m) for |t| ≤ GELUTop64.
func expHalfSquare64(t float64) (s, m float64) {
	z := float64(t * t)
	return expNegPartsHL64(-0.5*z, -0.5*fma64(t, t, -z))
}

// geluSlope64 is the derivative of GELU.
func geluSlope64(x float64) float64 {
	t := pickMin(GELUTop64, abs64(x))
	r, f, _ := normalTail64(float64(NormalTailScale * (t / fma64(NormalTailScale, t, 1))))
	g := fnma64(InverseSqrt2Pi, t, float64(r*f))
	s, m := expHalfSquare64(t)
	return mirror64(x, float64(float64(ExpSmall64*fma64(g, m, g))*s))
}

// GELUToF32 writes x·Φ(x).
func GELUToF32(dst, x []float32) {
	for i, v := range x {
		dst[i] = gelu32(v)
	}
}

// GELUToF64 writes x·Φ(x).
func GELUToF64(dst, x []float64) {
	for i := range dst {
		dst[i] = gelu64(x[i])
	}
}

// GELUGradToF32 writes dy times the derivative of GELU at x.
func GELUGradToF32(dst, x, dy []float32) {
	slopes32(dst, x, dy, geluSlopeMixed[plain], geluSlopeMixed[fused])
}

// GELUGradToF64 writes dy times the derivative of GELU at x.
func GELUGradToF64(dst, x, dy []float64) { slopes64(dst, x, dy, geluSlope64) }
