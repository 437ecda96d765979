package fallback

// The binary focal loss of logits x with targets t, w^γ·bce, and its derivative with respect to x,
//
//	w^γ·(bce' + γ·bce·w'/w),  w = t·σ(−x) + (1−t)·σ(x),  w' = (1−2t)·σ(x)·σ(−x)
//
// where bce is what bce_with_logits.go has, and bce' = (1−t)·σ(x) − t·σ(−x). With u = exp(−|x|), σ(x) and σ(−x) are
// 1/(1+u) and u/(1+u): neither w nor 1−w loses a digit. The quotient is 0 where w or w' is.
//
// Float32 slices are computed as float64, and rounded: w^γ would show γ times the errors of float32.

// logisticMixed is 1/(1+u) and u/(1+u).
func logisticMixed(x float64) (big, small float64) {
	a := -abs64(x)
	u := expMixed[fused](pickMax(FocalFloor, a))
	if a <= FocalFloor {
		u = 0
	}
	big = 1 / (1 + u)
	return big, float64(u * big)
}

func logistic64(x float64) (big, small float64) {
	u := expNeg64(-abs64(x))
	big = 1 / (1 + u)
	return big, float64(u * big)
}

// sides are σ(x) and σ(−x).
func sides(x, big, small float64) (plus, minus float64) {
	if 0 <= x {
		return big, small
	}
	return small, big
}

func wrongOf(x, t, big, small float64) float64 {
	plus, minus := sides(x, big, small)
	return fma64(t, minus, float64((1-t)*plus))
}

func binaryWrongMixed(x, t float64) float64 {
	big, small := logisticMixed(x)
	return wrongOf(x, t, big, small)
}

func binaryFocalGrad(x, t, f, bce, gamma, scale, big, small float64) float64 {
	plus, minus := sides(x, big, small)
	up := float64((1 - t) * plus)
	outer, w := fnma64(t, minus, up), fma64(t, minus, up)
	ratio := float64(fnma64(2, t, 1)*float64(big*small)) / w
	inner := 0.0
	if w != 0 && ratio != 0 {
		inner = float64(float64(gamma*bce) * ratio)
	}
	return float64(scale * float64(f*(outer+inner)))
}

func balance(f, t, alpha float64) float64 {
	return float64(f * fma64(t, alpha, float64((1-t)*(1-alpha))))
}

// BinaryFocalFactorToF32 writes w^gamma for gamma 0, 1, 2 or 3.
func BinaryFocalFactorToF32(dst, x, t []float32, gamma float32) {
	for i := range dst {
		dst[i] = float32(focalFactor(binaryWrongMixed(float64(x[i]), float64(t[i])), float64(gamma)))
	}
}

// BinaryFocalFactorToF64 writes w^gamma for gamma 0, 1, 2 or 3.
func BinaryFocalFactorToF64(dst, x, t []float64, gamma float64) {
	for i := range dst {
		big, small := logistic64(x[i])
		dst[i] = focalFactor(wrongOf(x[i], t[i], big, small), gamma)
	}
}

// BinaryFocalPowToF32 writes w^(p+low).
func BinaryFocalPowToF32(dst, x, t []float32, p, low float32) {
	for i := range dst {
		e := (float64(p) + float64(low)) * logMixed[fused](binaryWrongMixed(float64(x[i]), float64(t[i])))
		dst[i] = float32(expMixed[fused](pickMin(0, pickMax(FocalFloor, e))))
	}
}

// BinaryFocalGradToF32 writes scale times the derivative, f being w^gamma.
func BinaryFocalGradToF32(dst, x, t, f, bce []float32, gamma, scale float32) {
	for i := range dst {
		big, small := logisticMixed(float64(x[i]))
		dst[i] = float32(binaryFocalGrad(
			float64(x[i]), float64(t[i]), float64(f[i]), float64(bce[i]), float64(gamma), float64(scale), big, small))
	}
}

// BinaryFocalGradToF64 writes scale times the derivative, f being w^gamma.
func BinaryFocalGradToF64(dst, x, t, f, bce []float64, gamma, scale float64) {
	for i := range dst {
		big, small := logistic64(x[i])
		dst[i] = binaryFocalGrad(x[i], t[i], f[i], bce[i], gamma, scale, big, small)
	}
}

// BinaryFocalBalanceToF32 writes f·(t·alpha + (1−t)·(1−alpha)).
func BinaryFocalBalanceToF32(dst, f, t, alpha []float32) {
	for i := range dst {
		dst[i] = float32(balance(float64(f[i]), float64(t[i]), float64(alpha[i])))
	}
}

// BinaryFocalBalanceToF64 writes f·(t·alpha + (1−t)·(1−alpha)).
func BinaryFocalBalanceToF64(dst, f, t, alpha []float64) {
	for i := range dst {
		dst[i] = balance(f[i], t[i], alpha[i])
	}
}
