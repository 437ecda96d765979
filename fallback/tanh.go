package fallback

// tanh(|x|) = H/(1+H), H = ½(exp(2|x|) − 1), and its derivative 1 − tanh² = e/(½+½e)², e = exp(−2|x|), which keeps its
// digits where tanh is nearly 1.
//
// With H in two parts, tanh is q = H/D, D being 1+H rounded, and a correction: what is left of H − q·(1+H), divided by D.
// In float32 that takes fewer operations than mixed arithmetic.

const (
	TanhTop32    = 10      // tanh of it rounds to 1
	TanhTop64    = 20      // the same
	TanhTiny32   = 0x1p-12 // tanh(x) is x up to here
	TanhTiny64   = 0x1p-27 // tanh(x) is x up to here
	TanhFloor32  = -100    // see SlopeFloor32
	SlopeFloor32 = -200    // exp of it times any float32 rounds to 0
)

// tanh32 is tanh(x), to 0.8 ULP.
func tanh32(x float32) float32 {
	a := pickMin(TanhTop32, abs32(x))
	half, rest := expm1HalfHL32(a + a)
	d := 1 + half
	part := d - half
	lost := ((half - (d - part)) + (1 - part)) + rest // 1 + H = d + lost
	quotient := (float64(half) + float64(rest)) / (float64(d) + float64(lost))
	y := float32(quotient)
	if nearTie32(quotient) {
		y = tanhQuotient32(half, rest, d, lost)
	}
	if a < TanhTiny32 { // subnormals, which cannot be halved, too
		return x
	}
	return signOf32(y, x)
}

// tanhQuotient32 is (half+rest)/(d+lost), as defined.
//
//go:noinline
func tanhQuotient32(half, rest, d, lost float32) float32 {
	inverse := 1 / d
	q := float32(half * inverse)
	return fma32(inverse, fnma32(q, lost, fnma32(q, d, half)+rest), q)
}

// tanhSlopeMixed is the derivative of tanh.
func tanhSlopeMixed[A arithmetic](x float32) float64 {
	c := pickMax(TanhFloor32, -abs32(x))
	return tanhSlopeOf[A](expMixed[A](float64(c + c)))
}

// tanh64 is tanh(x).
func tanh64(x float64) float64 {
	a := pickMin(TanhTop64, abs64(x))
	half, rest := expm1HalfHL64(a + a)
	d := 1 + half
	part := d - half
	lost := ((half - (d - part)) + (1 - part)) + rest // 1 + H = d + lost
	inverse := 1 / d
	q := float64(half * inverse)
	y := fma64(inverse, fnma64(q, lost, fnma64(q, d, half)+rest), q)
	if a < TanhTiny64 { // subnormals, which cannot be halved, too
		return x
	}
	return signOf64(y, x)
}

// tanhSlope64 is the derivative of tanh.
func tanhSlope64(x float64) float64 {
	c := -abs64(x)
	return tanhSlopeOf[fused](expNeg64(c + c))
}

// tanhSlopeOf is e/(¼ + ½e + ¼e²).
func tanhSlopeOf[A arithmetic](e float64) float64 {
	return e / muladd[A](e, muladd[A](0.25, e, 0.5), 0.25)
}

// TanhToF32 writes tanh(x).
func TanhToF32(dst, x []float32) {
	for i, v := range x {
		dst[i] = tanh32(v)
	}
}

// TanhToF64 writes tanh(x).
func TanhToF64(dst, x []float64) {
	for i := range dst {
		dst[i] = tanh64(x[i])
	}
}

// TanhGradToF32 writes dy times the derivative of tanh at x.
func TanhGradToF32(dst, x, dy []float32) {
	slopes32(dst, x, dy, tanhSlopeMixed[plain], tanhSlopeMixed[fused])
}

// TanhGradToF64 writes dy times the derivative of tanh at x.
func TanhGradToF64(dst, x, dy []float64) { slopes64(dst, x, dy, tanhSlope64) }
