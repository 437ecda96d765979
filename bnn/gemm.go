package bnn

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
)

// tileRows is how many rows of a batch are worked on at once, and tileCols the
// widest matrix product. gonum's Gemm starts goroutines and allocates once its
// result has four tiles of 64×64, so these stay one below.
const (
	tileRows = 64
	tileCols = 192
)

// gemm computes the m×n matrix c = op(a) op(b) + beta c, where k is the inner
// length and the matrices are dense with the given strides.
func gemm[T Float](tA, tB blas.Transpose, m, n, k int, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	if m == 0 || n == 0 {
		return
	}
	for i := 0; i < m; i += tileRows {
		mm := min(tileRows, m-i)
		for j := 0; j < n; j += tileCols {
			nn := min(tileCols, n-j)
			ai, bj := i*lda, j
			if tA == blas.Trans {
				ai = i
			}
			if tB == blas.Trans {
				bj = j * ldb
			}
			gemmTile(tA, tB, mm, nn, k, a[ai:], lda, b[bj:], ldb, beta, c[i*ldc+j:], ldc)
		}
	}
}

func gemmTile[T Float](tA, tB blas.Transpose, m, n, k int, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	switch c := any(c).(type) {
	case []float32:
		a, b := any(a).([]float32), any(b).([]float32)
		blas32.Implementation().Sgemm(tA, tB, m, n, k, 1, a, lda, b, ldb, float32(beta), c, ldc)
	case []float64:
		a, b := any(a).([]float64), any(b).([]float64)
		blas64.Implementation().Dgemm(tA, tB, m, n, k, 1, a, lda, b, ldb, float64(beta), c, ldc)
	}
}
