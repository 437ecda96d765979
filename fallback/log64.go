package fallback

import "math"

// log of float64 slices: x = 2ᵏ·(1+f) with 1+f in [√½, √2), and log(1+f) as in log1p64.go.

var (
	inf64 = math.Inf(1)
	nan64 = math.NaN()
)

const (
	LogSplit64  = 0x3fe6a09e667f3bcd // the bits of √½, where 1+f starts
	LogNormal64 = 0x1p-1022          // the smallest normal number
	LogUp       = 54                 // 2^54 makes normal numbers of smaller ones
)

// LogF64 writes log(x).
func LogF64(dst, x []float64) {
	for i := range dst {
		dst[i] = log64(x[i])
	}
}

// log64 is log(x). −Inf for ±0, NaN below.
func log64(x float64) float64 {
	high, low := logHL64(x)
	return logLimits64(x, high+low)
}

// logLimits64 is y, or log(x) where x is no positive number.
func logLimits64(x, y float64) float64 {
	if !(x < inf64) { // NaN too
		y = x
	}
	if x == 0 {
		y = -inf64
	}
	if x < 0 {
		y = nan64
	}
	return y
}

// logHL64 is log(x) in two parts, for positive x.
func logHL64(x float64) (high, low float64) {
	up := 0.0
	if x < LogNormal64 {
		x, up = float64(0x1p54*x), LogUp
	}
	b := bits64(x) + (One64 - LogSplit64)
	k := float64of(b>>52|Mantissa52) - (0x1p52 + 1023) - up
	f := float64of(b&Mantissa64+LogSplit64) - 1

	// Next to log 2, half an ULP for the sum of k·log 2 and f would be too much.
	high = fma64(k, Ln2High64, f)
	lost := f - fnma64(k, Ln2High64, high)
	return high, lost - logTail64(f, k)
}

// logTail64 is f − k·(low part of log 2) − log(1+f).
func logTail64(f, k float64) float64 {
	s := f / (2 + f)
	z := float64(s * s)
	h := float64(float64(0.5*f) * f)
	q := fma64(z, poly64(z, LogPoly64[:]), h)
	return fnma64(k, Ln2Low64, fnma64(s, q, h))
}
