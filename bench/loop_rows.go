package main

import (
	"math"
	"slices"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// Logsumexp, softmax, cross-entropy and the largest element, of one row and of each row.

// rowSum returns the largest element and Σ exp(x − largest).
func rowSum[T kernels.Float](x []T) (largest, sum float64) {
	largest = float64(slices.Max(x))
	for _, v := range x {
		sum += math.Exp(float64(v) - largest)
	}
	return largest, sum
}

func logSumExp[T kernels.Float](a catalog.Args[T]) float64 {
	m, s := rowSum(a.In[0])
	return m + math.Log(s)
}

func logSumExpRows[T kernels.Float](a catalog.Args[T]) float64 {
	dst := a.Out[0]
	for x := range slices.Chunk(a.In[0], a.Cols) {
		m, s := rowSum(x)
		dst[0] = T(m + math.Log(s))
		dst = dst[1:]
	}
	return 0
}

// softmax writes scale·exp(x−m)/Σ exp(x−m) and returns logsumexp.
func softmax[T kernels.Float](dst, x []T, scale float64) float64 {
	m, s := float64(slices.Max(x)), 0.0
	for i, v := range x {
		e := math.Exp(float64(v) - m)
		dst[i] = T(e)
		s += e
	}
	for i := range dst {
		dst[i] *= T(scale / s)
	}
	return m + math.Log(s)
}

func softmaxRows[T kernels.Float](a catalog.Args[T]) float64 {
	dst := a.Out[0]
	for x := range slices.Chunk(a.In[0], a.Cols) {
		softmax(dst[:a.Cols], x, 1)
		dst = dst[a.Cols:]
	}
	return 0
}

func logSoftmaxRows[T kernels.Float](a catalog.Args[T]) float64 {
	dst := a.Out[0]
	for x := range slices.Chunk(a.In[0], a.Cols) {
		m, s := rowSum(x)
		l := T(m + math.Log(s))
		for i, v := range x {
			dst[i] = v - l
		}
		dst = dst[a.Cols:]
	}
	return 0
}

func crossEntropyRows[T kernels.Float](a catalog.Args[T]) float64 {
	for r, y := range a.Target {
		x := a.In[0][r*a.Cols : (r+1)*a.Cols]
		m, s := rowSum(x)
		a.Out[0][r] = T(m + math.Log(s) - float64(x[y]))
	}
	return 0
}

func crossEntropySum[T kernels.Float](a catalog.Args[T]) float64 {
	sum := 0.0
	for r, y := range a.Target {
		x := a.In[0][r*a.Cols : (r+1)*a.Cols]
		m, s := rowSum(x)
		sum += m + math.Log(s) - float64(x[y])
	}
	return sum
}

func crossEntropyGrad[T kernels.Float](a catalog.Args[T]) float64 {
	sum := 0.0
	for r, y := range a.Target {
		x, grad := a.In[0][r*a.Cols:(r+1)*a.Cols], a.Out[0][r*a.Cols:(r+1)*a.Cols]
		sum += softmax(grad, x, float64(a.Scalars[0])) - float64(x[y])
		grad[y] -= a.Scalars[0]
	}
	return sum
}

func crossEntropyRowsGrad[T kernels.Float](a catalog.Args[T]) float64 {
	scale := a.In[1]
	for r, y := range a.Target {
		x, grad := a.In[0][r*a.Cols:(r+1)*a.Cols], a.Out[0][r*a.Cols:(r+1)*a.Cols]
		a.Out[1][r] = T(softmax(grad, x, float64(scale[r])) - float64(x[y]))
		grad[y] -= scale[r]
	}
	return 0
}

// largestOf returns the number of the first largest element, and the element; −1 and NaN if one is NaN.
func largestOf[T kernels.Float](x []T) (at int, m T) {
	m = x[0]
	for i, v := range x {
		if v != v {
			return -1, v
		}
		if v > m {
			at, m = i, v
		}
	}
	return at, m
}

func largest[T kernels.Float](a catalog.Args[T]) float64 {
	_, m := largestOf(a.In[0])
	return float64(m)
}

func argMax[T kernels.Float](a catalog.Args[T]) float64 {
	at, _ := largestOf(a.In[0])
	return float64(at)
}

func argMaxRows[T kernels.Float](a catalog.Args[T]) float64 {
	for r := range a.Index {
		a.Index[r], _ = largestOf(a.In[0][r*a.Cols : (r+1)*a.Cols])
	}
	return 0
}

// topK keeps the largest elements in order.
func topK[T kernels.Float](a catalog.Args[T]) float64 {
	rows := len(a.In[0]) / a.Cols
	k := len(a.Index) / rows
	for r := range rows {
		values, index, n := a.Out[0][r*k:(r+1)*k], a.Index[r*k:(r+1)*k], 0
		for c, v := range a.In[0][r*a.Cols : (r+1)*a.Cols] {
			if n == k && v <= values[k-1] {
				continue
			}
			if n < k {
				n++
			}
			at := n - 1
			for ; at > 0 && values[at-1] < v; at-- {
				values[at], index[at] = values[at-1], index[at-1]
			}
			values[at], index[at] = v, c
		}
	}
	return 0
}
