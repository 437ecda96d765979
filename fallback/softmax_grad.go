package fallback

// The gradients of softmax and log-softmax by their arguments, times scale, from the results y and the gradient dy by
// these:
//
//	y = softmax(x):      dx = y·(dy − Σ dy·y)
//	y = log softmax(x):  dx = dy − exp(y)·Σ dy
//
// The sums over the row come in float64, and so is the rest but for exp(y). Where y is −Inf, x is so or masked: 0.

// SoftmaxGradToF32 writes scale·y·(dy − dot).
func SoftmaxGradToF32(dst, y, dy []float32, scale float32, dot float64) {
	for i := range dst {
		dst[i] = float32(float64(scale) * float64(float64(y[i])*(float64(dy[i])-dot)))
	}
}

// SoftmaxGradToF64 writes scale·y·(dy − dot).
func SoftmaxGradToF64(dst, y, dy []float64, scale, dot float64) {
	for i := range dst {
		dst[i] = scale * float64(y[i]*(dy[i]-dot))
	}
}

// SoftmaxGradRowsToF32 writes scale·y·(dy − Σ dy·y) of rows of FewColumns elements at most.
func SoftmaxGradRowsToF32(dst, y, dy []float32, cols, rows int, scale float32) {
	for range rows {
		SoftmaxGradToF32(dst[:cols], y[:cols], dy[:cols], scale, rowDot(y[:cols], dy[:cols]))
		dst, y, dy = dst[cols:], y[cols:], dy[cols:]
	}
}

// SoftmaxGradRowsToF64 writes scale·y·(dy − Σ dy·y) of rows of FewColumns elements at most.
func SoftmaxGradRowsToF64(dst, y, dy []float64, cols, rows int, scale float64) {
	for range rows {
		SoftmaxGradToF64(dst[:cols], y[:cols], dy[:cols], scale, rowDot(y[:cols], dy[:cols]))
		dst, y, dy = dst[cols:], y[cols:], dy[cols:]
	}
}

// rowDot is Σ x·y over a row of FewColumns elements at most.
func rowDot[T float32 | float64](x, y []T) float64 {
	var lanes rowLanes
	y = y[:len(x)]
	for i, v := range x {
		lanes[i%len(lanes)] = float64(float64(v)*float64(y[i])) + 0
	}
	return lanes.sum(len(x))
}

// LogSoftmaxGradToF32 writes scale·(dy − exp(y)·sum), 0 if y is −Inf. Positive y count as 0.
func LogSoftmaxGradToF32(dst, y, dy []float32, sum, scale float64) {
	for i := range dst {
		v := y[i]
		exp := expNeg32(pickMin(0, v))
		d := float32(scale * fnma64(float64(exp), sum, float64(dy[i])))
		if v == -inf32 {
			d = 0
		}
		dst[i] = d
	}
}

// LogSoftmaxGradToF64 writes scale·(dy − exp(y)·sum), 0 if y is −Inf. Positive y count as 0.
func LogSoftmaxGradToF64(dst, y, dy []float64, sum, scale float64) {
	for i := range dst {
		v := y[i]
		d := scale * fnma64(expNeg64(pickMin(0, v)), sum, dy[i])
		if v == -inf64 {
			d = 0
		}
		dst[i] = d
	}
}
