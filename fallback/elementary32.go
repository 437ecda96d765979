package fallback

import "math"

// exp, log, log1p, expm1 and the logistic function of float32, each in float64 lanes (wide.go) and rounded once:
// at most 0.51 ULP.

// exp32 is exp(x).
func exp32(x float32) float32 {
	return float32(wideExp(float64(clampExp(x))))
}

// clampExp keeps x where wideExp works; beyond, the result is 0 or +Inf in float32 anyway. NaN passes.
func clampExp(x float32) float32 {
	return pickMin(WideExpMax, pickMax(WideExpMin, x))
}

// expm1x32 is exp(x) − 1, with the sign of x: expm1(−0) = −0.
func expm1x32(x float32) float32 {
	y := float32(wideExpm1(float64(clampExp(x))))
	return signOf(y, x)
}

// signOf gives y, which is 0 or has the sign of x, the sign of x.
func signOf(y, x float32) float32 {
	return float32of(bits32(y) | bits32(x)&(1<<31))
}

// sigmoid32 is 1/(1+exp(−x)), from u = exp(−|x|) as 1/(1+u) or u/(1+u).
func sigmoid32(x float32) float32 {
	u := wideExp(float64(pickMax(WideExpMin, -abs32(x))))
	top := u
	if x >= 0 {
		top = 1
	}
	return float32(top / (1 + u))
}

// log32 is log(x).
func log32(x float32) float32 {
	return logLimits(x, x, float32(wideLog(float64(x))))
}

// log1p32 is log(1+x), with the sign of x: log1p(−0) = −0.
func log1p32(x float32) float32 {
	return signOf(logLimits(x, x+1, float32(log1pWide(float64(x)))), x)
}

// logLimits is y, or where the argument u of the logarithm is no positive number: −Inf at 0, NaN below, +Inf at +Inf.
func logLimits(x, u, y float32) float32 {
	if u < float32(math.Inf(1)) {
		if 0 < u {
			return y
		}
		if u == 0 {
			return float32(math.Inf(-1))
		}
		return float32(math.NaN())
	}
	return x // +Inf or NaN
}

// ExpF32 writes exp(x).
func ExpF32(dst, x []float32) {
	for i, v := range x {
		dst[i] = exp32(v)
	}
}

// Expm1F32 writes exp(x) − 1.
func Expm1F32(dst, x []float32) {
	for i, v := range x {
		dst[i] = expm1x32(v)
	}
}

// SigmoidF32 writes 1/(1+exp(−x)).
func SigmoidF32(dst, x []float32) {
	for i, v := range x {
		dst[i] = sigmoid32(v)
	}
}

// LogF32 writes log(x).
func LogF32(dst, x []float32) {
	for i, v := range x {
		dst[i] = log32(v)
	}
}

// Log1pF32 writes log(1+x).
func Log1pF32(dst, x []float32) {
	for i, v := range x {
		dst[i] = log1p32(v)
	}
}
