package main

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/floats"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// call is a kernel, or what it is compared with.
type call[T kernels.Float] = func(a catalog.Args[T]) float64

// gonum has what gonum has, for float64 only.
var gonum = map[string]call[float64]{
	"LogSumExp":     func(a catalog.Args[float64]) float64 { return floats.LogSumExp(a.In[0]) },
	"SquaredError":  func(a catalog.Args[float64]) float64 { return floats.Distance(a.In[0], a.In[1], 2) },
	"AbsoluteError": func(a catalog.Args[float64]) float64 { return floats.Distance(a.In[0], a.In[1], 1) },
	"Sum":           func(a catalog.Args[float64]) float64 { return floats.Sum(a.In[0]) },
	"ExactAdd":      func(a catalog.Args[float64]) float64 { return floats.SumCompensated(a.In[0]) },
	"Dot":           func(a catalog.Args[float64]) float64 { return floats.Dot(a.In[0], a.In[1]) },
	"MulTo":         func(a catalog.Args[float64]) float64 { floats.MulTo(a.Out[0], a.In[0], a.In[1]); return 0 },
	"ScaleTo":       func(a catalog.Args[float64]) float64 { floats.ScaleTo(a.Out[0], a.Scalars[0], a.In[0]); return 0 },

	"AddScaledTo": func(a catalog.Args[float64]) float64 {
		floats.AddScaledTo(a.Out[0], a.In[0], a.Scalars[0], a.In[1])
		return 0
	},
	"Max":    func(a catalog.Args[float64]) float64 { return floats.Max(a.In[0]) },
	"ArgMax": func(a catalog.Args[float64]) float64 { return float64(floats.MaxIdx(a.In[0])) },

	"AffineTo_noBias":  gemm(blas.NoTrans, blas.Trans, 0),
	"MatMulTo":         gemm(blas.NoTrans, blas.NoTrans, 0),
	"AddMatMulTo":      gemm(blas.NoTrans, blas.NoTrans, 1),
	"MatMulTransTo":    gemm(blas.NoTrans, blas.Trans, 0),
	"AddMatMulTransTo": gemm(blas.NoTrans, blas.Trans, 1),
	"AddTransMatMulTo": gemm(blas.Trans, blas.NoTrans, 1),
}

