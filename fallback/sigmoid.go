package fallback

// The logistic function 1/(1+exp(−x)). In float32, with x = m·log 2 + r as in exp.go and s = 2ᵐ, it is
//
//	s/(s + exp(−r))
//
// where the denominator is kept as d + e, e what rounding took from d, and the quotient is corrected for e and for its own
// remainder. So nothing but the last rounding counts, and what is lost of exp(−r).
//
// In float64, with u = exp(−|x|), it is 1/(1+u) for x ≥ 0, u/(1+u) for x < 0. With s = u/(1+u), these are 1 − s and
// u − u·s, where the errors of s, which are those of 1+u, of u and of the quotient, count less than in the quotients.

// ExpMinusPoly32 holds (1 − r − exp(−r))/r², lowest power first: the coefficients are those of ExpPoly32.
var ExpMinusPoly32 = func() (q [len(ExpPoly32) - 2]float32) {
	for i, c := range ExpPoly32[2:] {
		q[i] = c
		if i%2 == 1 {
			q[i] = -c
		}
	}
	return q
}()

const SigmoidTop32 = 18 // σ of more rounds to 1 in float32

// sigmoid32 is 1/(1+exp(−x)), to 0.95 ULP.
func sigmoid32(x float32) float32 {
	s, d, e := logisticParts32(pickMin(SigmoidTop32, pickMax(ExpFloor32, x)))
	y := 1 / (float64(d) + float64(e))
	if nearTie32(y) {
		return float32(inverse32(d, e) * s)
	}
	return float32(float32(y) * s)
}

// inverse32 is 1/(d+e), as defined.
//
//go:noinline
func inverse32(d, e float32) float32 {
	y := 1 / d
	return fma32(y, fnma32(e, y, fnma32(d, y, 1)), y)
}

// nearTie32 reports whether y, or a number within 2⁻⁴⁰ of it, lies on a tie between two float32: a quotient computed in
// float32 with a correction differs by less from the exact one.
func nearTie32(y float64) bool {
	const near = 1 << 12
	return (bits64(y)-(tie32-near))&tieMask32 < 2*near
}

// logisticParts32 is 1/(1+exp(−x)) = s/(d+e) for −120 ≤ x ≤ SigmoidTop32, NaN for NaN.
func logisticParts32(x float32) (s, d, e float32) {
	t, m := expRound32(float64(x), ExpShift32)
	r := expRest32(float64(x), m)
	w := float32(sum32(-float64(rounded(r*r)*expHalf32(-r)), r)) // 1 − exp(−r), by ExpMinusPoly32
	s = float32(float32of(t<<23) * ExpSmall32)
	d = (s + 1) - w
	e = (s + (1 - d)) - w
	return s, d, e
}

// sigmoid64 is 1/(1+exp(−x)).
func sigmoid64(x float64) float64 {
	u := expNeg64(-abs64(x))
	s := u / (1 + u)
	a := bySign64(x, u, 1)
	return fnma64(a, s, a)
}

// SigmoidToF32 writes 1/(1+exp(−x)).
func SigmoidToF32(dst, x []float32) {
	for i, v := range x {
		dst[i] = sigmoid32(v)
	}
}

// SigmoidToF64 writes 1/(1+exp(−x)).
func SigmoidToF64(dst, x []float64) {
	for i := range dst {
		dst[i] = sigmoid64(x[i])
	}
}
