package kernels

import (
	"math"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// LayerNormRowsTo writes layer normalization of each row of the row-major matrix x, which has cols columns,
//
//	y = gamma·x̂ + beta,  x̂ = (x − mean)/√(variance + eps),
//
// to dst and returns dst: mean and variance, Σ (x−mean)²/cols, are those of the row, gamma and beta have an element for
// each column. A nil gamma is 1, a nil beta 0. dst may be x.
//
// Error: ≤ 3 ULP (float32), ≤ 4 ULP (float64), of the larger of |gamma·x̂| and |y|, plus 2⁻⁴⁵·|gamma·x̂| and plus
// |gamma|/√(variance+eps) times the error of [Sum](x)/cols. A row with NaN or Inf becomes NaN. With an eps of 0 so does
// a row of equal elements, but in float64, where their mean may be rounded, x̂ may also be 1 or −1. In float64 the
// squares of x−mean must neither overflow, as x̂ would be 0, nor, with an eps of 0, underflow. It panics if cols is not
// positive or does not divide len(x), or if the lengths differ. It is torch.nn.functional.layer_norm(x, (cols,), gamma,
// beta, eps).
func LayerNormRowsTo[T Float](dst, x []T, cols int, gamma, beta []T, eps T) []T {
	const name = "LayerNormRowsTo"
	sameLength(name+": len(dst), len(x)", len(dst), len(x))
	rows := checkColumns(name, len(x), cols)
	if gamma != nil {
		sameLength(name+": len(gamma), cols", len(gamma), cols)
	}
	if beta != nil {
		sameLength(name+": len(beta), cols", len(beta), cols)
	}
	if cols <= fallback.FewColumns {
		layerNormShort(dst, x, cols, rows, gamma, beta, eps)
		return dst
	}
	for first := 0; first < len(x); first += cols {
		layerNorm(dst[first:first+cols], x[first:first+cols], gamma, beta, eps)
	}
	return dst
}

// layerNormShort is for rows of [fallback.FewColumns] elements at most.
func layerNormShort[T Float](dst, x []T, cols, rows int, gamma, beta []T, eps T) {
	g, b := gamma, beta
	if gamma == nil {
		g = noFactors[T]()
	}
	if beta == nil {
		b = noTerms[T]()
	}
	for rows > 0 {
		now := min(rows, shortRows)
		done := now - simd.LayerNormRowsTo(dst, x, g, b, cols, now, float64(cols), eps)
		rows, dst, x = rows-done, dst[done*cols:], x[done*cols:]
		if done < now {
			layerNorm(dst[:cols], x[:cols], gamma, beta, eps)
			rows, dst, x = rows-1, dst[cols:], x[cols:]
		}
	}
}

// What a short row is multiplied by, or adds, where a slice for its columns is nil: it stays as it is.
var (
	ones32, negativeZeros32 [fallback.FewColumns]float32
	ones64, negativeZeros64 [fallback.FewColumns]float64
)

func init() {
	for i := range ones64 {
		ones32[i], ones64[i] = 1, 1
		negativeZeros32[i], negativeZeros64[i] = float32(math.Copysign(0, -1)), math.Copysign(0, -1)
	}
}

func noFactors[T Float]() []T { return ofType[T](ones32[:], ones64[:]) }

func noTerms[T Float]() []T { return ofType[T](negativeZeros32[:], negativeZeros64[:]) }

func ofType[T Float](x []float32, y []float64) []T {
	if simd.Is32[T]() {
		return simd.From32[T](x)
	}
	return simd.From64[T](y)
}

// layerNorm is that of one row.
func layerNorm[T Float](dst, x, gamma, beta []T, eps T) {
	mean, r := moments(x, eps)
	if simd.Is32[T]() && !(leastScale <= r && r <= 1/leastScale) {
		layerNormFar(dst, x, gamma, beta, mean, r)
		return
	}
	m := T(mean)
	c := T(float64(float64(m)-mean) * r)
	if gamma != nil && beta != nil {
		simd.NormalizeAffineTo(dst, x, gamma, beta, m, T(r), c)
		return
	}
	simd.NormalizeTo(dst, x, m, T(r), c)
	switch {
	case gamma != nil:
		simd.MulTo(dst, dst, gamma)
	case beta != nil:
		simd.AddScaledTo(dst, beta, dst, 1)
	}
}

// moments are the mean and 1/√(variance+eps) of a row.
func moments[T Float](x []T, eps T) (mean, r float64) {
	mean = meanOf(x)
	return mean, scaleOf(simd.SquaresAbout(x, mean)/float64(len(x)), eps)
}

// scaleOf is r.
func scaleOf[T Float](variance float64, eps T) float64 { return 1 / math.Sqrt(variance+float64(eps)) }

func meanOf[T Float](x []T) float64 {
	if len(x) <= shortRow {
		return shortSum(x) / float64(len(x))
	}
	return simd.Sum(x) / float64(len(x))
}

// leastScale is the least r with which float32 arithmetic works, 1/leastScale the largest: x−mean does not overflow,
// and r is no subnormal number.
const leastScale = 1.0 / (1 << fallback.NormScaleExponent)

// layerNormFar is for the others.
func layerNormFar[T Float](dst, x, gamma, beta []T, mean, r float64) {
	for i, v := range x {
		y := float64((float64(v) - mean) * r)
		if gamma != nil {
			y = float64(y * float64(gamma[i]))
		}
		if beta != nil {
			y += float64(beta[i])
		}
		dst[i] = T(y)
	}
}
