package fallback

// log(x): x = 2ᵏ·(1+f), log(x) = k·log 2 + log(1+f).
//
// In mixed arithmetic, −¼ ≤ f < ½ and log(1+f) = f·L(f) with a polynomial L. In float64, 1+f is in [√½, √2) and with
// s = f/(2+f), which is tanh(½log(1+f)),
//
//	log(1+f) = f − (h − s(h + s²·R(s²))),  h = ½f²

// LogMixedPoly is L in log(1+f) = f·L(f), lowest power first, for −¼ ≤ f < ½: poly/log.sollya, relative error 1.1e-10.
var LogMixedPoly = [...]float64{
	1, -0x1.ffffffdf4c38ap-2, 0x1.5555531c45cb4p-2, -0x1.000018f88a259p-2, 0x1.999bd9974a52ep-3,
	-0x1.554e04f3daf06p-3, 0x1.2432c5d626fp-3, -0x1.fff87e4f39413p-4, 0x1.d32cf3538f806p-4,
	-0x1.b16ad8f58646ep-4, 0x1.47dfd4cf1ef3ap-4, -0x1.00019b2871f0bp-5,
}

// LogPoly64 holds R(z) = (2·artanh(√z)/√z − 2)/z for 0 ≤ z ≤ 0.04, lowest power first: poly/log.sollya, error of 2 +
// z·R(z) 2⁻⁵⁴·⁹.
var LogPoly64 = [...]float64{
	0x1.5555555555776p-1, 0x1.99999998f0bd8p-2, 0x1.249249b222cbcp-2, 0x1.c71c01656ed48p-3,
	0x1.7474e26411738p-3, 0x1.3852e08562d82p-3, 0x1.3abdcc682b884p-3,
}

const (
	// The bits of a positive float64 plus LogMixedOffset hold, in their upper 12 bits, the k + 1024 of 2ᵏ·(1+f) with
	// −¼ ≤ f < ½.
	LogMixedOffset = 1024<<52 - Log1pSplit64
	// LogMixedScale minus (k + 1024)<<52 are the bits of 2⁻ᵏ.
	LogMixedScale = 1024<<52 + One64
)

const (
	LogSplit64  = 0x3fe6a09e667f3bcd // the bits of √½, where 1+f starts
	LogNormal64 = 0x1p-1022          // the smallest normal number
	LogUp       = 54                 // 2^54 makes normal numbers of smaller ones
)

// log32 is log(x), to 0.51 ULP. −Inf for ±0, NaN below.
func log32(x float32) float32 {
	y, sure := narrow(logMixed[plain](float64(x)))
	if !sure {
		y = float32(logMixed[fused](float64(x)))
	}
	return logLimits32(x, x, y)
}

// logLimits32 is y, or where the argument u of the logarithm is no positive number: −Inf at 0, NaN below, +Inf at +Inf.
func logLimits32(x, u, y float32) float32 {
	if u < inf32 {
		if 0 < u {
			return y
		}
		if u == 0 {
			return -inf32
		}
		return nan32
	}
	return x // +Inf or NaN
}

// logMixed is log(x) for positive, finite, normal x.
func logMixed[A arithmetic](x float64) float64 {
	k, scale := splitLogMixed(x)
	return logMixedOf[A](k, float64(x*scale)-1)
}

// splitLogMixed is the k of u = 2ᵏ·(1+f) with −¼ ≤ f < ½, and 2⁻ᵏ, for positive, finite, normal u.
func splitLogMixed(u float64) (k, scale float64) {
	up := bits64(u) + LogMixedOffset
	k = float64of(up>>52|Mantissa52) - (0x1p52 + 1024)
	return k, float64of(LogMixedScale - up&SignExponent64)
}

// logMixedOf is k·log 2 + log(1+f).
func logMixedOf[A arithmetic](k, f float64) float64 {
	return muladd[A](f, polyMixed[A](f, LogMixedPoly[:]), float64(k*Ln2))
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

// LogToF32 writes log(x).
func LogToF32(dst, x []float32) {
	for i, v := range x {
		dst[i] = log32(v)
	}
}

// LogToF64 writes log(x).
func LogToF64(dst, x []float64) {
	for i := range dst {
		dst[i] = log64(x[i])
	}
}
