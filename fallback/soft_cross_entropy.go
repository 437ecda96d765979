package fallback

// What cross-entropy takes besides the sums of exponentials (log_sum_exp.go) if a row has a target q for each class:
//
//	Σ q·(−log softmax(x)) = Σ q·(m−x) + Σ q · log1p(s)
//
// where no term is negative, so that nothing cancels. The gradient is Σ q · softmax(x) − q.
//
// The differences are those of T, to half an ULP each; they are multiplied and added up in float64. A target of 0 leaves
// its class out, whatever the logit: 0·log 0 = 0. A weight of 0 does not where all classes have a target: 0·Inf is NaN.

// softSums are the lanes of Σ q·(m−x) and Σ q; d is m−x, i the place in the block.
type softSums struct {
	gaps, masses [min(WorkLanes32, WorkLanes64)]float64
}

// add leaves out a target of 0.
func (s *softSums) add(i int, q, d float64) {
	if q == 0 {
		d = 0
	}
	s.addEven(i, q, d)
}

func (s *softSums) addEven(i int, q, d float64) {
	l := i % len(s.gaps)
	s.gaps[l] = fma64(q, d, s.gaps[l])
	s.masses[l] += q
}

func (s *softSums) fold() (gap, mass float64) { return foldShort(s.gaps[:]), foldShort(s.masses[:]) }

// EvenSumF32 returns Σ (m−x).
func EvenSumF32(x []float32, m float32) (gap float64) {
	var gaps [WorkLanes32]float64
	for i, v := range x {
		gaps[i%WorkLanes32] += float64(m - v)
	}
	return foldShort(gaps[:])
}

// EvenSumF64 returns Σ (m−x).
func EvenSumF64(x []float64, m float64) (gap float64) {
	var gaps [WorkLanes64]float64
	for i, v := range x {
		gaps[i%WorkLanes64] += m - v
	}
	return foldShort(gaps[:])
}

// EvenWeightedSumF32 returns Σ w·(m−x) and Σ w.
func EvenWeightedSumF32(x, w []float32, m float32) (gap, mass float64) {
	var s softSums
	for i, v := range x {
		s.addEven(i, float64(w[i]), float64(m-v))
	}
	return s.fold()
}

// EvenWeightedSumF64 returns Σ w·(m−x) and Σ w.
func EvenWeightedSumF64(x, w []float64, m float64) (gap, mass float64) {
	var s softSums
	for i, v := range x {
		s.addEven(i, w[i], m-v)
	}
	return s.fold()
}

// SoftSumF32 returns Σ q·(m−x) and Σ q.
func SoftSumF32(x, q []float32, m float32) (gap, mass float64) {
	var s softSums
	for i, v := range x {
		s.add(i, float64(q[i]), float64(m-v))
	}
	return s.fold()
}

// SoftSumF64 returns Σ q·(m−x) and Σ q.
func SoftSumF64(x, q []float64, m float64) (gap, mass float64) {
	var s softSums
	for i, v := range x {
		s.add(i, q[i], m-v)
	}
	return s.fold()
}

// SoftWeightedSumF32 is SoftSumF32 of q·w, which is rounded.
func SoftWeightedSumF32(x, q, w []float32, m float32) (gap, mass float64) {
	var s softSums
	for i, v := range x {
		s.add(i, float64(float32(q[i]*w[i])), float64(m-v))
	}
	return s.fold()
}

// SoftWeightedSumF64 is SoftSumF64 of q·w, which is rounded.
func SoftWeightedSumF64(x, q, w []float64, m float64) (gap, mass float64) {
	var s softSums
	for i, v := range x {
		s.add(i, float64(q[i]*w[i]), m-v)
	}
	return s.fold()
}

// EvenGradToF32 writes k·e − c.
func EvenGradToF32(dst, e []float32, k, c float32) {
	for i, v := range e {
		dst[i] = float32(k*v) - c
	}
}

// EvenGradToF64 writes k·e − c.
func EvenGradToF64(dst, e []float64, k, c float64) {
	for i, v := range e {
		dst[i] = float64(k*v) - c
	}
}

// SoftGradToF32 writes k·e − c·q.
func SoftGradToF32(dst, e, q []float32, k, c float32) {
	for i := range dst {
		dst[i] = fnma32(c, q[i], float32(k*e[i]))
	}
}

// SoftGradToF64 writes k·e − c·q.
func SoftGradToF64(dst, e, q []float64, k, c float64) {
	for i := range dst {
		dst[i] = fnma64(c, q[i], float64(k*e[i]))
	}
}

// SoftWeightedGradToF32 writes k·e − c·q·w.
func SoftWeightedGradToF32(dst, e, q, w []float32, k, c float32) {
	for i := range dst {
		dst[i] = fnma32(c, float32(q[i]*w[i]), float32(k*e[i]))
	}
}

// SoftWeightedGradToF64 writes k·e − c·q·w.
func SoftWeightedGradToF64(dst, e, q, w []float64, k, c float64) {
	for i := range dst {
		dst[i] = fnma64(c, float64(q[i]*w[i]), float64(k*e[i]))
	}
}
