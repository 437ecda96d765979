package fallback

// log σ(x) = −softplus(−x), and its derivative σ(−x) = 1/(1+exp(x)).

// logSigmoid32 is log σ(x), to 1.90 ULP, as softplus.
func logSigmoid32(x float32) float32 { return -softplus32(-x) }

// logSigmoidSlopeMixed is the derivative of log σ.
func logSigmoidSlopeMixed[A arithmetic](x float32) float64 {
	return 1 / (1 + expMixed[A](float64(pickMin(-SlopeFloor32, pickMax(SlopeFloor32, x)))))
}

// LogSigmoidToF32 writes log σ(x).
func LogSigmoidToF32(dst, x []float32) {
	for i, v := range x {
		dst[i] = logSigmoid32(v)
	}
}

// LogSigmoidToF64 writes log σ(x).
func LogSigmoidToF64(dst, x []float64) {
	for i := range dst {
		dst[i] = -softplus64(-x[i])
	}
}

// LogSigmoidGradToF32 writes dy·σ(−x).
func LogSigmoidGradToF32(dst, x, dy []float32) {
	slopes32(dst, x, dy, logSigmoidSlopeMixed[plain], logSigmoidSlopeMixed[fused])
}

// LogSigmoidGradToF64 writes dy·σ(−x).
func LogSigmoidGradToF64(dst, x, dy []float64) {
	for i := range dst {
		dst[i] = dy[i] * sigmoid64(-x[i])
	}
}
