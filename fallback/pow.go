package fallback

// xᵖ = exp(p·log x) for x ≥ 0 and one p ≥ 0. Float32 slices are computed as float64, and rounded.

// PowTop64 is more than any logarithm of a float64.
const PowTop64 = 800

// PowPlainTop is the largest |p·log x| with which powPlain has a normal result.
const PowPlainTop = 700

// pow32 is xᵖ for x ≥ 0 and p ≥ 0, to 0.51 ULP.
func pow32(x, p float32) float32 {
	if 0 < x && x < inf32 && 0 < p && p < inf32 {
		if y, sure := narrow(powPlain(float64(x), float64(p))); sure {
			return y
		}
	}
	return float32(pow64(float64(x), float64(p)))
}

// powPlain is pow64 of positive, finite float32 in plain arithmetic, or NaN: see mixed.go. The product of p and the
// logarithm, which is below PowPlainTop, is off by less than 2⁻⁴¹, and so is the result, relatively.
func powPlain(x, p float64) float64 {
	b := bits64(x) + (One64 - LogSplit64)
	k := float64of(b>>52|Mantissa52) - (0x1p52 + 1023)
	f := float64of(b&Mantissa64+LogSplit64) - 1
	s := f / (2 + f)
	z := float64(s * s)
	h := float64(float64(0.5*f) * f)
	tail := float64(s * (float64(z*polyMixed[plain](z, LogPoly64[:])) + h))
	e := float64(p * (float64(k*Ln2) + (f - (h - tail))))
	if !(abs64(e) < PowPlainTop) {
		return nan64
	}
	t := float64(e*Log2E64) + (Integer64 + 1023)
	n := t - (Integer64 + 1023)
	r := (e - float64(n*Ln2High64)) - float64(n*Ln2Low64)
	y := 1 + (r + float64(float64(r*r)*polyMixed[plain](r, ExpPoly64[2:])))
	return y * float64of(bits64(t)<<52)
}

// pow64 is xᵖ for x ≥ 0 and p ≥ 0, to 1 + |p|/4 ULP; x⁰ is 1 for every x. The logarithm and its product with p are kept
// in two parts: rounded to one, an error in p·log x that goes up to 2⁻⁴⁴ would be the relative error of xᵖ.
func pow64(x, p float64) float64 {
	high, low := logHL64(x)
	l := high + low
	low -= l - high
	l = logLimits64(x, l)

	e := float64(p * l)
	low = fma64(p, l, -e) + float64(p*low)
	if !(abs64(e) < PowTop64) { // where low is nothing, or NaN
		low = 0
	}
	if p == 0 { // log x may be infinite
		e = 0
	}
	return expHL64(e, low)
}

// PowToF32 writes xᵖ.
func PowToF32(dst, x []float32, p float32) {
	for i := range dst {
		dst[i] = pow32(x[i], p)
	}
}

// PowToF64 writes xᵖ.
func PowToF64(dst, x []float64, p float64) {
	for i := range dst {
		dst[i] = pow64(x[i], p)
	}
}
