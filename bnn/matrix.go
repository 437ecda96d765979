package bnn

import (
	"math"

	"gonum.org/v1/gonum/blas"
)

// affine writes y = x wᵀ + b for x of rows×k and w of n×k; an empty b is no bias.
func affine[T Float](y, x, w, b []T, rows, n, k int) {
	var beta T
	if len(b) != 0 {
		beta = 1
		for r := 0; r < rows; r++ {
			copy(y[r*n:], b)
		}
	}
	gemm(blas.NoTrans, blas.Trans, rows, n, k, x, k, w, k, beta, y, n)
}

// affineGrad takes dy back through affine: it adds to dw and, if there is a bias, to db.
func affineGrad[T Float](dw, db, dy, x []T, rows, n, k int) {
	gemm(blas.Trans, blas.NoTrans, n, k, rows, dy, n, x, k, 1, dw, k)
	if len(db) == 0 {
		return
	}
	for r := 0; r < rows; r++ {
		for j, g := range dy[r*n:][:n] {
			db[j] += g
		}
	}
}

// transpose writes the n×m transpose of src (m×n) to dst.
func transpose[T Float](dst, src []T, m, n int) {
	for j := 0; j < n; j++ {
		row := dst[j*m:][:m]
		for i := range row {
			row[i] = src[i*n+j]
		}
	}
}

// addTransposed adds the n×m transpose of src (m×n) to dst.
func addTransposed[T Float](dst, src []T, m, n int) {
	for j := 0; j < n; j++ {
		row := dst[j*m:][:m]
		for i := range row {
			row[i] += src[i*n+j]
		}
	}
}

// gram writes c = u uᵀ for u of n×k.
func gram[T Float](c, u []T, n, k int) {
	for o := 0; o < n; o++ {
		for p := 0; p <= o; p++ {
			var sum T
			for r := 0; r < k; r++ {
				sum += u[o*k+r] * u[p*k+r]
			}
			c[o*n+p], c[p*n+o] = sum, sum
		}
	}
}

func sumSquares[T Float](x []T) T {
	var sum T
	for _, v := range x {
		sum += v * v
	}
	return sum
}

// norm is the Euclidean norm, in float64.
func norm[T Float](x []T) float64 {
	sum := 0.0
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum)
}
