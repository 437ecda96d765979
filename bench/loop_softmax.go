package main

import (
	"math"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// Softmax with masks, and its gradients.

// maskedLogits writes scale·x + bias, −Inf where masked, and returns the largest.
func maskedLogits[T kernels.Float](z, x []T, scale T, bias []T, keep []bool) (largest float64) {
	largest = math.Inf(-1)
	for i, v := range x {
		v *= scale
		if bias != nil {
			v += bias[i]
		}
		if keep != nil && !keep[i] {
			v = T(math.Inf(-1))
		}
		z[i] = v
		largest = max(largest, float64(v))
	}
	return largest
}

// maskedRows calls f with each row of logits, and the largest of them.
func maskedRows[T kernels.Float](a catalog.Args[T], f func(z []T, largest float64)) {
	for first := 0; first < len(a.In[0]); first += a.Cols {
		to := first + a.Cols
		var bias []T
		if len(a.In) > 1 {
			bias = a.In[1][first:to]
		}
		var keep []bool
		if a.Keep != nil {
			keep = a.Keep[first:to]
		}
		z := a.Out[0][first:to]
		f(z, maskedLogits(z, a.In[0][first:to], a.Scalars[0], bias, keep))
	}
}

func maskedSoftmax[T kernels.Float](a catalog.Args[T]) float64 {
	maskedRows(a, func(z []T, largest float64) {
		if math.IsInf(largest, -1) {
			clear(z)
			return
		}
		s := 0.0
		for i, v := range z {
			e := math.Exp(float64(v) - largest)
			z[i] = T(e)
			s += e
		}
		for i := range z {
			z[i] *= T(1 / s)
		}
	})
	return 0
}

func maskedLogSoftmax[T kernels.Float](a catalog.Args[T]) float64 {
	maskedRows(a, func(z []T, largest float64) {
		if math.IsInf(largest, -1) {
			return
		}
		s := 0.0
		for _, v := range z {
			s += math.Exp(float64(v) - largest)
		}
		l := T(largest + math.Log(s))
		for i := range z {
			z[i] -= l
		}
	})
	return 0
}

func softmaxGrad[T kernels.Float](a catalog.Args[T]) float64 {
	scale := float64(a.Scalars[0])
	for first := 0; first < len(a.In[0]); first += a.Cols {
		dst, y, dy := a.Out[0][first:first+a.Cols], a.In[0][first:first+a.Cols], a.In[1][first:first+a.Cols]
		s := 0.0
		for i, v := range y {
			s += float64(v) * float64(dy[i])
		}
		for i, v := range y {
			dst[i] = T(scale * float64(v) * (float64(dy[i]) - s))
		}
	}
	return 0
}

func logSoftmaxGrad[T kernels.Float](a catalog.Args[T]) float64 {
	scale := float64(a.Scalars[0])
	for first := 0; first < len(a.In[0]); first += a.Cols {
		dst, y, dy := a.Out[0][first:first+a.Cols], a.In[0][first:first+a.Cols], a.In[1][first:first+a.Cols]
		s := 0.0
		for _, v := range dy {
			s += float64(v)
		}
		for i, v := range y {
			dst[i] = T(scale * (float64(dy[i]) - math.Exp(min(float64(v), 0))*s))
		}
	}
	return 0
}
