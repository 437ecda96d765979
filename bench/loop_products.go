package main

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// Products of matrices, each with the loops in the order in which they run through memory.

// row is row i of a matrix.
func row[T kernels.Float](x []T, i, cols int) []T { return x[i*cols:][:cols] }

// inner is the product of two rows.
func inner[T kernels.Float](x, y []T) T {
	var sum T
	for i, v := range x {
		sum += v * y[i]
	}
	return sum
}

// addRow adds c·x to dst.
func addRow[T kernels.Float](dst []T, c T, x []T) {
	for i, v := range x {
		dst[i] += c * v
	}
}

func affine[T kernels.Float](a catalog.Args[T]) float64 {
	for i := range a.Rows {
		dst, x := row(a.Out[0], i, a.Cols), row(a.In[0], i, a.Depth)
		for j := range dst {
			dst[j] = inner(x, row(a.In[1], j, a.Depth))
			if len(a.In) > 2 {
				dst[j] += a.In[2][j]
			}
		}
	}
	return 0
}

func affineReLU[T kernels.Float](a catalog.Args[T]) float64 {
	affine(a)
	for i, v := range a.Out[0] {
		a.Out[0][i] = max(v, 0)
	}
	return 0
}

// sumSquares has the columns of each term beside one another.
func sumSquares[T kernels.Float](a catalog.Args[T]) float64 {
	clear(a.Out[0])
	columns := len(a.In[1]) / a.Depth
	for i := range a.Rows {
		dst, x := row(a.Out[0], i, a.Cols), row(a.In[0], i, a.Depth)
		for c := range columns {
			var sum T
			if len(a.In) > 2 {
				sum = a.In[2][c]
			}
			for p, v := range x {
				sum += v * a.In[1][p*columns+c]
			}
			dst[c%a.Cols] += sum * sum
		}
	}
	return 0
}

func matMul[T kernels.Float](a catalog.Args[T]) float64 {
	clear(a.Out[0])
	return addProduct(a, a.In[0], a.In[1])
}

func addMatMul[T kernels.Float](a catalog.Args[T]) float64 { return addProduct(a, a.In[1], a.In[2]) }

func addProduct[T kernels.Float](a catalog.Args[T], x, y []T) float64 {
	for i := range a.Rows {
		dst := row(a.Out[0], i, a.Cols)
		for p, v := range row(x, i, a.Depth) {
			addRow(dst, v, row(y, p, a.Cols))
		}
	}
	return 0
}

func matMulTrans[T kernels.Float](a catalog.Args[T]) float64 {
	clear(a.Out[0])
	return addProductTrans(a, a.In[0], a.In[1])
}

func addMatMulTrans[T kernels.Float](a catalog.Args[T]) float64 {
	return addProductTrans(a, a.In[1], a.In[2])
}

func addProductTrans[T kernels.Float](a catalog.Args[T], x, y []T) float64 {
	for i := range a.Rows {
		dst := row(a.Out[0], i, a.Cols)
		for j := range dst {
			dst[j] += inner(row(x, i, a.Depth), row(y, j, a.Depth))
		}
	}
	return 0
}

func addTransMatMul[T kernels.Float](a catalog.Args[T]) float64 {
	for p := range a.Depth {
		y := row(a.In[2], p, a.Cols)
		for i, v := range row(a.In[1], p, a.Rows) {
			addRow(row(a.Out[0], i, a.Cols), v, y)
		}
	}
	return 0
}

func addColumnSums[T kernels.Float](a catalog.Args[T]) float64 {
	for p := range a.Depth {
		addRow(a.Out[0], 1, row(a.In[1], p, a.Cols))
	}
	return 0
}

// gemm is gonum's product of the last two inputs, added to so much of what dst holds.
func gemm(transA, transB blas.Transpose, beta float64) call[float64] {
	general := func(x []float64, rows, cols int, trans blas.Transpose) blas64.General {
		if trans == blas.Trans {
			rows, cols = cols, rows
		}
		return blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: x}
	}
	return func(a catalog.Args[float64]) float64 {
		in := a.In[len(a.In)-2:]
		x, y := general(in[0], a.Rows, a.Depth, transA), general(in[1], a.Depth, a.Cols, transB)
		blas64.Gemm(transA, transB, 1, x, y, beta, general(a.Out[0], a.Rows, a.Cols, blas.NoTrans))
		return 0
	}
}

func transposeTo[T kernels.Float](a catalog.Args[T]) float64 {
	for i := range a.Rows {
		dst := row(a.Out[0], i, a.Cols)
		for j := range dst {
			dst[j] = a.In[0][j*a.Rows+i]
		}
	}
	return 0
}
