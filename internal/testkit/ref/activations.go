package ref

import "math"

// References for the activations and their derivatives, as those in float32.go. Near a zero of a derivative their
// absolute error is below 2⁻⁵⁰.

// Tanh is tanh(x).
func Tanh(x float64) float64 { return math.Tanh(x) }

// TanhSlope is the derivative of tanh.
func TanhSlope(x float64) float64 {
	e := math.Exp(-2 * math.Abs(x))
	return 4 * e / ((1 + e) * (1 + e))
}

// Erf is erf(x).
func Erf(x float64) float64 { return math.Erf(x) }

// ErfSlope is the derivative of erf.
func ErfSlope(x float64) float64 { return 2 / math.SqrtPi * math.Exp(-x*x) }

// LogSigmoid is the logarithm of the logistic function.
func LogSigmoid(x float64) float64 { return -Softplus(-x) }

// LogSigmoidSlope is its derivative.
func LogSigmoidSlope(x float64) float64 { return Sigmoid(-x) }

// SiLU is x·σ(x).
func SiLU(x float64) float64 { return atLeft(x, x*Sigmoid(x)) }

// SiLUSlope is the derivative of SiLU.
func SiLUSlope(x float64) float64 { return gateSlope(x, x) }

// GELU is x·Φ(x).
func GELU(x float64) float64 { return atLeft(x, x*normal(x)) }

// GELUSlope is the derivative of GELU.
func GELUSlope(x float64) float64 {
	square := x * x / 2
	return withLimits(math.Copysign(square, x), normal(x)+x*math.Exp(-square)/math.Sqrt(2*math.Pi))
}

func normal(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

// GELUTanh is ½x·(1 + tanh(√(2/π)·(x + 0.044715·x³))).
func GELUTanh(x float64) float64 {
	y, _ := geluTanhInner(x)
	return atLeft(x, x*Sigmoid(y))
}

// GELUTanhSlope is its derivative.
func GELUTanhSlope(x float64) float64 {
	y, v := geluTanhInner(x)
	return gateSlope(y, v)
}

// geluTanhInner is y with GELUTanh = x·σ(y), and x·dy/dx.
func geluTanhInner(x float64) (y, v float64) {
	a := 2 * math.Sqrt(2/math.Pi)
	return a * x * (1 + 0.044715*x*x), a * x * (1 + 3*0.044715*x*x)
}

// gateSlope is the derivative of x·σ(y), where v is x·dy/dx.
func gateSlope(y, v float64) float64 { return withLimits(y, Sigmoid(y)*(1+v*Sigmoid(-y))) }

// Mish is x·tanh(softplus(x)).
func Mish(x float64) float64 { return atLeft(x, x*math.Tanh(Softplus(x))) }

// MishSlope is the derivative of Mish.
func MishSlope(x float64) float64 {
	t := math.Tanh(Softplus(x))
	return withLimits(x, t+x*(1-t)*(1+t)*Sigmoid(x))
}

// withLimits is a derivative, or its limit where exp(−|y|) is 0.
func withLimits(y, slope float64) float64 {
	switch {
	case y > 700:
		return 1
	case y < -700:
		return math.Copysign(0, -1)
	}
	return slope
}

// atLeft is y, or −0 where x is so far to the left that y is 0 or NaN.
func atLeft(x, y float64) float64 {
	if x < -700 {
		return math.Copysign(0, -1)
	}
	return y
}
