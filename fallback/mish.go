package fallback

// Mish, x·tanh(softplus(x)), and its derivative. With e = exp(x), tanh(log(1+e)) = n/(n+2), n = e·(e+2), so
//
//	mish(x)  = x·n/(n+2)
//	mish′(x) = e·((e+2)·(n+2) + 4x·(e+1))/(n+2)²
//
// Mixed arithmetic takes these as they stand. In float64, with t = |x|, u = exp(−t), and for x ≥ 0 | below:
//
//	mish(x)  = x − t·u·2u/d | t·u·(u·(1+u)/d − 1)
//	mish′(x) = ((1+2u)·d + g + g·u)/d², g = 4x·u² | u·((2+u)·d + g + g·u)/d², g = 4x
//	d        = 1 + 2u + 2u² | 2 + 2u + u²
//
// where, as in silu.go, the last factor of u, which makes results subnormal, comes last.

const (
	MishTop32  = 44  // tanh(softplus) of it rounds to 1
	MishAtZero = 0.6 // tanh(softplus(0))
)

// mish32 is x·tanh(softplus(x)), to 0.51 ULP.
func mish32(x float32) float32 {
	if y, sure := narrow(mishMixed[plain](x)); sure {
		return y
	}
	return float32(mishMixed[fused](x))
}

// mishMixed is x·tanh(softplus(x)).
func mishMixed[A arithmetic](x float32) float64 {
	x = pickMax(SiLUFloor32, x)
	e := expMixed[A](float64(pickMin(MishTop32, x)))
	n := float64(e * (e + 2))
	return float64(float64(x)*n) / (n + 2)
}

// mishSlopeMixed is the derivative of Mish.
func mishSlopeMixed[A arithmetic](x float32) float64 {
	v := float64(pickMin(MishTop32, pickMax(SlopeFloor32, x)))
	e := expMixed[A](v)
	d := muladd[A](e, e+2, 2)
	top := uncancelled[A](muladd[A](e+2, d, float64(float64(4*v)*(e+1))), d)
	return float64(e*top) / float64(d*d)
}

// mish64 is x·tanh(softplus(x)).
func mish64(x float64) float64 {
	t := pickMin(SiLUTop64, abs64(x))
	s, m := expNegParts64(-t)
	u := exp64OfParts(s, m)
	tu := float64(ExpSmall64 * t)
	tu = fma64(tu, m, tu)
	top, h := bySign64(x, float64(u*(1+u)), -2*u), bySign64(x, tu, 0)
	a, b := bySign64(x, 2+u, 2+(u+u)), bySign64(x, 2, 1)
	h = float64(fnma64(tu, top/fma64(u, a, b), h) * s)
	if abs64(x) < GateTiny64 {
		return MishAtZero * x
	}
	return max(negZero64, x) - h
}

// mishSlope64 is the derivative of Mish.
func mishSlope64(x float64) float64 {
	v := pickMin(SiLUTop64, pickMax(-SiLUTop64, x))
	s, m := expNegParts64(-abs64(v))
	u := exp64OfParts(s, m)
	a, b, first, g := 2+u, 2.0, 2+u, float64(4*v)
	if v >= 0 {
		a, b, first, g = 2+(u+u), 1, 1+(u+u), float64(float64(g*u)*u)
	}
	d := fma64(u, a, b)
	lost := fma64(u, a, b-d) // by d, which counts thrice
	top := fma64(g, u, fma64(first, d, fma64(first, lost, g)))
	q := top / fma64(d, d, float64((d+d)*lost))
	if v >= 0 {
		return q
	}
	q = float64(ExpSmall64 * q)
	return fma64(q, m, q) * s
}

// MishToF32 writes x·tanh(softplus(x)).
func MishToF32(dst, x []float32) {
	for i, v := range x {
		dst[i] = mish32(v)
	}
}

// MishToF64 writes x·tanh(softplus(x)).
func MishToF64(dst, x []float64) {
	for i := range dst {
		dst[i] = mish64(x[i])
	}
}

// MishGradToF32 writes dy times the derivative of Mish at x.
func MishGradToF32(dst, x, dy []float32) {
	slopes32(dst, x, dy, mishSlopeMixed[plain], mishSlopeMixed[fused])
}

// MishGradToF64 writes dy times the derivative of Mish at x.
func MishGradToF64(dst, x, dy []float64) { slopes64(dst, x, dy, mishSlope64) }