// loops has, by the name of the kernel, the loop that one would write without this library: in float64 inside
// where it calls package math, which has nothing else.
func loops[T kernels.Float]() map[string]call[T] {
	return map[string]call[T]{
		"SoftplusTo": softplusTo[T], "SigmoidTo": sigmoidTo[T], "ExpTo": expTo[T], "Expm1To": expm1To[T],
		"TanhTo": tanhTo[T], "TanhGradTo": tanhGradTo[T], "ErfTo": erfTo[T], "ErfGradTo": erfGradTo[T],
		"SiLUTo": siluTo[T], "SiLUGradTo": siluGradTo[T], "GELUTo": geluTo[T], "GELUGradTo": geluGradTo[T],
		"GELUTanhTo": geluTanhTo[T], "GELUTanhGradTo": geluTanhGradTo[T],
		"LogSigmoidTo": logSigmoidTo[T], "LogSigmoidGradTo": logSigmoidGradTo[T],
		"MishTo": mishTo[T], "MishGradTo": mishGradTo[T],
		"LogTo": logTo[T], "Log1pTo": log1pTo[T], "PowTo": powTo[T], "MulTo": mulTo[T], "ScaleTo": scaleTo[T],
		"AddScaledTo": addScaledTo[T], "SelectTo": selectTo[T],
		"Max": largest[T], "ArgMax": argMax[T], "ArgMaxRowsTo": argMaxRows[T],
		"AddSquaresTo": addSquaresTo[T], "TransposeTo": transposeTo[T],
		"Sum": sum[T], "ExactAdd": sum[T], "Dot": dot[T], "CountOutside": countOutside[T], "LogSumExp": logSumExp[T],
		"SquaredError": squaredError[T], "SquaredErrorTo": squaredErrorTo[T], "SquaredErrorGrad": squaredErrorGrad[T],
		"AbsoluteError": absoluteError[T], "AbsoluteErrorTo": absoluteErrorTo[T], "AbsoluteErrorGrad": absoluteErrorGrad[T],
		"Huber": huber[T], "HuberTo": huberTo[T], "HuberGrad": huberGrad[T],
		"GaussianNLL": gaussianNLL[T], "GaussianNLLTo": gaussianNLLTo[T], "GaussianNLLGrad": gaussianNLLGrad[T],
		"BCE": bce[T], "BCETo": bceTo[T], "BCEGrad": bceGrad[T],
		"BCEWithLogits": bceWithLogits[T], "BCEWithLogitsTo": bceWithLogitsTo[T], "BCEWithLogitsGrad": bceWithLogitsGrad[T],
		"BCEWithLogits_posWeight": weighted[T], "BCEWithLogitsTo_posWeight": weightedTo[T], "BCEWithLogitsGrad_posWeight": weightedGrad[T],
		"GaussianKL": gaussianKL[T], "GaussianKLTo": gaussianKLTo[T], "GaussianKLPrior": gaussianKLPrior[T],
		"GaussianKLPriorTo": gaussianKLPriorTo[T], "GaussianKLLogVar": gaussianKLLogVar[T], "GaussianKLLogVarTo": gaussianKLLogVarTo[T],
		"NormalTo": normalTo[T], "UniformTo": uniformTo[T],
		"LogSumExpRowsTo": logSumExpRows[T], "SoftmaxRowsTo": softmaxRows[T], "LogSoftmaxRowsTo": logSoftmaxRows[T],
		"MaskedSoftmaxRowsTo": maskedSoftmax[T], "MaskedSoftmaxRowsTo_bias": maskedSoftmax[T],
		"MaskedSoftmaxRowsTo_keep": maskedSoftmax[T], "MaskedSoftmaxRowsTo_bias_keep": maskedSoftmax[T],
		"MaskedLogSoftmaxRowsTo": maskedLogSoftmax[T], "MaskedLogSoftmaxRowsTo_bias": maskedLogSoftmax[T],
		"MaskedLogSoftmaxRowsTo_keep": maskedLogSoftmax[T], "MaskedLogSoftmaxRowsTo_bias_keep": maskedLogSoftmax[T],
		"TopKRows": topK[T], "TopKRows_many": topK[T],
		"LayerNormRowsTo": layerNorm[T], "LayerNormRowsGradTo": layerNormGrad[T],
		"SoftmaxRowsGradTo": softmaxGrad[T], "LogSoftmaxRowsGradTo": logSoftmaxGrad[T],
		"CrossEntropyRows": crossEntropySum[T], "CrossEntropyRowsTo": crossEntropyRows[T],
		"CrossEntropyRowsGrad": crossEntropyGrad[T], "CrossEntropyRowsGradTo": crossEntropyRowsGrad[T],
		"AffineTo": affine[T], "AffineTo_noBias": affine[T], "AffineReLUTo": affineReLU[T],
		"MatMulTo": matMul[T], "AddMatMulTo": addMatMul[T], "MatMulTransTo": matMulTrans[T],
		"AddMatMulTransTo": addMatMulTrans[T], "AddTransMatMulTo": addTransMatMul[T],
		"AddTransMatMulRowsTo": addTransMatMul[T], "AddColumnSumsTo": addColumnSums[T],
		"SumSquaresTo": sumSquares[T], "SumSquaresTo_one": sumSquares[T], "SumSquaresTo_many": sumSquares[T],
	}
}

func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// normalKL is KL(N(muP, sigmaP²+eps) ‖ N(muQ, sigmaQ²+eps)).
func normalKL[T kernels.Float](muP, sigmaP, muQ, sigmaQ, eps T) float64 {
	varP, varQ := float64(sigmaP*sigmaP+eps), float64(sigmaQ*sigmaQ+eps)
	d := float64(muP - muQ)
	return 0.5 * (math.Log(varQ/varP) + (varP+d*d)/varQ - 1)
}

func logVarKL[T kernels.Float](mu, logVar T) float64 {
	return 0.5 * (math.Exp(float64(logVar)) - float64(logVar) - 1 + float64(mu*mu))
}

// binary is binary cross-entropy as torch clamps it.
func binary(p, t float64) float64 {
	return -(t*max(math.Log(p), -100) + (1-t)*max(math.Log1p(-p), -100))
}

// binaryOfLogit is binary cross-entropy with the weight q of the positive class.
func binaryOfLogit(x, t, q float64) float64 { return q*t*softplus(-x) + (1-t)*softplus(x) }

func softplusTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst := a.Out[0]
	for i, x := range a.In[0] {
		dst[i] = T(softplus(float64(x)))
	}
	return 0
}

func expTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst := a.Out[0]
	for i, x := range a.In[0] {
		dst[i] = T(math.Exp(float64(x)))
	}
	return 0
}

func expm1To[T kernels.Float](a catalog.Args[T]) float64 {
	dst := a.Out[0]
	for i, x := range a.In[0] {
		dst[i] = T(math.Expm1(float64(x)))
	}
	return 0
}

func logTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst := a.Out[0]
	for i, x := range a.In[0] {
		dst[i] = T(math.Log(float64(x)))
	}
	return 0
}

func log1pTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst := a.Out[0]
	for i, x := range a.In[0] {
		dst[i] = T(math.Log1p(float64(x)))
	}
	return 0
}

func sigmoidTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst := a.Out[0]
	for i, x := range a.In[0] {
		dst[i] = T(sigmoid(float64(x)))
	}
	return 0
}

func powTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, p := a.Out[0], float64(a.Scalars[0])
	for i, x := range a.In[0] {
		dst[i] = T(math.Pow(float64(x), p))
	}
	return 0
}

func normalTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, r := a.Out[0], rand.New(rand.NewPCG(a.Key.Seed, a.Key.Stream))
	for i := range dst {
		dst[i] = T(r.NormFloat64())
	}
	return 0
}

func uniformTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, r := a.Out[0], rand.New(rand.NewPCG(a.Key.Seed, a.Key.Stream))
	for i := range dst {
		dst[i] = T(r.Float64())
	}
	return 0
}

func mulTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, y := a.Out[0], a.In[1]
	for i, x := range a.In[0] {
		dst[i] = x * y[i]
	}
	return 0
}

func scaleTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, c := a.Out[0], a.Scalars[0]
	for i, x := range a.In[0] {
		dst[i] = c * x
	}
	return 0
}

func addScaledTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, alpha, s := a.Out[0], a.Scalars[0], a.In[1]
	for i, y := range a.In[0] {
		dst[i] = y + alpha*s[i]
	}
	return 0
}

func selectTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, keep, other := a.Out[0], a.Keep, a.Scalars[0]
	for i, x := range a.In[0] {
		dst[i] = other
		if keep[i] {
			dst[i] = x
		}
	}
	return 0
}

func addSquaresTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, x := a.Out[0], a.In[1]
	for i, s := range a.In[0] {
		dst[i] = s + x[i]*x[i]
	}
	return 0
}

func squaredErrorTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, y := a.Out[0], a.In[1]
	for i, x := range a.In[0] {
		d := x - y[i]
		dst[i] = d * d
	}
	return 0
}

func absoluteErrorTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, y := a.Out[0], a.In[1]
	for i, x := range a.In[0] {
		dst[i] = T(math.Abs(float64(x - y[i])))
	}
	return 0
}

func gaussianKLTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, eps := a.Out[0], a.Scalars[0]
	for i, mu := range a.In[0] {
		dst[i] = T(normalKL(mu, a.In[1][i], a.In[2][i], a.In[3][i], eps))
	}
	return 0
}

func gaussianKLPriorTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, priorMu, priorSigma, eps := a.Out[0], a.Scalars[0], a.Scalars[1], a.Scalars[2]
	for i, mu := range a.In[0] {
		dst[i] = T(normalKL(mu, a.In[1][i], priorMu, priorSigma, eps))
	}
	return 0
}

func gaussianKLLogVarTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, logVar := a.Out[0], a.In[1]
	for i, mu := range a.In[0] {
		dst[i] = T(logVarKL(mu, logVar[i]))
	}
	return 0
}

func bceTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, t := a.Out[0], a.In[1]
	for i, p := range a.In[0] {
		dst[i] = T(binary(float64(p), float64(t[i])))
	}
	return 0
}

func bceWithLogitsTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, t := a.Out[0], a.In[1]
	for i, x := range a.In[0] {
		dst[i] = T(softplus(float64(x)) - float64(x*t[i]))
	}
	return 0
}

func weightedTo[T kernels.Float](a catalog.Args[T]) float64 {
	dst, t, q := a.Out[0], a.In[1], a.In[2]
	for i, x := range a.In[0] {
		dst[i] = T(binaryOfLogit(float64(x), float64(t[i]), float64(q[i])))
	}
	return 0
}
