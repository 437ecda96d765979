package main

import (
	"math"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// Layer normalization.

// moments returns the mean and 1/√(variance+eps) of a row.
func moments[T kernels.Float](x []T, eps T) (mean, r float64) {
	n, sum := float64(len(x)), 0.0
	for _, v := range x {
		sum += float64(v)
	}
	mean, sum = sum/n, 0
	for _, v := range x {
		d := float64(v) - mean
		sum += d * d
	}
	return mean, 1 / math.Sqrt(sum/n+float64(eps))
}

func layerNorm[T kernels.Float](a catalog.Args[T]) float64 {
	gamma, beta := a.In[1], a.In[2]
	for first := 0; first < len(a.In[0]); first += a.Cols {
		dst, x := a.Out[0][first:first+a.Cols], a.In[0][first:first+a.Cols]
		mean, r := moments(x, a.Scalars[0])
		for i, v := range x {
			dst[i] = T((float64(v)-mean)*r)*gamma[i] + beta[i]
		}
	}
	return 0
}

func layerNormGrad[T kernels.Float](a catalog.Args[T]) float64 {
	dgamma, dbeta, gamma, n := a.Out[1], a.Out[2], a.In[2], float64(a.Cols)
	clear(dgamma)
	clear(dbeta)
	for first := 0; first < len(a.In[0]); first += a.Cols {
		dx, x, dy := a.Out[0][first:first+a.Cols], a.In[0][first:first+a.Cols], a.In[1][first:first+a.Cols]
		mean, r := moments(x, a.Scalars[0])
		sum, dot := 0.0, 0.0
		for i, v := range x {
			normal := (float64(v) - mean) * r
			g := float64(dy[i]) * float64(gamma[i])
			sum += g
			dot += g * normal
			dgamma[i] += dy[i] * T(normal)
			dbeta[i] += dy[i]
		}
		for i, v := range x {
			normal := (float64(v) - mean) * r
			dx[i] = T(r * (float64(dy[i])*float64(gamma[i]) - sum/n - normal*dot/n))
		}
	}
	return 0
}
