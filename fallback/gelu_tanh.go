package fallback

// GELU in the tanh form, ½x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), which is x·σ(y) with y = x·(A + B·x²): SiLU but for
// the argument of the exponential. So is its derivative, with x·dy/dx = x·(A + 3B·x²) for x outside of the exponential.
//
// In float64, y and the constants are taken in two parts: half an ULP of y would be an error of up to 2⁻⁴⁴ in the
// exponential.

const (
	GELUTanhA    = 0x1.9884533d43651p+0   // A = 2·√(2/π)
	GELUTanhALow = -0x1.cbc0d30ebfd15p-54 // the rest
	GELUTanhB    = 0x1.2444f2a4d8b4bp-4   // B = 0.044715·A
	GELUTanhBLow = -0x1.6c843a29d1c70p-61 // the rest
	GELUTanh3B   = 0x1.b6676bf7450f0p-3   // 3B

	GELUTanhFloor32    = -10.875  // the result rounds to 0 from here down in float32
	GELUTanhTop64      = 21.59375 // and in float64 from minus this; its derivative too
	GELUTanhSlopeTop32 = 13.75    // where y is above -SlopeFloor32
)

// geluTanh32 is x·σ(y), to 0.51 ULP.
func geluTanh32(x float32) float32 {
	if y, sure := narrow(geluTanhMixed[plain](x)); sure {
		return y
	}
	return float32(geluTanhMixed[fused](x))
}

// geluTanhMixed is x·σ(y).
func geluTanhMixed[A arithmetic](x float32) float64 {
	x = pickMax(GELUTanhFloor32, x)
	v := float64(pickMin(-GELUTanhFloor32, x))
	u := expMixed[A](-float64(v * muladd[A](GELUTanhB, float64(v*v), GELUTanhA)))
	return float64(x) / (1 + u)
}

// geluTanhSlopeMixed is its derivative.
func geluTanhSlopeMixed[A arithmetic](x float32) float64 {
	v := float64(pickMin(GELUTanhSlopeTop32, pickMax(-GELUTanhSlopeTop32, x)))
	z := float64(v * v)
	e := expMixed[A](-float64(v * muladd[A](GELUTanhB, z, GELUTanhA)))
	return gateSlopeMixed[A](e, float64(v*muladd[A](GELUTanh3B, z, GELUTanhA)))
}

// geluTanh64 is x·σ(y).
func geluTanh64(x float64) float64 {
	t := pickMin(GELUTanhTop64, abs64(x))
	s, m := geluTanhExp64(t)
	return gate64(x, t, s, m)
}

// geluTanhExp64 is exp(−y) = s·2⁻⁶⁴·(1+m) at t ≥ 0.
func geluTanhExp64(t float64) (s, m float64) {
	z := float64(t * t)
	zLow := fma64(t, t, -z)
	p := float64(GELUTanhB * z)
	pLow := fma64(GELUTanhB, zLow, fma64(GELUTanhB, z, -p)+fma64(GELUTanhBLow, z, GELUTanhALow))
	g := GELUTanhA + p
	part := g - GELUTanhA // A + p = g + lost exactly (TwoSum)
	lost := (GELUTanhA - (g - part)) + (p - part)
	y := float64(t * g)
	return expNegPartsHL64(-y, -fma64(t, lost+pLow, fma64(t, g, -y)))
}

// geluTanhSlope64 is its derivative.
func geluTanhSlope64(x float64) float64 {
	t := pickMin(GELUTanhTop64, abs64(x))
	s, m := geluTanhExp64(t)
	u := exp64OfParts(s, m)
	return gateSlope64(x, fnma64(t, fma64(GELUTanh3B, float64(t*t), GELUTanhA), 1+u), u, s, m)
}

// GELUTanhToF32 writes x·σ(y).
func GELUTanhToF32(dst, x []float32) {
	for i, v := range x {
		dst[i] = geluTanh32(v)
	}
}

// GELUTanhToF64 writes x·σ(y).
func GELUTanhToF64(dst, x []float64) {
	for i := range dst {
		dst[i] = geluTanh64(x[i])
	}
}

// GELUTanhGradToF32 writes dy times the derivative at x.
func GELUTanhGradToF32(dst, x, dy []float32) {
	slopes32(dst, x, dy, geluTanhSlopeMixed[plain], geluTanhSlopeMixed[fused])
}

// GELUTanhGradToF64 writes dy times the derivative at x.
func GELUTanhGradToF64(dst, x, dy []float64) { slopes64(dst, x, dy, geluTanhSlope64) }
