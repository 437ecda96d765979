package fallback

// Layer normalization of a row x of n elements:
//
//	mean = Σ x / n,  variance = Σ (x−mean)² / n,  x̂ = (x−mean)/√(variance+eps),  y = γ·x̂ + β
//
// The sums are in float64, and so are mean and r = 1/√(variance+eps). What is left is done in the type of the slices:
// x̂ = (x−m)·r + c, where m is mean rounded to that type and c = (m−mean)·r makes up for what was lost.

// SquaresAboutF32 is Σ (x−mean)² over at most a block.
func SquaresAboutF32(x []float32, mean float64) float64 {
	var lanes [Lanes64]float64
	for i, v := range x {
		d := float64(v) - mean
		l := &lanes[i%Lanes64]
		*l = fma64(d, d, *l)
	}
	return fold(lanes[:], len(x))
}

// SquaresAboutF64 is Σ (x−mean)² over at most a block.
func SquaresAboutF64(x []float64, mean float64) float64 {
	var lanes [Lanes64]float64
	for i, v := range x {
		d := v - mean
		l := &lanes[i%Lanes64]
		*l = fma64(d, d, *l)
	}
	return fold(lanes[:], len(x))
}

// NormalizeToF32 writes (x−mean)·r + c.
func NormalizeToF32(dst, x []float32, mean, r, c float32) {
	for i := range dst {
		dst[i] = fma32(x[i]-mean, r, c)
	}
}

// NormalizeToF64 writes (x−mean)·r + c.
func NormalizeToF64(dst, x []float64, mean, r, c float64) {
	for i := range dst {
		dst[i] = fma64(x[i]-mean, r, c)
	}
}

// NormalizeAffineToF32 writes γ·x̂ + β, x̂ = (x−mean)·r + c.
func NormalizeAffineToF32(dst, x, gamma, beta []float32, mean, r, c float32) {
	for i := range dst {
		dst[i] = fma32(fma32(x[i]-mean, r, c), gamma[i], beta[i])
	}
}

// NormalizeAffineToF64 writes γ·x̂ + β, x̂ = (x−mean)·r + c.
func NormalizeAffineToF64(dst, x, gamma, beta []float64, mean, r, c float64) {
	for i := range dst {
		dst[i] = fma64(fma64(x[i]-mean, r, c), gamma[i], beta[i])
	}
}
