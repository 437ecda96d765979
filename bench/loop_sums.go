package main

import (
	"math"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// Sums, and gradients with their sums.

func sum[T kernels.Float](a catalog.Args[T]) float64 {
	sum := 0.0
	for _, x := range a.In[0] {
		sum += float64(x)
	}
	return sum
}

func dot[T kernels.Float](a catalog.Args[T]) float64 {
	sum, y := 0.0, a.In[1]
	for i, x := range a.In[0] {
		sum += float64(x) * float64(y[i])
	}
	return sum
}

func countOutside[T kernels.Float](a catalog.Args[T]) float64 {
	count, lo, hi := 0, a.Scalars[0], a.Scalars[1]
	for _, x := range a.In[0] {
		if !(lo <= x && x <= hi) {
			count++
		}
	}
	return float64(count)
}

func squaredError[T kernels.Float](a catalog.Args[T]) float64 {
	sum, y := 0.0, a.In[1]
	for i, x := range a.In[0] {
		d := float64(x - y[i])
		sum += d * d
	}
	return sum
}

func squaredErrorGrad[T kernels.Float](a catalog.Args[T]) float64 {
	sum, grad, y, scale := 0.0, a.Out[0], a.In[1], 2*a.Scalars[0]
	for i, x := range a.In[0] {
		d := x - y[i]
		sum += float64(d) * float64(d)
		grad[i] = scale * d
	}
	return sum
}

func absoluteError[T kernels.Float](a catalog.Args[T]) float64 {
	sum, y := 0.0, a.In[1]
	for i, x := range a.In[0] {
		sum += math.Abs(float64(x - y[i]))
	}
	return sum
}

func absoluteErrorGrad[T kernels.Float](a catalog.Args[T]) float64 {
	sum, grad, y, scale := 0.0, a.Out[0], a.In[1], a.Scalars[0]
	for i, x := range a.In[0] {
		d := x - y[i]
		sum += math.Abs(float64(d))
		switch {
		case d > 0:
			grad[i] = scale
		case d < 0:
			grad[i] = -scale
		default:
			grad[i] = 0
		}
	}
	return sum
}

func gaussianKL[T kernels.Float](a catalog.Args[T]) float64 {
	sum, eps := 0.0, a.Scalars[0]
	for i, mu := range a.In[0] {
		sum += normalKL(mu, a.In[1][i], a.In[2][i], a.In[3][i], eps)
	}
	return sum
}

func gaussianKLPrior[T kernels.Float](a catalog.Args[T]) float64 {
	sum, priorMu, priorSigma, eps := 0.0, a.Scalars[0], a.Scalars[1], a.Scalars[2]
	for i, mu := range a.In[0] {
		sum += normalKL(mu, a.In[1][i], priorMu, priorSigma, eps)
	}
	return sum
}

func gaussianKLLogVar[T kernels.Float](a catalog.Args[T]) float64 {
	sum, logVar := 0.0, a.In[1]
	for i, mu := range a.In[0] {
		sum += logVarKL(mu, logVar[i])
	}
	return sum
}

func bce[T kernels.Float](a catalog.Args[T]) float64 {
	sum, t := 0.0, a.In[1]
	for i, p := range a.In[0] {
		sum += binary(float64(p), float64(t[i]))
	}
	return sum
}

func bceGrad[T kernels.Float](a catalog.Args[T]) float64 {
	sum, grad, target, scale := 0.0, a.Out[0], a.In[1], float64(a.Scalars[0])
	for i, v := range a.In[0] {
		p, t := float64(v), float64(target[i])
		sum += binary(p, t)
		grad[i] = T(scale * (p - t) / max(p*(1-p), 9.999999960041972e-13))
	}
	return sum
}

func bceWithLogits[T kernels.Float](a catalog.Args[T]) float64 {
	sum, t := 0.0, a.In[1]
	for i, x := range a.In[0] {
		sum += softplus(float64(x)) - float64(x*t[i])
	}
	return sum
}

func bceWithLogitsGrad[T kernels.Float](a catalog.Args[T]) float64 {
	sum, grad, target, scale := 0.0, a.Out[0], a.In[1], float64(a.Scalars[0])
	for i, v := range a.In[0] {
		x, t := float64(v), float64(target[i])
		sum += softplus(x) - x*t
		grad[i] = T(scale * (sigmoid(x) - t))
	}
	return sum
}

func weighted[T kernels.Float](a catalog.Args[T]) float64 {
	sum, t, q := 0.0, a.In[1], a.In[2]
	for i, x := range a.In[0] {
		sum += binaryOfLogit(float64(x), float64(t[i]), float64(q[i]))
	}
	return sum
}

func weightedGrad[T kernels.Float](a catalog.Args[T]) float64 {
	sum, grad, scale := 0.0, a.Out[0], float64(a.Scalars[0])
	for i, v := range a.In[0] {
		x, t, q := float64(v), float64(a.In[1][i]), float64(a.In[2][i])
		sum += binaryOfLogit(x, t, q)
		grad[i] = T(scale * ((1-t)*sigmoid(x) - q*t*sigmoid(-x)))
	}
	return sum
}
