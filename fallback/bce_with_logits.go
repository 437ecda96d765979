package fallback

// Binary cross-entropy of logits x with targets t and weights q of the positive class, and its gradient with respect to
// x:
//
//	q·t·softplus(−x) + (1−t)·softplus(x),  (1−t)·σ(x) − q·t·σ(−x)
//
// With l = log1p(u), u = exp(−|x|), softplus(±x) is max(±x, 0) + l, so the first is
//
//	f·x + (q·t + (1−t))·l,  f = 1−t for x ≥ 0, −q·t below
//
// where f = 0 makes 0 of an infinite x too. σ(x) and σ(−x) are 1/(1+u) and u/(1+u).

func bceWithLogitsGrad32(x, t, q, scale float32) float32 {
	u := expNeg32(-abs32(x))
	big := 1 / (1 + u)
	small := float32(u * big)
	plus, minus := small, big
	if 0 <= x {
		plus, minus = big, small
	}
	return float32(scale * fnma32(float32(q*t), minus, float32((1-t)*plus)))
}

func bceWithLogitsGrad64(x, t, q, scale float64) float64 {
	u := expNeg64(-abs64(x))
	big := 1 / (1 + u)
	small := float64(u * big)
	plus, minus := small, big
	if 0 <= x {
		plus, minus = big, small
	}
	return float64(scale * fnma64(float64(q*t), minus, float64((1-t)*plus)))
}

// Sums, which are done again by elements if they are not finite, take max(x, 0) − t·x for f·x: the same with fewer
// operations, but NaN for most infinite x.

func finiteLogit32(x, t float32) float32 {
	return fnma32(x, t, pickMax(0, x)) + log1pUnit32(expNeg32(-abs32(x)))
}

func finiteLogit64(x, t float64) float64 {
	return fnma64(x, t, pickMax(0, x)) + log1pUnit64(expNeg64(-abs64(x)))
}

// product is f·x, or 0 if f is.
func product[T float32 | float64](f, x T) T {
	if f == 0 {
		return 0
	}
	return f * x
}

func bceWithLogits32(x, t float32) float32 {
	f := -t
	if 0 <= x {
		f = 1 - t
	}
	return float32(product(f, x)) + log1pUnit32(expNeg32(-abs32(x)))
}

func bceWithLogits64(x, t float64) float64 {
	f := -t
	if 0 <= x {
		f = 1 - t
	}
	return float64(product(f, x)) + log1pUnit64(expNeg64(-abs64(x)))
}

func bceWithLogitsWeighted32(x, t, q float32) float32 {
	positive, negative := float32(q*t), 1-t
	f := -positive
	if 0 <= x {
		f = negative
	}
	l := log1pUnit32(expNeg32(-abs32(x)))
	return float32(product(f, x)) + float32((positive+negative)*l)
}

func bceWithLogitsWeighted64(x, t, q float64) float64 {
	positive, negative := float64(q*t), 1-t
	f := -positive
	if 0 <= x {
		f = negative
	}
	l := log1pUnit64(expNeg64(-abs64(x)))
	return float64(product(f, x)) + float64((positive+negative)*l)
}

// BCEWithLogitsToF32 writes the elements for q = 1.
func BCEWithLogitsToF32(dst, x, t []float32) {
	for i := range dst {
		dst[i] = bceWithLogits32(x[i], t[i])
	}
}

// BCEWithLogitsToF64 writes the elements for q = 1.
func BCEWithLogitsToF64(dst, x, t []float64) {
	for i := range dst {
		dst[i] = bceWithLogits64(x[i], t[i])
	}
}

// BCEWithLogitsF32 sums the elements of at most a block for q = 1, in float32 lanes: not finite where that overflows,
// or an x is infinite.
func BCEWithLogitsF32(x, t []float32) float64 {
	var lanes [LogitLanes32]float32
	for i := range x {
		lanes[i%LogitLanes32] += finiteLogit32(x[i], t[i])
	}
	return fold(lanes[:], len(x))
}

// BCEWithLogitsF64 sums the elements of at most a block for q = 1: not finite where an x is infinite.
func BCEWithLogitsF64(x, t []float64) float64 {
	var lanes [WorkLanes64]float64
	for i := range x {
		lanes[i%WorkLanes64] += finiteLogit64(x[i], t[i])
	}
	return fold(lanes[:], len(x))
}

// BCEWithLogitsGradF32 writes the gradient for q = 1, times scale.
func BCEWithLogitsGradF32(grad, x, t []float32, scale float32) {
	for i := range grad {
		grad[i] = bceWithLogitsGrad32(x[i], t[i], 1, scale)
	}
}

// BCEWithLogitsGradF64 writes the gradient for q = 1, times scale.
func BCEWithLogitsGradF64(grad, x, t []float64, scale float64) {
	for i := range grad {
		grad[i] = bceWithLogitsGrad64(x[i], t[i], 1, scale)
	}
}

// BCEWithLogitsWeightedToF32 writes the elements.
func BCEWithLogitsWeightedToF32(dst, x, t, q []float32) {
	for i := range dst {
		dst[i] = bceWithLogitsWeighted32(x[i], t[i], q[i])
	}
}

// BCEWithLogitsWeightedToF64 writes the elements.
func BCEWithLogitsWeightedToF64(dst, x, t, q []float64) {
	for i := range dst {
		dst[i] = bceWithLogitsWeighted64(x[i], t[i], q[i])
	}
}

// BCEWithLogitsWeightedGradF32 writes the gradient, times scale.
func BCEWithLogitsWeightedGradF32(grad, x, t, q []float32, scale float32) {
	for i := range grad {
		grad[i] = bceWithLogitsGrad32(x[i], t[i], q[i], scale)
	}
}

// BCEWithLogitsWeightedGradF64 writes the gradient, times scale.
func BCEWithLogitsWeightedGradF64(grad, x, t, q []float64, scale float64) {
	for i := range grad {
		grad[i] = bceWithLogitsGrad64(x[i], t[i], q[i], scale)
	}
}
