package main

import (
	"math"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

func huberOf[T kernels.Float](d, delta T) T {
	if z := max(d, -d); z > delta {
		return delta * (z - delta/2)
	}
	return d * d / 2
}

func huber[T kernels.Float](a catalog.Args[T]) float64 {
	sum, y := 0.0, a.In[1]
	for i, x := range a.In[0] {
		sum += float64(huberOf(x-y[i], a.Scalars[0]))
	}
	return sum
}

func huberTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, y := a.Out[0], a.In[1]
	for i, x := range a.In[0] {
		dst[i] = huberOf(x-y[i], a.Scalars[0])
	}
	return 0
}

func huberGrad[T kernels.Float](a catalog.Args[T]) float64 {
	sum, grad, y, delta, scale := 0.0, a.Out[0], a.In[1], a.Scalars[0], a.Scalars[1]
	for i, x := range a.In[0] {
		d := x - y[i]
		sum += float64(huberOf(d, delta))
		grad[i] = scale * max(-delta, min(d, delta))
	}
	return sum
}

func gaussianNLLOf(mean, variance, y, eps float64) float64 {
	v, d := max(variance, eps), mean-y
	return (math.Log(v) + d*d/v) / 2
}

func gaussianNLL[T kernels.Float](a catalog.Args[T]) float64 {
	sum, eps := 0.0, float64(a.Scalars[0])
	for i, mean := range a.In[0] {
		sum += gaussianNLLOf(float64(mean), float64(a.In[1][i]), float64(a.In[2][i]), eps)
	}
	return sum
}

func gaussianNLLTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, eps, constant := a.Out[0], float64(a.Scalars[0]), float64(a.Scalars[1])
	for i, mean := range a.In[0] {
		dst[i] = T(gaussianNLLOf(float64(mean), float64(a.In[1][i]), float64(a.In[2][i]), eps) + constant)
	}
	return 0
}

func gaussianNLLGrad[T kernels.Float](a catalog.Args[T]) float64 {
	sum, eps, scale := 0.0, float64(a.Scalars[0]), float64(a.Scalars[1])
	for i, mean := range a.In[0] {
		v, d := max(float64(a.In[1][i]), eps), float64(mean)-float64(a.In[2][i])
		sum += (math.Log(v) + d*d/v) / 2
		a.Out[0][i] = T(scale * d / v)
		a.Out[1][i] = T(scale * (1 - d*d/v) / v / 2)
	}
	return sum
}
