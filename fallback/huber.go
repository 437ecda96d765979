package fallback

// Huber's loss of d = x−y: ½d² where |d| ≤ δ, and the line δ(|d| − ½δ) that goes on from there. Both are
//
//	m·(|d| − ½m),  m = min(|d|, δ)
//
// for |d| − ½|d| is exact. The gradient with respect to x is d, held within ±δ.

// A δ that is NaN counts as +Inf. The smaller and the larger of two numbers are min and max here, which take no branch: δ is
// a number then, so that NaN comes from d.

// huberFactors returns m and |d| − ½m; NaN stays in both.
func huberFactors[T float32 | float64](d, delta T) (m, rest T) {
	z := max(d, -d)
	m = min(delta, z)
	return m, z - T(0.5*m)
}

// huberDelta is δ, +Inf for NaN.
func huberDelta[T float32 | float64](delta T) T {
	if delta != delta {
		return T(inf64)
	}
	return delta
}

// HuberToF32 writes the elements.
func HuberToF32(dst, x, y []float32, delta float32) { huberTo(dst, x, y, huberDelta(delta)) }

// HuberToF64 writes the elements.
func HuberToF64(dst, x, y []float64, delta float64) { huberTo(dst, x, y, huberDelta(delta)) }

func huberTo[T float32 | float64](dst, x, y []T, delta T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		m, rest := huberFactors(x[i]-y[i], delta)
		dst[i] = m * rest
	}
}

// HuberF32 sums the elements of at most a block, in float32 lanes. Where that leaves the range of float32 use
// HuberMixedF32.
func HuberF32(x, y []float32, delta float32) float64 {
	var lanes [Lanes32]float32
	delta = huberDelta(delta)
	y = y[:len(x)]
	for i, v := range x {
		m, rest := huberFactors(v-y[i], delta)
		l := &lanes[i%Lanes32]
		p, c := float64(float64(m)*float64(rest)), float64(*l)
		sum := p + c // fma32, inlined
		if onTie(sum) {
			*l = fma32Tie(p, sum, c)
		} else {
			*l = float32(sum)
		}
	}
	return fold(lanes[:], len(x))
}

// HuberF64 sums the elements of at most a block.
func HuberF64(x, y []float64, delta float64) float64 {
	var lanes [Lanes64]float64
	delta = huberDelta(delta)
	for i := range x {
		m, rest := huberFactors(x[i]-y[i], delta)
		l := &lanes[i%Lanes64]
		*l = fma64(m, rest, *l)
	}
	return fold(lanes[:], len(x))
}

// HuberMixedF32 sums the elements of at most a block, in float64 lanes.
func HuberMixedF32(x, y []float32, delta float32) float64 {
	var lanes [WorkLanes32]float64
	for i := range x {
		m, rest := huberFactors(float64(x[i])-float64(y[i]), huberDelta(float64(delta)))
		l := &lanes[i%WorkLanes32]
		*l = fma64(m, rest, *l)
	}
	return fold(lanes[:], len(x))
}

// HuberGradF32 writes the gradient, times scale.
func HuberGradF32(grad, x, y []float32, delta, scale float32) { huberGrad(grad, x, y, delta, scale) }

// HuberGradF64 writes the gradient, times scale.
func HuberGradF64(grad, x, y []float64, delta, scale float64) { huberGrad(grad, x, y, delta, scale) }

func huberGrad[T float32 | float64](grad, x, y []T, delta, scale T) {
	delta = huberDelta(delta)
	x, y = x[:len(grad)], y[:len(grad)]
	for i := range grad {
		grad[i] = scale * max(-delta, min(delta, x[i]-y[i]))
	}
}
