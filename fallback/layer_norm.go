package fallback

import "math"

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
	x, gamma, beta = x[:len(dst)], gamma[:len(dst)], beta[:len(dst)]
	factor, shift := float64(r), float64(c)
	for i, v := range x {
		p, d := float64(float64(v-mean)*factor), float64(beta[i])
		normal := p + shift // fma32, inlined here and below
		if onTie(normal) {
			normal = float64(fma32Tie(p, normal, shift))
		}
		p = float64(rounded(normal) * float64(gamma[i]))
		y := p + d
		if onTie(y) {
			y = float64(fma32Tie(p, y, d))
		}
		dst[i] = float32(y)
	}
}

// NormalizeAffineToF64 writes γ·x̂ + β, x̂ = (x−mean)·r + c.
func NormalizeAffineToF64(dst, x, gamma, beta []float64, mean, r, c float64) {
	for i := range dst {
		dst[i] = fma64(fma64(x[i]-mean, r, c), gamma[i], beta[i])
	}
}

// LayerNormRowsToF32 writes γ·x̂ + β of rows of FewColumns elements at most, count being their number, and returns how
// many rows are left: it stops where r is so small or large that float32 arithmetic does not work.
func LayerNormRowsToF32(dst, x, gamma, beta []float32, cols, rows int, count float64, eps float32) (left int) {
	for ; rows > 0; rows-- {
		mean, r := rowMoments(x[:cols], count, float64(eps))
		if !(1.0/(1<<NormScaleExponent) <= r && r < 1<<NormScaleExponent) {
			break
		}
		m := float32(mean)
		c := float32(float64(float64(m)-mean) * r)
		NormalizeAffineToF32(dst[:cols], x, gamma, beta, m, float32(r), c)
		dst, x = dst[cols:], x[cols:]
	}
	return rows
}

// LayerNormRowsToF64 writes γ·x̂ + β of rows of FewColumns elements at most, count being their number, and returns 0.
func LayerNormRowsToF64(dst, x, gamma, beta []float64, cols, rows int, count, eps float64) (left int) {
	for range rows {
		mean, r := rowMoments(x[:cols], count, eps)
		NormalizeAffineToF64(dst[:cols], x, gamma, beta, mean, r, float64((mean-mean)*r))
		dst, x = dst[cols:], x[cols:]
	}
	return 0
}

// NormScaleExponent: with an r from its negative to it, as exponents of 2, float32 arithmetic works.
const NormScaleExponent = 100

// rowMoments are mean and r of a row of FewColumns elements at most.
func rowMoments[T float32 | float64](x []T, count, eps float64) (mean, r float64) {
	var lanes rowLanes
	for i, v := range x {
		lanes[i%len(lanes)] = float64(v) + 0
	}
	mean = lanes.sum(len(x)) / count
	for i, v := range x {
		d := float64(v) - mean
		lanes[i%len(lanes)] = float64(d * d)
	}
	return mean, 1 / math.Sqrt(lanes.sum(len(x))/count+eps)
}

// The gradients, where g = dy·γ, or dy if there is no γ, are made in float64:
//
//	dx = r·((g + c) − x̂·b),  c = −Σ g / n,  b = r·Σ g·(x−mean) / n,  and over all rows  dγ = Σ dy·x̂,  dβ = Σ dy

// NormLanes is the number of lanes of each of the three sums that a gradient needs: Σ (x−mean)², Σ g and Σ g·(x−mean).
const NormLanes = 8

// NormalizeGradSumsF32 are Σ (x−mean)², Σ g and Σ g·(x−mean) over at most a block, g = dy.
func NormalizeGradSumsF32(x, dy []float32, mean float64) (squares, sum, product float64) {
	var lanes [3][NormLanes]float64
	for i, v := range x {
		d, g, l := float64(v)-mean, float64(dy[i]), i%NormLanes
		lanes[0][l] = fma64(d, d, lanes[0][l])
		lanes[1][l] += g
		lanes[2][l] = fma64(g, d, lanes[2][l])
	}
	return fold(lanes[0][:], len(x)), fold(lanes[1][:], len(x)), fold(lanes[2][:], len(x))
}

