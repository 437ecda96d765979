package fallback

// log(1+x): 1 + x = 2ᵏ(1+f) with 1+f in [¾, 1½), where f = 2⁻ᵏ·x + (2⁻ᵏ − 1) is exact for every k that matters. Then
// log1p(x) = k·log 2 + log(1+f), and log(1+f) is as in log.go.
//
// For 0 ≤ u ≤ 1, what softplus needs, no range reduction is needed:
//
//	log1p(u) = u + u²·Q(u)                              for float32
//	log1p(u) = u − (h − s(h + s²·R(s²))),  s = u/(2+u),  h = ½u²  for float64
//
// A polynomial in u alone would have twice the terms in float64, which cost more than the division.

// Log1pUnitPoly32 holds Q, lowest power first: poly/log1p.sollya, relative error of log1p 2⁻²⁷·⁵.
var Log1pUnitPoly32 = [...]float32{
	-0x1.ffffd2p-2, 0x1.554ddap-2, -0x1.ff2556p-3, 0x1.935568p-3, -0x1.3a6736p-3,
	0x1.b53c48p-4, -0x1.d7efa8p-5, 0x1.4a9226p-6, -0x1.b22adep-9,
}

// Log1pUnitPoly64 holds R(z) = (2·artanh(√z)/√z − 2)/z for 0 ≤ z ≤ 1/9, lowest power first: poly/log1p.sollya, error of
// 2 + z·R(z) 2⁻⁵⁸·⁴.
var Log1pUnitPoly64 = [...]float64{
	0x1.5555555555535p-1, 0x1.99999999a077fp-2, 0x1.249249208a547p-2, 0x1.c71c741d86871p-3, 0x1.745cb3da3b549p-3,
	0x1.3b1dde70fe6fep-3, 0x1.1067a0e463437p-3, 0x1.efda4da7266f8p-4, 0x1.55a95c6de8a5cp-4, 0x1.5c7f0192ef065p-3,
}

const (
	Log1pSplit64 = 0x3fe8000000000000 // the bits of ¾, where 1+f starts
	Quarter64    = 2048 << 52         // minus the bits of 2ᵏ, those of 2²⁻ᵏ
	Log1pTiny64  = 0x1p-54            // log1p(x) is x up to here
)

// log1p32 is log(1+x), to 0.51 ULP, with the sign of x: log1p(−0) = −0.
func log1p32(x float32) float32 {
	y, sure := narrow(log1pMixed[plain](float64(x)))
	if !sure {
		y = float32(log1pMixed[fused](float64(x)))
	}
	return signOf32(logLimits32(x, x+1, y), x)
}

// log1pMixed is log1p(x) for finite x > −1; NaN stays NaN. The k is that of the rounded 1+x, but f = x·2⁻ᵏ + (2⁻ᵏ − 1)
// comes from x itself, so nothing of a small x is lost.
func log1pMixed[A arithmetic](x float64) float64 {
	k, scale := splitLogMixed(1 + x)
	return logMixedOf[A](k, float64(x*scale)+(scale-1)) // an exact product, by a power of two
}

// log1p64 is log(1+x); its error stays below 1.1 ULP, and 1.051 is the worst seen, at -0x1.0011df82b504ap-02.
// -Inf for -1, NaN below.
//
// 2ᵏ can be 2^1024 and 2⁻ᵏ·x has to be x for k = 0, so the factors are 2²⁻ᵏ and ¼x, which is exact unless x is
// subnormal.
func log1p64(x float64) float64 {
	b := bits64(1+x) + (One64 - Log1pSplit64)
	k := float64of(b>>52|Mantissa52) - (0x1p52 + 1023)
	t := float64of(Quarter64 - b&Exponent64)
	f := fma64(0.25*x, t, fma64(0.25, t, -1))

	y := fma64(k, Ln2High64, f-logTail64(f, k))
	if abs64(x) < Log1pTiny64 { // also keeps the sign of 0
		y = x
	}
	if !(x < inf64) { // NaN too
		y = x
	}
	if x == -1 {
		y = -inf64
	}
	if x < -1 {
		y = nan64
	}
	return y
}

// log1pUnit32 is log1p(u) for 0 ≤ u ≤ 1.
func log1pUnit32(u float32) float32 {
	return fma32(float32(u*u), poly32(u, Log1pUnitPoly32[:]), u)
}

// log1pUnit64 is log1p(u) for 0 ≤ u ≤ 1.
func log1pUnit64(u float64) float64 { return u - log1pUnitTail64(u) }

// log1pUnitTail64 is u − log1p(u).
func log1pUnitTail64(u float64) float64 {
	s := u / (2 + u)
	z := float64(s * s)
	h := float64(float64(0.5*u) * u)
	q := fma64(z, poly64(z, Log1pUnitPoly64[:]), h)
	return fnma64(s, q, h)
}

// Log1pToF32 writes log(1+x).
func Log1pToF32(dst, x []float32) {
	for i, v := range x {
		dst[i] = log1p32(v)
	}
}

// Log1pToF64 writes log(1+x).
func Log1pToF64(dst, x []float64) {
	for i := range dst {
		dst[i] = log1p64(x[i])
	}
}
