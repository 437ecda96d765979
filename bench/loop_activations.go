package main

import (
	"math"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// The activations and their derivatives, as one writes them.

func tanhSlope(x float64) float64 {
	y := math.Tanh(x)
	return 1 - y*y
}

func erfSlope(x float64) float64 { return 2 / math.SqrtPi * math.Exp(-x*x) }

func siluSlope(x float64) float64 {
	s := sigmoid(x)
	return s * (1 + x*(1-s))
}

func gelu(x float64) float64 { return x * 0.5 * math.Erfc(-x/math.Sqrt2) }

func geluSlope(x float64) float64 {
	return 0.5*math.Erfc(-x/math.Sqrt2) + x*math.Exp(-0.5*x*x)/math.Sqrt(2*math.Pi)
}

const rootTwoOverPi = 0.7978845608028654

func geluTanh(x float64) float64 {
	return 0.5 * x * (1 + math.Tanh(rootTwoOverPi*(x+0.044715*x*x*x)))
}

func geluTanhSlope(x float64) float64 {
	y := math.Tanh(rootTwoOverPi * (x + 0.044715*x*x*x))
	return 0.5*(1+y) + 0.5*x*(1-y*y)*rootTwoOverPi*(1+3*0.044715*x*x)
}

func mish(x float64) float64 { return x * math.Tanh(softplus(x)) }

func mishSlope(x float64) float64 {
	y := math.Tanh(softplus(x))
	return y + x*(1-y*y)*sigmoid(x)
}

func tanhTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst := a.Out[0]
	for i, x := range a.In[0] {
		dst[i] = T(math.Tanh(float64(x)))
	}
	return 0
}

func tanhGradTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, dy := a.Out[0], a.In[1]
	for i, x := range a.In[0] {
		dst[i] = dy[i] * T(tanhSlope(float64(x)))
	}
	return 0
}

func erfTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst := a.Out[0]
	for i, x := range a.In[0] {
		dst[i] = T(math.Erf(float64(x)))
	}
	return 0
}

func erfGradTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, dy := a.Out[0], a.In[1]
	for i, x := range a.In[0] {
		dst[i] = dy[i] * T(erfSlope(float64(x)))
	}
	return 0
}

func siluTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst := a.Out[0]
	for i, x := range a.In[0] {
		dst[i] = x * T(sigmoid(float64(x)))
	}
	return 0
}

func siluGradTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, dy := a.Out[0], a.In[1]
	for i, x := range a.In[0] {
		dst[i] = dy[i] * T(siluSlope(float64(x)))
	}
	return 0
}

func geluTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst := a.Out[0]
	for i, x := range a.In[0] {
		dst[i] = T(gelu(float64(x)))
	}
	return 0
}

func geluGradTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, dy := a.Out[0], a.In[1]
	for i, x := range a.In[0] {
		dst[i] = dy[i] * T(geluSlope(float64(x)))
	}
	return 0
}

func geluTanhTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst := a.Out[0]
	for i, x := range a.In[0] {
		dst[i] = T(geluTanh(float64(x)))
	}
	return 0
}

func geluTanhGradTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, dy := a.Out[0], a.In[1]
	for i, x := range a.In[0] {
		dst[i] = dy[i] * T(geluTanhSlope(float64(x)))
	}
	return 0
}

func mishTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst := a.Out[0]
	for i, x := range a.In[0] {
		dst[i] = T(mish(float64(x)))
	}
	return 0
}

func mishGradTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, dy := a.Out[0], a.In[1]
	for i, x := range a.In[0] {
		dst[i] = dy[i] * T(mishSlope(float64(x)))
	}
	return 0
}

func logSigmoidTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst := a.Out[0]
	for i, x := range a.In[0] {
		dst[i] = T(-softplus(-float64(x)))
	}
	return 0
}

func logSigmoidGradTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, dy := a.Out[0], a.In[1]
	for i, x := range a.In[0] {
		dst[i] = dy[i] * T(sigmoid(-float64(x)))
	}
	return 0
}
