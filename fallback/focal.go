package fallback

// The focal loss a^γ·ce of a cross-entropy ce ≥ 0, a = 1−exp(−ce), and its derivative with respect to ce
//
//	a^γ·(1 + γ·ce·exp(−ce)/a)
//
// a is −expm1(−ce), so nothing cancels for a confident prediction. The quotient goes to 1 at 0, and to 0 at Inf. For γ of 0,
// 1, 2 and 3 the power is a product.

// FocalFloor is less than any −ce of which the exponential counts beside 1.
const FocalFloor = -104

func focalFactor(a, gamma float64) float64 {
	factor := func(i float64) float64 {
		if i <= gamma {
			return a
		}
		return 1
	}
	return float64(float64(factor(1)*factor(2)) * factor(3))
}

func focalSlope(ce, a, f, gamma float64) float64 {
	right := 1 - a
	quotient := float64(ce*right) / a
	if right == 0 {
		quotient = 0
	}
	if a == 0 {
		quotient = 1
	}
	return float64(f * (1 + float64(gamma*quotient)))
}

// wrong64 is 1 − exp(−ce).
func wrong64(ce float64) float64 { return 0 - expm1_64(-ce) }

// wrongMixed is 1 − exp(−ce) as precisely as float32 data deserve.
func wrongMixed(ce float64) float64 { return 0 - expm1Mixed[fused](pickMax(FocalFloor, -ce)) }

// FocalFactorToF64 writes a^gamma for gamma 0, 1, 2 or 3.
func FocalFactorToF64(dst, ce []float64, gamma float64) {
	for i, v := range ce {
		dst[i] = focalFactor(wrong64(v), gamma)
	}
}

// FocalFactorMixedToF64 writes a^gamma for gamma 0, 1, 2 or 3 as precisely as float32 data deserve.
func FocalFactorMixedToF64(dst, ce []float64, gamma float64) {
	for i, v := range ce {
		dst[i] = focalFactor(wrongMixed(v), gamma)
	}
}

// FocalSlopeToF64 writes the derivative, f being a^gamma.
func FocalSlopeToF64(dst, ce, f []float64, gamma float64) {
	for i, v := range ce {
		dst[i] = focalSlope(v, wrong64(v), f[i], gamma)
	}
}

// FocalSlopeMixedToF64 writes the derivative, f being a^gamma, as precisely as float32 data deserve.
func FocalSlopeMixedToF64(dst, ce, f []float64, gamma float64) {
	for i, v := range ce {
		dst[i] = focalSlope(v, wrongMixed(v), f[i], gamma)
	}
}
