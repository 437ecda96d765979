package fallback

// xᵖ = exp(p·log x) for x ≥ 0 and one p ≥ 0. Float32 slices are computed as float64, and rounded.

// PowTop64 is more than any logarithm of a float64.
const PowTop64 = 800

// pow32 is xᵖ for x ≥ 0 and p ≥ 0, to 0.51 ULP.
func pow32(x, p float32) float32 { return float32(pow64(float64(x), float64(p))) }

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