// NormalizeGradToF32 writes r·((g + c) − x̂·b), g = dy.
func NormalizeGradToF32(dst, x, dy []float32, mean, r, c, b float64) {
	for i := range dst {
		rest := float64(dy[i]) + c
		dst[i] = float32(r * fnma64(float64((float64(x[i])-mean)*r), b, rest))
	}
}

// NormalizeGradTotalsToF32 writes r·((g + c) − x̂·b), g = dy, and adds to dgamma and dbeta.
func NormalizeGradTotalsToF32(dst, x, dy []float32, dgamma, dbeta []float64, mean, r, c, b float64) {
	for i := range dst {
		normal, d := float64((float64(x[i])-mean)*r), float64(dy[i])
		dgamma[i] = fma64(d, normal, dgamma[i])
		dbeta[i] += d
		dst[i] = float32(r * fnma64(normal, b, d+c))
	}
}

// NormalizeAffineGradSumsF32 are Σ (x−mean)², Σ g and Σ g·(x−mean) over at most a block, g = dy·γ.
func NormalizeAffineGradSumsF32(x, dy, gamma []float32, mean float64) (squares, sum, product float64) {
	var lanes [3][NormLanes]float64
	for i, v := range x {
		d, g, l := float64(v)-mean, float64(float64(dy[i])*float64(gamma[i])), i%NormLanes
		lanes[0][l] = fma64(d, d, lanes[0][l])
		lanes[1][l] += g
		lanes[2][l] = fma64(g, d, lanes[2][l])
	}
	return fold(lanes[0][:], len(x)), fold(lanes[1][:], len(x)), fold(lanes[2][:], len(x))
}

// NormalizeAffineGradToF32 writes r·((g + c) − x̂·b), g = dy·γ.
func NormalizeAffineGradToF32(dst, x, dy, gamma []float32, mean, r, c, b float64) {
	for i := range dst {
		rest := fma64(float64(dy[i]), float64(gamma[i]), c)
		dst[i] = float32(r * fnma64(float64((float64(x[i])-mean)*r), b, rest))
	}
}

// NormalizeAffineGradTotalsToF32 writes r·((g + c) − x̂·b), g = dy·γ, and adds to dgamma and dbeta.
func NormalizeAffineGradTotalsToF32(dst, x, dy, gamma []float32, dgamma, dbeta []float64, mean, r, c, b float64) {
	for i := range dst {
		normal, d := float64((float64(x[i])-mean)*r), float64(dy[i])
		dgamma[i] = fma64(d, normal, dgamma[i])
		dbeta[i] += d
		dst[i] = float32(r * fnma64(normal, b, fma64(d, float64(gamma[i]), c)))
	}
}

// LayerNormGradRowsToF32 writes dx of rows of NormLanes elements at most, count being their number, and adds to dgamma
// and dbeta.
func LayerNormGradRowsToF32(
	dst, x, dy, gamma []float32, dgamma, dbeta []float64, cols, rows int, count float64, eps float32,
) {
	for range rows {
		mean, r, c, b := rowGradSums(x[:cols], dy, gamma, count, float64(eps))
		NormalizeAffineGradTotalsToF32(dst[:cols], x, dy, gamma, dgamma, dbeta, mean, r, c, b)
		dst, x, dy = dst[cols:], x[cols:], dy[cols:]
	}
}

// LayerNormGradRowsToF64 writes dx of rows of NormLanes elements at most, count being their number, and adds to dgamma
// and dbeta.
func LayerNormGradRowsToF64(dst, x, dy, gamma []float64, dgamma, dbeta []float64, cols, rows int, count, eps float64) {
	for range rows {
		mean, r, c, b := rowGradSums(x[:cols], dy, gamma, count, eps)
		NormalizeAffineGradTotalsToF64(dst[:cols], x, dy, gamma, dgamma, dbeta, mean, r, c, b)
		dst, x, dy = dst[cols:], x[cols:], dy[cols:]
	}
}

