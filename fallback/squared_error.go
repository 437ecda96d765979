package fallback

// Squared error: (x−y)², its sum Σ (x−y)², and the sum's gradient 2(x−y) by x.
//
// The difference is rounded once, the square is added to its lane by a fused multiply-add.

// SquaredErrorToF32 writes (x−y)².
func SquaredErrorToF32(dst, x, y []float32) { squaredErrorTo(dst, x, y) }

// SquaredErrorToF64 writes (x−y)².
func SquaredErrorToF64(dst, x, y []float64) { squaredErrorTo(dst, x, y) }

func squaredErrorTo[T float32 | float64](dst, x, y []T) {
	for i := range dst {
		d := x[i] - y[i]
		dst[i] = d * d
	}
}

// SquaredErrorF32 sums (x−y)² over at most a block, in float32 lanes. Where that leaves the range of float32 use
// SquaredErrorMixedF32.
func SquaredErrorF32(x, y []float32) float64 {
	var lanes [Lanes32]float32
	for i := range x {
		d, l := float64(x[i]-y[i]), &lanes[i%Lanes32]
		p, c := float64(d*d), float64(*l)
		sum := p + c // fma32, inlined
		if onTie(sum) {
			*l = fma32Tie(p, sum, c)
		} else {
			*l = float32(sum)
		}
	}
	return fold(lanes[:], len(x))
}

// SquaredErrorF64 sums (x−y)² over at most a block.
func SquaredErrorF64(x, y []float64) float64 {
	var lanes [Lanes64]float64
	for i := range x {
		d := x[i] - y[i]
		l := &lanes[i%Lanes64]
		*l = fma64(d, d, *l)
	}
	return fold(lanes[:], len(x))
}

// SquaredErrorMixedF32 sums (x−y)² over at most a block, in float64 lanes.
func SquaredErrorMixedF32(x, y []float32) float64 {
	var lanes [WorkLanes32]float64
	for i := range x {
		d := float64(x[i]) - float64(y[i])
		l := &lanes[i%WorkLanes32]
		*l = fma64(d, d, *l)
	}
	return fold(lanes[:], len(x))
}

// SquaredErrorGradF32 writes scale·2(x−y).
func SquaredErrorGradF32(grad, x, y []float32, scale float32) { squaredErrorGrad(grad, x, y, scale) }

// SquaredErrorGradF64 writes scale·2(x−y).
func SquaredErrorGradF64(grad, x, y []float64, scale float64) { squaredErrorGrad(grad, x, y, scale) }

func squaredErrorGrad[T float32 | float64](grad, x, y []T, scale T) {
	for i := range grad {
		d := x[i] - y[i]
		grad[i] = scale * (d + d)
	}
}
