package bnn

import (
	"unsafe"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
)

// Float is the element type of parameters and inputs.
type Float interface{ float32 | float64 }

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

func gemmTile[T Float](tA, tB blas.Transpose, m, n, k int, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	switch c := any(c).(type) {
	case []float32:
		blas32.Implementation().Sgemm(tA, tB, m, n, k, 1, any(a).([]float32), lda, any(b).([]float32), ldb, float32(beta), c, ldc)
	case []float64:
		blas64.Implementation().Dgemm(tA, tB, m, n, k, 1, any(a).([]float64), lda, any(b).([]float64), ldb, float64(beta), c, ldc)
	}
}

// scratch64 makes n float64 out of work, which needs work64Len[T](n) elements:
// divergences are computed in float64 whatever the parameters are, and the
// interface between loss and bnn has only a []T to offer.
func scratch64[T Float](work []T, n int) []float64 {
	switch w := any(work).(type) {
	case []float64:
		return w[:n]
	case []float32:
		if n == 0 {
			return nil
		}
		// float64 wants 8 bytes of alignment, float32 has 4.
		if uintptr(unsafe.Pointer(&w[0]))%8 != 0 {
			w = w[1:]
		}
		w = w[:2*n]
		return unsafe.Slice((*float64)(unsafe.Pointer(&w[0])), n)
	}
	panic("unreachable")
}

func work64Len[T Float](n int) int {
	if unsafe.Sizeof(T(0)) == 4 {
		return 2*n + 1
	}
	return n
}

// aligned is n rounded up to 16 bytes of any element. gonum's dot products of float32 depend on where their second operand
// begins; if parts of work begin at such places only, a row has the same bits in any batch.
func aligned(n int) int { return (n + 3) &^ 3 }

// room cuts n elements off work, and what aligned adds.
func room[T Float](work []T, n int) (first, rest []T) { return work[:n], work[aligned(n):] }

// dot is the plain sum of products in float64.
func dot(x, y []float64) float64 {
	return blas64.Implementation().Ddot(len(x), x, 1, y, 1)
}
