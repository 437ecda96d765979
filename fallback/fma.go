package fallback

import "math"

// Fused multiply-add in float64. Where it is no instruction (old amd64, 32-bit processors, WebAssembly), math.FMA works
// with integers; the sum of two error-free transformations takes a third of its time.

// fma64 is a·b + c with one rounding.
func fma64(a, b, c float64) float64 {
	if hardFMA {
		return math.FMA(a, b, c)
	}
	return softFMA(a, b, c)
}

// fnma64 is c − a·b with one rounding.
func fnma64(a, b, c float64) float64 { return fma64(-a, b, c) }

// poly64 is the polynomial in x with coefficients c, lowest power first, by Horner's rule.
func poly64(x float64, c []float64) float64 {
	if !hardFMA {
		return softPoly64(x, c)
	}
	p := c[len(c)-1]
	for i := len(c) - 2; i >= 0; i-- {
		p = math.FMA(p, x, c[i])
	}
	return p
}

// polys64 are poly64 of c and of d, which is as long: beside each other, since each waits for itself.
func polys64(x float64, c, d []float64) (p, q float64) {
	if !hardFMA {
		return softPoly64(x, c), softPoly64(x, d)
	}
	d = d[:len(c)]
	p, q = c[len(c)-1], d[len(c)-1]
	for i := len(c) - 2; i >= 0; i-- {
		p, q = math.FMA(p, x, c[i]), math.FMA(q, x, d[i])
	}
	return p, q
}

const (
	splitter = 1<<27 + 1 // a·splitter, rounded, gives the upper half of a's bits

	// The exponents of products for which softFMA holds: their lower halves do not underflow, and no sum with what
	// they are comparable to overflows.
	softExponentMin   = 64
	softExponentCount = 1920
)

// softFMA is fma64 without the instruction: a·b = p + low (T. J. Dekker) and p + c = s + e (D. E. Knuth) are exact, and
//
//	a·b + c = s + (e + low)
//
// is rounded once unless e + low is rounded too and then lies halfway between two numbers next to s, where it has few
// bits. A factor or c that is too large makes it NaN. (S. Boldo, G. Melquiond, “Emulation of a FMA and correctly
// rounded sums: proved algorithms using rounding to odd”, IEEE Transactions on Computers 57, 2008, round to odd
// instead.)
func softFMA(a, b, c float64) float64 {
	aHigh, aLow := split64(a)
	bHigh, bLow := split64(b)
	p := float64(a * b)
	low := ((float64(aHigh*bHigh) - p) + float64(aHigh*bLow) + float64(aLow*bHigh)) + float64(aLow*bLow)
	s := p + c
	q := s - p
	e := (p - (s - q)) + (c - q)
	rest := e + low
	if softRare(p, rest) {
		return softFMARare(a, b, c, s, e, low)
	}
	return s + rest
}

// softPoly64 is poly64 by the steps of softFMA, which share the halves of x.
func softPoly64(x float64, c []float64) float64 {
	xHigh, xLow := split64(x)
	y := c[len(c)-1]
	for i := len(c) - 2; i >= 0; i-- {
		c := c[i]
		yHigh, yLow := split64(y)
		p := float64(y * x)
		low := ((float64(yHigh*xHigh) - p) + float64(yHigh*xLow) + float64(yLow*xHigh)) + float64(yLow*xLow)
		s := p + c
		q := s - p
		e := (p - (s - q)) + (c - q)
		rest := e + low
		if softRare(p, rest) {
			y = softFMARare(y, x, c, s, e, low)
		} else {
			y = s + rest
		}
	}
	return y
}

// split64 is a in two halves of 26 bits, the sign of the lower serving as one.
func split64(a float64) (high, low float64) {
	t := float64(splitter * a)
	high = t - (t - a)
	return high, a - high
}

// softRare reports whether s + rest may not be the result: p is out of range, rest is NaN or has five bits or fewer.
func softRare(p, rest float64) bool {
	return bits64(rest)<<16 == 0 || rest != rest || bits64(p)<<1>>53-softExponentMin >= softExponentCount
}

// softFMARare is softFMA where softRare says so. If e + low is not rounded, s + (e+low) is right all the same.
//
//go:noinline
func softFMARare(a, b, c, s, e, low float64) float64 {
	if p := a * b; bits64(p)<<1>>53-softExponentMin < softExponentCount {
		rest := e + low
		t := rest - e
		if (e-(rest-t))+(low-t) == 0 {
			return s + rest
		}
	}
	return math.FMA(a, b, c)
}
