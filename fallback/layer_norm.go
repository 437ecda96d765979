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

// The gradients, where g = dy·γ, or dy if there is no γ, are made in float64:
//
//	dx = r·((g − a) − x̂·b),  a = Σ g / n,  b = Σ g·x̂ / n,  and over all rows  dγ = Σ dy·x̂,  dβ = Σ dy

// NormalizeGradSumF32 is Σ g·x̂ over at most a block, g = dy.
func NormalizeGradSumF32(x, dy []float32, mean, r float64) float64 {
	var lanes [WorkLanes32]float64
	for i, v := range x {
		g := float64(dy[i])
		l := &lanes[i%WorkLanes32]
		*l = fma64(g, float64((float64(v)-mean)*r), *l)
	}
	return fold(lanes[:], len(x))
}

// NormalizeGradToF32 writes r·((g − a) − x̂·b), g = dy.
func NormalizeGradToF32(dst, x, dy []float32, mean, r, a, b float64) {
	for i := range dst {
		g := float64(dy[i])
		dst[i] = float32(r * fnma64(float64((float64(x[i])-mean)*r), b, g-a))
	}
}

// NormalizeAffineGradSumF32 is Σ g·x̂ over at most a block, g = dy·γ.
func NormalizeAffineGradSumF32(x, dy, gamma []float32, mean, r float64) float64 {
	var lanes [WorkLanes32]float64
	for i, v := range x {
		g := float64(float64(dy[i]) * float64(gamma[i]))
		l := &lanes[i%WorkLanes32]
		*l = fma64(g, float64((float64(v)-mean)*r), *l)
	}
	return fold(lanes[:], len(x))
}

// NormalizeAffineGradToF32 writes r·((g − a) − x̂·b), g = dy·γ.
func NormalizeAffineGradToF32(dst, x, dy, gamma []float32, mean, r, a, b float64) {
	for i := range dst {
		g := float64(float64(dy[i]) * float64(gamma[i]))
		dst[i] = float32(r * fnma64(float64((float64(x[i])-mean)*r), b, g-a))
	}
}

// NormalizeGradTotalsF32 adds dy·x̂, rounded once, to dgamma, and dy to dbeta.
func NormalizeGradTotalsF32(x, dy []float32, dgamma, dbeta []float64, mean, r float64) {
	for i, v := range x {
		d := float64(dy[i])
		dgamma[i] = fma64(d, float64((float64(v)-mean)*r), dgamma[i])
		dbeta[i] += d
	}
}

// NormalizeGradSumF64 is Σ g·x̂ over at most a block, g = dy.
func NormalizeGradSumF64(x, dy []float64, mean, r float64) float64 {
	var lanes [WorkLanes64]float64
	for i, v := range x {
		g := dy[i]
		l := &lanes[i%WorkLanes64]
		*l = fma64(g, float64((v-mean)*r), *l)
	}
	return fold(lanes[:], len(x))
}

// NormalizeGradToF64 writes r·((g − a) − x̂·b), g = dy.
func NormalizeGradToF64(dst, x, dy []float64, mean, r, a, b float64) {
	for i := range dst {
		g := dy[i]
		dst[i] = r * fnma64(float64((x[i]-mean)*r), b, g-a)
	}
}

// NormalizeAffineGradSumF64 is Σ g·x̂ over at most a block, g = dy·γ.
func NormalizeAffineGradSumF64(x, dy, gamma []float64, mean, r float64) float64 {
	var lanes [WorkLanes64]float64
	for i, v := range x {
		g := float64(dy[i] * gamma[i])
		l := &lanes[i%WorkLanes64]
		*l = fma64(g, float64((v-mean)*r), *l)
	}
	return fold(lanes[:], len(x))
}

// NormalizeAffineGradToF64 writes r·((g − a) − x̂·b), g = dy·γ.
func NormalizeAffineGradToF64(dst, x, dy, gamma []float64, mean, r, a, b float64) {
	for i := range dst {
		g := float64(dy[i] * gamma[i])
		dst[i] = r * fnma64(float64((x[i]-mean)*r), b, g-a)
	}
}

// NormalizeGradTotalsF64 adds dy·x̂, rounded once, to dgamma, and dy to dbeta.
func NormalizeGradTotalsF64(x, dy []float64, dgamma, dbeta []float64, mean, r float64) {
	for i, v := range x {
		d := dy[i]
		dgamma[i] = fma64(d, float64((v-mean)*r), dgamma[i])
		dbeta[i] += d
	}
}
