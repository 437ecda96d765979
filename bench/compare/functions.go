package main

import (
	"math"
	"math/big"

	"github.com/simmer-go/simmer/internal/testkit/ref"
	"github.com/simmer-go/simmer/kernels"
)

// function is what peers compute too, under the same name.
type function[T kernels.Float] struct {
	name     string
	of       whole
	ours     func(dst, x []T)
	from, to float64 // the usual inputs
	slope    bool    // a derivative
	positive bool    // asked for inputs ≥ 0 only
	wide     bool    // big takes any number

	// The true result: of an element by exact, which is enough to judge float32, and by big; of more by bigs.
	exact func(x float64) float64
	big   func(x *big.Float) *big.Float
	bigs  func(x []*big.Float) []*big.Float
}

// whole is what a result depends on.
type whole int

const (
	element whole = iota
	row           // rowLength elements, which have as many results
	vector        // all elements, which have one result, dst[0]
)

const (
	rowLength = 256
	power     = 1.7 // of pow
)

// functions are the activations and what they are made of; derivatives, times a gradient of ones; rows; sums.
func functions[T kernels.Float]() []function[T] {
	return []function[T]{
		{name: "exp", ours: write(kernels.ExpTo[T]), exact: ref.Exp, big: ref.BigExp, from: -80, to: 80},
		{name: "expm1", ours: write(kernels.Expm1To[T]), exact: ref.Expm1, big: ref.BigExpm1, from: -10, to: 80},
		{name: "log", wide: true, ours: write(kernels.LogTo[T]), exact: ref.Log, big: ref.BigLog, from: 1e-10, to: 100},
		{name: "log1p", wide: true, ours: write(kernels.Log1pTo[T]),
			exact: ref.Log1p, big: ref.BigLog1p, from: -0.99, to: 100},
		{name: "pow", positive: true, wide: true, ours: powTo[T], exact: pow[T], big: bigPow[T], from: 1e-3, to: 100},
		{name: "tanh", ours: write(kernels.TanhTo[T]), exact: ref.Tanh, big: bigTanh, from: -10, to: 10},
		{name: "erf", ours: write(kernels.ErfTo[T]), exact: ref.Erf, big: ref.BigErf, from: -4, to: 4},
		{name: "sigmoid", ours: write(kernels.SigmoidTo[T]), exact: ref.Sigmoid, big: bigSigmoid, from: -20, to: 20},
		{name: "softplus", ours: write(kernels.SoftplusTo[T]),
			exact: ref.Softplus, big: bigSoftplus, from: -20, to: 20},
		{name: "log_sigmoid", ours: write(kernels.LogSigmoidTo[T]),
			exact: ref.LogSigmoid, big: bigLogSigmoid, from: -20, to: 20},
		{name: "silu", ours: write(kernels.SiLUTo[T]), exact: ref.SiLU, big: bigSiLU, from: -20, to: 20},
		{name: "gelu", ours: write(kernels.GELUTo[T]), exact: ref.GELU, big: bigGELU, from: -4, to: 4},
		{name: "gelu_tanh", ours: write(kernels.GELUTanhTo[T]), exact: ref.GELUTanh, big: bigGELUTanh, from: -4, to: 4},
		{name: "mish", ours: write(kernels.MishTo[T]), exact: ref.Mish, big: bigMish, from: -20, to: 20},
		{name: "tanh_grad", slope: true, ours: back(kernels.TanhGradTo[T]),
			exact: ref.TanhSlope, big: bigTanhSlope, from: -10, to: 10},
		{name: "log_sigmoid_grad", slope: true, ours: back(kernels.LogSigmoidGradTo[T]),
			exact: ref.LogSigmoidSlope, big: bigLogSigmoidSlope, from: -20, to: 20},
		{name: "silu_grad", slope: true, ours: back(kernels.SiLUGradTo[T]),
			exact: ref.SiLUSlope, big: bigSiLUSlope, from: -20, to: 20},
		{name: "gelu_grad", slope: true, ours: back(kernels.GELUGradTo[T]),
			exact: ref.GELUSlope, big: bigGELUSlope, from: -4, to: 4},
		{name: "gelu_tanh_grad", slope: true, ours: back(kernels.GELUTanhGradTo[T]),
			exact: ref.GELUTanhSlope, big: bigGELUTanhSlope, from: -4, to: 4},
		{name: "mish_grad", slope: true, ours: back(kernels.MishGradTo[T]),
			exact: ref.MishSlope, big: bigMishSlope, from: -20, to: 20},
		{name: "softmax", of: row, ours: byRows(kernels.SoftmaxRowsTo[T]), bigs: bigSoftmax, from: -10, to: 10},
		{name: "masked_softmax", of: row, ours: maskedSoftmax[T], bigs: bigMaskedSoftmax, from: -10, to: 10},
		{name: "log_softmax", of: row, ours: byRows(kernels.LogSoftmaxRowsTo[T]),
			bigs: bigLogSoftmax, from: -10, to: 10},
		{name: "logsumexp", of: vector, ours: scalar(kernels.LogSumExp[T]), bigs: bigLogSumExp, from: -10, to: 10},
		{name: "sum", of: vector, ours: scalar(kernels.Sum[T]), bigs: bigSum, from: 0, to: 1},
		{name: "squared_error", of: vector, ours: halves(kernels.SquaredError[T]),
			bigs: bigSquaredError, from: 0, to: 1},
	}
}

func write[T kernels.Float](f func(dst, x []T) []T) func(dst, x []T) {
	return func(dst, x []T) { f(dst, x) }
}

// back is f with a gradient of ones.
func back[T kernels.Float](f func(dst, x, dy []T) []T) func(dst, x []T) {
	var ones []T
	return func(dst, x []T) {
		for len(ones) < len(x) {
			ones = append(ones, 1)
		}
		f(dst, x, ones[:len(x)])
	}
}

func byRows[T kernels.Float](f func(dst, x []T, cols int) []T) func(dst, x []T) {
	return func(dst, x []T) { f(dst, x, rowLength) }
}

func scalar[T kernels.Float, R float32 | float64](f func(x []T) R) func(dst, x []T) {
	return func(dst, x []T) { dst[0] = T(f(x)) }
}

// halves is f of the first and the second half of a vector.
func halves[T kernels.Float, R float32 | float64](f func(x, y []T) R) func(dst, x []T) {
	return func(dst, x []T) { dst[0] = T(f(x[:len(x)/2], x[len(x)/2:])) }
}

// maskedSoftmax leaves every seventh entry of all out.
func maskedSoftmax[T kernels.Float](dst, x []T) {
	for len(kept) < len(x) {
		kept = append(kept, !masked(len(kept)))
	}
	kernels.MaskedSoftmaxRowsTo(dst, x, rowLength, 1, nil, kept[:len(x)])
}

var kept []bool

func masked(i int) bool { return i%rowLength%7 == 0 }

func powTo[T kernels.Float](dst, x []T) { kernels.PowTo(dst, x, power) }

func pow[T kernels.Float](x float64) float64 { return math.Pow(x, float64(T(power))) }
