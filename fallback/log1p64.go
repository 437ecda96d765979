package fallback

// log(1+x) of float64 slices: 1 + x = 2ᵏ(1+f) with 1+f in [¾, 1½), where f = 2⁻ᵏ·x + (2⁻ᵏ − 1) is exact for
// every k that matters. With s = f/(2+f), which is tanh(½log(1+f)),
//
//	log(1+f) = f − (h − s(h + s²·R(s²))),  h = ½f²
//
// and log1p(x) = k·log 2 + log(1+f).

// LogPoly64 holds R(z) = (2·artanh(√z)/√z − 2)/z for 0 ≤ z ≤ 0.04, lowest power first:
// sollya's fpminimax, error of 2 + z·R(z) 2⁻⁵⁴·⁹.
var LogPoly64 = [...]float64{
	0x1.5555555555776p-1, 0x1.99999998f0bd8p-2, 0x1.249249b222cbcp-2, 0x1.c71c01656ed48p-3,
	0x1.7474e26411738p-3, 0x1.3852e08562d82p-3, 0x1.3abdcc682b884p-3,
}

const (
	// Log1pSplit64 has the bits of ¾, where 1+f starts. One64 has those of 1.
	Log1pSplit64 = 0x3fe8000000000000
	One64        = 0x3ff0000000000000

	Exponent64  = 0x7ff0000000000000 // the mask of a float64's exponent
	Mantissa64  = 1<<52 - 1          // and of its mantissa
	Mantissa52  = 0x4330000000000000 // the bits of 2^52: with an integer below 2^52 in its mantissa, it is 2^52 + that
	Quarter64   = 2048 << 52         // minus the bits of 2ᵏ, those of 2²⁻ᵏ
	Log1pTiny64 = 0x1p-54            // log1p(x) is x up to here
)

// Log1pF64 writes log(1+x).
func Log1pF64(dst, x []float64) {
	for i := range dst {
		dst[i] = log1p64(x[i])
	}
}

// log1p64 is log(1+x); its error stays below 1.2 ULP, and 1.03 is the worst seen, at -0x1.00000c84a5055p-02.
// -Inf for -1, NaN below.
//
// 2ᵏ can be 2^1024 and 2⁻ᵏ·x has to be x for k = 0, so the factors are 2²⁻ᵏ and ¼x, which is exact unless x is subnormal.
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