// rowGradSums are mean, r, c and b of a row of NormLanes elements at most.
func rowGradSums[T float32 | float64](x, dy, gamma []T, count, eps float64) (mean, r, c, b float64) {
	mean, r = rowMoments(x, count, eps)
	var sum, product rowLanes
	dy, gamma = dy[:len(x)], gamma[:len(x)]
	for i, v := range x {
		g := float64(float64(dy[i]) * float64(gamma[i]))
		sum[i%len(sum)], product[i%len(product)] = g+0, float64(g*(float64(v)-mean))+0
	}
	c = -sum.sum(len(x)) / count
	return mean, r, c, float64(product.sum(len(x))*r) / count
}

// NormalizeGradTotalsF32 adds dy·x̂, rounded once, to dgamma, and dy to dbeta.
func NormalizeGradTotalsF32(x, dy []float32, dgamma, dbeta []float64, mean, r float64) {
	for i, v := range x {
		d := float64(dy[i])
		dgamma[i] = fma64(d, float64((float64(v)-mean)*r), dgamma[i])
		dbeta[i] += d
	}
}

// NormalizeGradSumsF64 are Σ (x−mean)², Σ g and Σ g·(x−mean) over at most a block, g = dy.
func NormalizeGradSumsF64(x, dy []float64, mean float64) (squares, sum, product float64) {
	var lanes [3][NormLanes]float64
	for i, v := range x {
		d, g, l := v-mean, dy[i], i%NormLanes
		lanes[0][l] = fma64(d, d, lanes[0][l])
		lanes[1][l] += g
		lanes[2][l] = fma64(g, d, lanes[2][l])
	}
	return fold(lanes[0][:], len(x)), fold(lanes[1][:], len(x)), fold(lanes[2][:], len(x))
}

// NormalizeGradToF64 writes r·((g + c) − x̂·b), g = dy.
func NormalizeGradToF64(dst, x, dy []float64, mean, r, c, b float64) {
	for i := range dst {
		rest := dy[i] + c
		dst[i] = r * fnma64(float64((x[i]-mean)*r), b, rest)
	}
}

// NormalizeGradTotalsToF64 writes r·((g + c) − x̂·b), g = dy, and adds to dgamma and dbeta.
func NormalizeGradTotalsToF64(dst, x, dy []float64, dgamma, dbeta []float64, mean, r, c, b float64) {
	for i := range dst {
		normal, d := float64((x[i]-mean)*r), dy[i]
		dgamma[i] = fma64(d, normal, dgamma[i])
		dbeta[i] += d
		dst[i] = r * fnma64(normal, b, d+c)
	}
}

// NormalizeAffineGradSumsF64 are Σ (x−mean)², Σ g and Σ g·(x−mean) over at most a block, g = dy·γ.
func NormalizeAffineGradSumsF64(x, dy, gamma []float64, mean float64) (squares, sum, product float64) {
	var lanes [3][NormLanes]float64
	for i, v := range x {
		d, g, l := v-mean, float64(dy[i]*gamma[i]), i%NormLanes
		lanes[0][l] = fma64(d, d, lanes[0][l])
		lanes[1][l] += g
		lanes[2][l] = fma64(g, d, lanes[2][l])
	}
	return fold(lanes[0][:], len(x)), fold(lanes[1][:], len(x)), fold(lanes[2][:], len(x))
}

// NormalizeAffineGradToF64 writes r·((g + c) − x̂·b), g = dy·γ.
func NormalizeAffineGradToF64(dst, x, dy, gamma []float64, mean, r, c, b float64) {
	for i := range dst {
		rest := fma64(dy[i], gamma[i], c)
		dst[i] = r * fnma64(float64((x[i]-mean)*r), b, rest)
	}
}

// NormalizeAffineGradTotalsToF64 writes r·((g + c) − x̂·b), g = dy·γ, and adds to dgamma and dbeta.
func NormalizeAffineGradTotalsToF64(dst, x, dy, gamma []float64, dgamma, dbeta []float64, mean, r, c, b float64) {
	for i := range dst {
		normal, d := float64((x[i]-mean)*r), dy[i]
		dgamma[i] = fma64(d, normal, dgamma[i])
		dbeta[i] += d
		dst[i] = r * fnma64(normal, b, fma64(d, gamma[i], c))
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
