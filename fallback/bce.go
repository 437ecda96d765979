package fallback

// Binary cross-entropy of probabilities p, with torch's clamp of the logarithms, and its gradient with respect to p:
//
//	−(t·max(log p, −100) + (1−t)·max(log(1−p), −100)),  (p−t) / max(p(1−p), BCELeast)
//
// and NaN for p outside [0, 1]. Float32 slices are mixed.

const (
	// BCEClamp is torch's least logarithm.
	BCEClamp = -100
	// BCELeast is torch's least denominator of the gradient, 1e-12 held in float32.
	BCELeast = 0x1.197998p-40
)

// bceOf joins the two logarithms.
func bceOf[A arithmetic](p, t, log, log1m float64) float64 {
	log, log1m = pickMax(BCEClamp, log), pickMax(BCEClamp, log1m)
	first := -float64(t * log)
	y := uncancelled[A](nmuladd[A](1-t, log1m, first), abs64(first)) // they have one sign for t in [0, 1]
	if !(0 <= p && p <= 1) {
		y = nan64
	}
	return y
}

// bceMixed is the element for arguments that are float32. At p = 0 and 1 logMixed and log1pMixed give about −709;
// adding 0 makes +0 of −0, which logMixed would take for another number.
func bceMixed[A arithmetic](p, t float64) float64 {
	return bceOf[A](p, t, logMixed[A](p+0), log1pMixed[A](-p))
}

func bce64(p, t float64) float64 { return bceOf[fused](p, t, log64(p), log1p64(-p)) }

func bceGrad(p, t, scale float64) float64 {
	return float64(scale*(p-t)) / pickMax(BCELeast, float64(p*(1-p)))
}

// BCEToF32 writes the elements.
func BCEToF32(dst, p, t []float32) {
	for i := range dst {
		p, t := float64(p[i]), float64(t[i])
		y, sure := narrow(bceMixed[plain](p, t))
		if !sure {
			y = float32(bceMixed[fused](p, t))
		}
		dst[i] = y
	}
}

// BCEToF64 writes the elements.
func BCEToF64(dst, p, t []float64) {
	for i := range dst {
		dst[i] = bce64(p[i], t[i])
	}
}

// BCEGradF32 writes the gradient, times scale.
func BCEGradF32(grad, p, t []float32, scale float32) {
	for i := range grad {
		grad[i] = float32(bceGrad(float64(p[i]), float64(t[i]), float64(scale)))
	}
}

// BCEGradF64 writes the gradient, times scale.
func BCEGradF64(grad, p, t []float64, scale float64) {
	for i := range grad {
		grad[i] = bceGrad(p[i], t[i], scale)
	}
}
