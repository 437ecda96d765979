// Package ref holds what the kernels' accuracy is measured with: references more precise than the kernels,
// the error in units in the last place, and the table of the bounds that tests hold and doc comments promise.
package ref

import "math"

// References for float32, in float64: their own error, below 2⁻²⁰ ULP of float32, is nothing next to
// what they measure.

// Exp is exp(x).
func Exp(x float64) float64 { return math.Exp(x) }

// Expm1 is exp(x) − 1.
func Expm1(x float64) float64 { return math.Expm1(x) }

// Log is log(x).
func Log(x float64) float64 { return math.Log(x) }

// Log1p is log(1+x).
func Log1p(x float64) float64 { return math.Log1p(x) }

// Softplus is log(1+exp(x)).
func Softplus(x float64) float64 {
	if x > 0 {
		return x + math.Log1p(math.Exp(-x))
	}
	return math.Log1p(math.Exp(x))
}

// Sigmoid is 1/(1+exp(−x)).
func Sigmoid(x float64) float64 {
	if x > 0 {
		return 1 / (1 + math.Exp(-x))
	}
	e := math.Exp(x)
	return e / (1 + e)
}
