package main

import (
	"github.com/ajroetker/go-highway/hwy"
	"github.com/ajroetker/go-highway/hwy/contrib/activation"
	"github.com/ajroetker/go-highway/hwy/contrib/algo"
	"github.com/ajroetker/go-highway/hwy/contrib/nn"
	"github.com/ajroetker/go-highway/hwy/contrib/vec"
	simd32 "github.com/tphakala/simd/f32"
	simd64 "github.com/tphakala/simd/f64"
	"github.com/viterin/vek"
	"github.com/viterin/vek/vek32"
	"gonum.org/v1/gonum/floats"

	"github.com/simmer-go/simmer/kernels"
)

// goLibrary is what a Go library has of the functions, by their names.
type goLibrary[T kernels.Float] struct {
	name      string
	functions map[string]func(dst, x []T)
}

func goLibraries[T kernels.Float]() []goLibrary[T] {
	return []goLibrary[T]{
		{"vek", typed[T](vekFloat32, vekFloat64)},
		{"tphakala/simd", typed[T](simdFloat32, simdFloat64)},
		{"go-highway " + hwy.CurrentName(), highway[T]()},
		{"gonum", typed[T](nil, gonumFloat64)},
	}
}

// typed is the one of two lists that is of type T.
func typed[T kernels.Float](
	float32s map[string]func(dst, x []float32), float64s map[string]func(dst, x []float64),
) map[string]func(dst, x []T) {
	if m, ok := any(float32s).(map[string]func(dst, x []T)); ok {
		return m
	}
	return any(float64s).(map[string]func(dst, x []T))
}

var vekFloat32 = map[string]func(dst, x []float32){
	"exp": write(vek32.Exp_Into), "log": write(vek32.Log_Into), "pow": powers(vek32.Pow_Into),
	"sum": scalar(vek32.Sum), "squared_error": squared(halves(vek32.Distance)),
}

var vekFloat64 = map[string]func(dst, x []float64){
	"pow": powers(vek.Pow_Into), "sum": scalar(vek.Sum), "squared_error": squared(halves(vek.Distance)),
}

var simdFloat32 = map[string]func(dst, x []float32){
	"exp": simd32.Exp, "log": simd32.Log, "tanh": simd32.Tanh, "sigmoid": simd32.Sigmoid,
	"pow": func(dst, x []float32) { simd32.Pow(dst, x, power) },
	"sum": scalar(simd32.Sum), "squared_error": squared(halves(simd32.EuclideanDistance)),
}

var simdFloat64 = map[string]func(dst, x []float64){
	"exp": simd64.Exp, "log": simd64.Log, "tanh": simd64.Tanh, "sigmoid": simd64.Sigmoid,
	"pow": func(dst, x []float64) { simd64.Pow(dst, x, power) },
	"sum": scalar(simd64.Sum), "squared_error": squared(halves(simd64.EuclideanDistance)),
}

var gonumFloat64 = map[string]func(dst, x []float64){
	"logsumexp": scalar(floats.LogSumExp), "sum": scalar(floats.Sum),
	"squared_error": squared(halves(func(x, y []float64) float64 { return floats.Distance(x, y, 2) })),
}

func highway[T kernels.Float]() map[string]func(dst, x []T) {
	into := func(f func(in, out []T)) func(dst, x []T) { return func(dst, x []T) { f(x, dst) } }
	eachRow := func(f func(in, out []T)) func(dst, x []T) {
		return func(dst, x []T) {
			for i := 0; i < len(x); i += rowLength {
				f(x[i:i+rowLength], dst[i:i+rowLength])
			}
		}
	}
	return map[string]func(dst, x []T){
		"exp": into(algo.ExpTransform[T]), "log": into(algo.LogTransform[T]), "tanh": into(activation.Tanh[T]),
		"erf": into(algo.ErfTransform[T]), "sigmoid": into(algo.SigmoidTransform[T]),
		"softplus": into(activation.Softplus[T]),
		"silu":     into(activation.SiLU[T]), "gelu": into(activation.GELU[T]),
		"softmax": eachRow(nn.Softmax[T]), "log_softmax": eachRow(nn.LogSoftmax[T]),
		"sum": scalar(vec.Sum[T]), "squared_error": halves(vec.L2SquaredDistance[T]),
	}
}

// powers gives every element its exponent.
func powers[T kernels.Float](f func(dst, x, y []T) []T) func(dst, x []T) {
	var y []T
	return func(dst, x []T) {
		for len(y) < len(x) {
			y = append(y, T(power))
		}
		f(dst, x, y[:len(x)])
	}
}

// squared is the square of the distance that f has.
func squared[T kernels.Float](f func(dst, x []T)) func(dst, x []T) {
	return func(dst, x []T) {
		f(dst, x)
		dst[0] *= dst[0]
	}
}
