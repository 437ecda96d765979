// Package ref holds what the kernels' accuracy is measured with: references more precise than the kernels,
// the error in units in the last place, and the table of the bounds that tests hold and doc comments promise.
package ref

import "math"

// ULP32 is the distance of got from exact in units of the last place of the float32 nearest to exact, also where that
// is subnormal. It is 0 if both are NaN or both are the same infinity, and +Inf if only one is, or if
// the signs of two zeros differ. Overflow counts as correct where rounding to nearest overflows.
func ULP32(got float32, exact float64) float64 {
	near := float32(exact)
	switch {
	case near != near || got != got || isInf32(near) || isInf32(got):
		if near == got || near != near && got != got {
			return 0
		}
		return math.Inf(1)
	case exact == 0 && got == 0 && math.Signbit(exact) != math.Signbit(float64(got)):
		return math.Inf(1)
	}
	exponent := math.Float32bits(near) >> 23 & 0xff
	unit := math.Float64frombits(uint64(max(exponent, 1)-150+1023) << 52)
	return math.Abs(float64(got)-exact) / unit
}

func isInf32(x float32) bool { return math.Float32bits(x)<<1 == 0xff<<24 }

// References for float32, in float64: their own error, below 2⁻²⁶ ULP of float32, is nothing next to
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
