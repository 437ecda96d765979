package fallback

// SiLU, x·σ(x), σ being the logistic function, and its derivative, with e = exp(−x):
//
//	silu(x)  = x/(1+e)
//	silu′(x) = (1 + e + x·e)/(1+e)²
//
// In float32 the first is x·s/(s + exp(−r)), computed as the logistic function is (sigmoid.go), and mixed arithmetic takes
// the second as it stands, for all x that matter. In float64, with t = |x|, u = exp(−t),
//
//	silu(x)  = max(x, 0) − (t·u − t·u·u/(1+u))
//	silu′(x) = G or, for x ≥ 0, 1 − G;  G = u·(1 + u − t)/(1+u)²
//
// since silu(x) − ½x is even. The quotients are computed 2⁻⁶⁴ times as large as they are without the last factor of u, a
// power of two, which then rounds subnormal results once.

const (
	SiLUFloor32 = -110    // silu of less rounds to 0 in float32
	GateTiny32  = 0x1p-60 // what may be subnormal in float32 when it is divided is smaller
	SiLUTop64   = 752     // and in float64 of minus more
	GateTiny64  = 0x1p-60 // silu(x) and both kinds of gelu(x) are ½x up to here
)

// silu32 is x·σ(x), to 0.91 ULP.
func silu32(x float32) float32 {
	v := pickMax(SiLUFloor32, x)
	s, d, e := gateParts32(pickMin(SigmoidTop32, v))
	quotient := float64(v) / (float64(d) + float64(e))
	y := float32(quotient)
	if nearTie32(quotient) || abs32(v) < GateTiny32 {
		y = gateQuotient32(v, d, e)
	}
	y = float32(float32(y*s) * ExpSmall32)
	if x > SigmoidTop32 {
		return x
	}
	return y
}

// gateQuotient32 is v/(d+e), as defined.
//
//go:noinline
func gateQuotient32(v, d, e float32) float32 {
	inverse := 1 / d
	y := v * inverse
	return fnma32(inverse, fma32(e, y, fma32(d, y, -v)), y)
}

// gateParts32 is 1/(1+exp(−x)) = s·2⁻⁶⁴/(d+e) for SiLUFloor32 ≤ x ≤ SigmoidTop32, NaN for NaN: logisticParts32 for more
// x, and e is also what rounding took from w. What is multiplied by s and 2⁻⁶⁴ is rounded once where it is subnormal.
func gateParts32(x float32) (s, d, e float32) {
	t, m := expRound32(float64(x), ExpShift32)
	r0, low := float32(float64(x)-float64(m*Ln2High32)), float32(m*Ln2Low32)
	r := float64(r0 - low)
	z := float32(sum32(float64(rounded(r*r)*expHalf32(-r)), float64(low))) // by ExpMinusPoly32
	w := r0 - z                                                            // 1 − exp(−r)
	s = float32of(t << 23)
	small := float64(float64(s) * ExpSmall32)
	d = float32(1+small) - w
	e = (float32(small+float64(1-d)) - w) - ((r0 - w) - z)
	return s, d, e
}

// siluSlopeMixed is the derivative of SiLU.
func siluSlopeMixed[A arithmetic](x float32) float64 {
	v := float64(pickMin(-SlopeFloor32, pickMax(SlopeFloor32, x)))
	return gateSlopeMixed[A](expMixed[A](-v), v)
}

// gateSlopeMixed is (1 + e + v·e)/(1+e)².
func gateSlopeMixed[A arithmetic](e, v float64) float64 {
	d := 1 + e
	return uncancelled[A](muladd[A](e, 1+v, 1), 1) / float64(d*d)
}

// silu64 is x·σ(x).
func silu64(x float64) float64 {
	t := pickMin(SiLUTop64, abs64(x))
	s, m := expNegParts64(-t)
	return gate64(x, t, s, m)
}

// gate64 is max(x, 0) − (t·u − t·u·u/(1+u)) with u = s·2⁻⁶⁴·(1+m), or ½x for tiny x.
func gate64(x, t, s, m float64) float64 {
	tu := float64(ExpSmall64 * t)
	tu = fma64(tu, m, tu)
	u := exp64OfParts(s, m)
	h := float64(fnma64(tu, u/(1+u), tu) * s)
	return halfIfTiny64(x, max(negZero64, x)-h)
}

// halfIfTiny64 is ½x for tiny x, else y.
func halfIfTiny64(x, y float64) float64 {
	if abs64(x) < GateTiny64 {
		return 0.5 * x
	}
	return y
}

// siluSlope64 is the derivative of SiLU.
func siluSlope64(x float64) float64 {
	t := pickMin(SiLUTop64, abs64(x))
	s, m := expNegParts64(-t)
	u := exp64OfParts(s, m)
	return gateSlope64(x, (1+u)-t, u, s, m)
}

// exp64OfParts is s·2⁻⁶⁴·(1+m).
func exp64OfParts(s, m float64) float64 {
	return float64(s * fma64(ExpSmall64, m, ExpSmall64))
}

// gateSlope64 is G = u·top/(1+u)² with u = s·2⁻⁶⁴·(1+m), or, for x ≥ 0, 1 − G.
func gateSlope64(x, top, u, s, m float64) float64 {
	top = float64(ExpSmall64 * top)
	return mirror64(x, float64(fma64(top, m, top)/fma64(u, 2+u, 1)*s))
}

// mirror64 is g or, for x ≥ 0, 1 − g.
func mirror64(x, g float64) float64 {
	return bySign64(x, g, 1-g)
}

// SiLUToF32 writes x·σ(x).
func SiLUToF32(dst, x []float32) {
	for i, v := range x {
		dst[i] = silu32(v)
	}
}

// SiLUToF64 writes x·σ(x).
func SiLUToF64(dst, x []float64) {
	for i := range dst {
		dst[i] = silu64(x[i])
	}
}

// SiLUGradToF32 writes dy times the derivative of SiLU at x.
func SiLUGradToF32(dst, x, dy []float32) {
	slopes32(dst, x, dy, siluSlopeMixed[plain], siluSlopeMixed[fused])
}

// SiLUGradToF64 writes dy times the derivative of SiLU at x.
func SiLUGradToF64(dst, x, dy []float64) { slopes64(dst, x, dy, siluSlope64) }
