package fallback

// The two halves of logsumexp, softmax and cross-entropy: with m the largest element,
//
//	s = (number of elements equal to m) − 1 + Σ exp(x−m) over the others
//	logsumexp = m + log1p(s),  cross-entropy = (m − x_y) + log1p(s),  softmax = exp(x−m)/(1+s)
//
// Leaving one m out of the sum keeps the loss of a confident classifier: log(1 + 1e-17) would be 0.

// expBelow32 is exp(x−m) for x ≤ m, and reports whether x is m; NaN and false if both are infinite.
//
// The rounding error of a difference of −40 alone is 2e-6 in float32, and exp would show it: the error is found exactly
// (Knuth's TwoSum) and handed on.
func expBelow32(x, m float32) (exp float32, isMax bool) {
	d := x - m
	part := d - x
	lost := (x - (d - part)) - (m + part) // x − m = d + lost exactly; NaN for x = -Inf
	exp = expNegHL32(d, lost)
	if d <= ExpFloor32 {
		exp = 0
	}
	return exp, d == 0
}

// expBelow64 is exp(x−m) for x ≤ m, and reports whether x is m; NaN and false if both are infinite.
func expBelow64(x, m float64) (exp float64, isMax bool) {
	d := x - m
	part := d - x
	lost := (x - (d - part)) - (m + part)
	exp = expNegHL64(d, lost)
	if d <= ExpFloor64 {
		exp = 0
	}
	return exp, d == 0
}

// ExpSumF32 returns the number of elements equal to m and Σ exp(x−m) over the others; none may be larger. The lanes are
// float32, and stay so when they are folded.
func ExpSumF32(x []float32, m float32) (count, sum float64) { return ExpSumToF32(nil, x, m) }

// ExpSumF64 returns the number of elements equal to m and Σ exp(x−m) over the others; none may be larger.
func ExpSumF64(x []float64, m float64) (count, sum float64) { return ExpSumToF64(nil, x, m) }

// ExpSumToF32 is ExpSumF32 that also writes exp(x−m), unless dst is nil.
func ExpSumToF32(dst, x []float32, m float32) (count, sum float64) {
	var sums [WorkLanes32]float32
	for i, v := range x {
		e, isMax := expBelow32(v, m)
		if dst != nil {
			dst[i] = e
		}
		if isMax {
			count++
		} else {
			sums[i%WorkLanes32] += e
		}
	}
	return count, foldShort(sums[:])
}

// ExpSumToF64 is ExpSumF64 that also writes exp(x−m), unless dst is nil.
func ExpSumToF64(dst, x []float64, m float64) (count, sum float64) {
	var sums [WorkLanes64]float64
	for i, v := range x {
		e, isMax := expBelow64(v, m)
		if dst != nil {
			dst[i] = e
		}
		if isMax {
			count++
		} else {
			sums[i%WorkLanes64] += e
		}
	}
	return count, foldShort(sums[:])
}

// AddLog1pToF64 writes d + log1p(s) for s ≥ 0.
func AddLog1pToF64(dst, d, s []float64) {
	for i := range dst {
		dst[i] = d[i] + log1p64(s[i])
	}
}

// AddLog1pMixedToF64 writes d + log1p(s) for s ≥ 0 as precisely as float32 data deserve.
func AddLog1pMixedToF64(dst, d, s []float64) {
	for i := range dst {
		dst[i] = d[i] + log1pMixed[fused](s[i])
	}
}

// CrossEntropyToF64 writes (m − at) + log1p(s).
func CrossEntropyToF64(dst, m, at, s []float64) {
	for i := range dst {
		dst[i] = (m[i] - at[i]) + log1p64(s[i])
	}
}

// CrossEntropyMixedToF64 writes (m − at) + log1p(s) as precisely as float32 data deserve.
func CrossEntropyMixedToF64(dst, m, at, s []float64) {
	for i := range dst {
		dst[i] = (m[i] - at[i]) + log1pMixed[fused](s[i])
	}
}

// What is done with one row of 1 to FewColumns elements. The order of the sums is ExpSumTo's, in which each lane holds
// one element of such a row, or none.

// LogSumExpRowF32 returns m and log1p(s).
func LogSumExpRowF32(x []float32) (m, l float64) {
	m, s := rowSums32(nil, x)
	return m, log1pMixed[fused](s)
}

// LogSumExpRowF64 returns m and log1p(s).
func LogSumExpRowF64(x []float64) (m, l float64) {
	m, s := rowSums64(nil, x)
	return m, log1p64(s)
}

// SoftmaxRowF32 writes exp(x−m)/(1+s), where 1/(1+s) is rounded to float32.
func SoftmaxRowF32(dst, x []float32) {
	_, s := rowSums32(dst, x)
	scaleTo(dst, dst, float32(1/(1+s)))
}

// SoftmaxRowF64 writes exp(x−m)·(1/(1+s)).
func SoftmaxRowF64(dst, x []float64) {
	_, s := rowSums64(dst, x)
	scaleTo(dst, dst, 1/(1+s))
}

// LogSoftmaxRowF32 writes (x−m) − log1p(s), where log1p(s) is rounded to float32.
func LogSoftmaxRowF32(dst, x []float32) {
	m, s := rowSums32(nil, x)
	shiftTo(dst, x, float32(m), float32(log1pMixed[fused](s)))
}

// LogSoftmaxRowF64 writes (x−m) − log1p(s).
func LogSoftmaxRowF64(dst, x []float64) {
	m, s := rowSums64(nil, x)
	shiftTo(dst, x, m, log1p64(s))
}

// SoftmaxGradRowF32 writes exp(x−m)·(scale·p), where p = 1/(1+s) is the probability of a largest element and the factor
// is rounded to float32, and returns m, log1p(s) and p.
func SoftmaxGradRowF32(dst, x []float32, scale float32) (m, l, p float64) {
	m, s := rowSums32(dst, x)
	p = 1 / (1 + s)
	scaleTo(dst, dst, float32(float64(scale)*p))
	return m, log1pMixed[fused](s), p
}

// SoftmaxGradRowF64 writes exp(x−m)·(scale·p), where p = 1/(1+s) is the probability of a largest element, and returns
// m, log1p(s) and p.
func SoftmaxGradRowF64(dst, x []float64, scale float64) (m, l, p float64) {
	m, s := rowSums64(dst, x)
	p = 1 / (1 + s)
	scaleTo(dst, dst, scale*p)
	return m, log1p64(s), p
}

func rowSums32(exps, x []float32) (m, s float64) {
	m = MaxF32(x)
	count, sum := ExpSumToF32(exps, x, float32(m))
	return m, (count - 1) + sum
}

func rowSums64(exps, x []float64) (m, s float64) {
	m = MaxF64(x)
	count, sum := ExpSumToF64(exps, x, m)
	return m, (count - 1) + sum
}
