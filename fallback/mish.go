package fallback

// Mish, x·tanh(softplus(x)), and its derivative. With e = exp(x), tanh(log(1+e)) = n/(n+2), n = e·(e+2), so
//
//	mish(x)  = x·n/(n+2)
//	mish′(x) = e·((e+2)·(n+2) + 4x·(e+1))/(n+2)²
//
// Mixed arithmetic takes these as they stand. In float64, with t = |x|, u = exp(−t), w = 1+u, and k = u for x ≥ 0, 1 below,
//
//	mish(x)  = max(x, 0) − t·u·2u/d or, below 0, t·u·(u·w/d − 1);  d = w² + k²
//	mish′(x) = ((w+k)·d + 4x·w·k²)/d², below 0 times u
//
// where, as in silu.go, the last factor of u that makes results subnormal comes last.

const (
	MishTop32  = 44  // tanh(softplus) of it rounds to 1
	MishAtZero = 0.6 // tanh(softplus(0))
)

// mish32 is x·tanh(softplus(x)), to 0.51 ULP.
func mish32(x float32) float32 {
	x = pickMax(SiLUFloor32, x)
	e := expMixed(float64(pickMin(MishTop32, x)))
	n := float64(e * (e + 2))
	return float32(float64(float64(x)*n) / (n + 2))
}

// mishSlopeMixed is the derivative of Mish.
func mishSlopeMixed(x float32) float64 {
	v := float64(pickMin(MishTop32, pickMax(SlopeFloor32, x)))
	e := expMixed(v)
	d := fma64(e, e+2, 2)
	top := fma64(e+2, d, float64(float64(4*v)*(e+1)))
	return float64(e*top) / float64(d*d)
}

// mish64 is x·tanh(softplus(x)).
func mish64(x float64) float64 {
	t := pickMin(SiLUTop64, abs64(x))
	s, m := expNegParts64(-t)
	u := float64(s * fma64(ExpSmall64, m, ExpSmall64))
	w := 1 + u
	tu := float64(ExpSmall64 * t)
	tu = fma64(tu, m, tu)
	k, top, h := 1.0, float64(u*w), tu
	if x >= 0 {
		k, top, h = u, -2*u, 0
	}
	h = float64(fnma64(tu, top/fma64(w, w, float64(k*k)), h) * s)
	if abs64(x) < GateTiny64 {
		return MishAtZero * x
	}
	return pickMax(negZero64, x) - h
}

// mishSlope64 is the derivative of Mish.
func mishSlope64(x float64) float64 {
	v := pickMin(SiLUTop64, pickMax(-SiLUTop64, x))
	s, m := expNegParts64(-abs64(v))
	small := fma64(ExpSmall64, m, ExpSmall64)
	u := float64(s * small)
	w := 1 + u
	k := 1.0
	if v >= 0 {
		k = u
	}
	kk := float64(k * k)
	d := fma64(w, w, kk)
	q := fma64(w+k, d, float64(float64(float64(4*v)*w)*kk)) / float64(d*d)
	if v >= 0 {
		return q
	}
	return float64(q*small) * s
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
func MishGradToF32(dst, x, dy []float32) { slopes32(dst, x, dy, mishSlopeMixed) }

// MishGradToF64 writes dy times the derivative of Mish at x.
func MishGradToF64(dst, x, dy []float64) { slopes64(dst, x, dy, mishSlope64) }
