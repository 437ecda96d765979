package fallback

// Absolute error: |x−y|, its sum, and the sum's gradient with respect to x: the sign of x−y, 0 at a tie.

// AbsoluteErrorToF32 writes |x−y|.
func AbsoluteErrorToF32(dst, x, y []float32) {
	for i := range dst {
		dst[i] = abs32(x[i] - y[i])
	}
}

// AbsoluteErrorToF64 writes |x−y|.
func AbsoluteErrorToF64(dst, x, y []float64) {
	for i := range dst {
		dst[i] = abs64(x[i] - y[i])
	}
}

// AbsoluteErrorF32 sums |x−y| over at most a block, in float32 lanes. Where that leaves the range of float32 use
// AbsoluteErrorMixedF32.
func AbsoluteErrorF32(x, y []float32) float64 {
	var lanes [Lanes32]float32
	for i := range x {
		lanes[i%Lanes32] += abs32(x[i] - y[i])
	}
	return fold(lanes[:], len(x))
}

// AbsoluteErrorF64 sums |x−y| over at most a block.
func AbsoluteErrorF64(x, y []float64) float64 {
	var lanes [Lanes64]float64
	for i := range x {
		lanes[i%Lanes64] += abs64(x[i] - y[i])
	}
	return fold(lanes[:], len(x))
}

// AbsoluteErrorMixedF32 sums |x−y| over at most a block, in float64 lanes.
func AbsoluteErrorMixedF32(x, y []float32) float64 {
	var lanes [WorkLanes32]float64
	for i := range x {
		lanes[i%WorkLanes32] += abs64(float64(x[i]) - float64(y[i]))
	}
	return fold(lanes[:], len(x))
}

// AbsoluteErrorGradF32 writes scale·sign(x−y).
func AbsoluteErrorGradF32(grad, x, y []float32, scale float32) { absoluteErrorGrad(grad, x, y, scale) }

// AbsoluteErrorGradF64 writes scale·sign(x−y).
func AbsoluteErrorGradF64(grad, x, y []float64, scale float64) { absoluteErrorGrad(grad, x, y, scale) }

func absoluteErrorGrad[T float32 | float64](grad, x, y []T, scale T) {
	for i := range grad {
		switch d := x[i] - y[i]; {
		case d > 0:
			grad[i] = scale
		case d < 0:
			grad[i] = -scale
		default: // 0, or NaN
			grad[i] = d
		}
	}
}
