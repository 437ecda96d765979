package fallback

// The elementary functions of float32 in float64 lanes: float64 leaves so much room that no step needs compensation,
// and subnormal results, overflow and underflow come right by themselves when the result is rounded to float32.

// WideExp is P in exp(r) = 1 + r·P(r), lowest power first, for |r| ≤ ½ ln 2:
// sollya's fpminimax, relative error 2⁻³³ of exp(r), 2⁻³² of exp(r) − 1.
var WideExp = []float64{
	0x1.0000000022588p0, 0x1.000000281ce92p-1, 0x1.555554c5e631ep-3, 0x1.5554ad9aa9ddap-5,
	0x1.1111a68d7341p-7, 0x1.6d749d388f4dap-10, 0x1.a019e89c40ed9p-13,
}

// WideLog is L in log(1+f) = f·L(f), lowest power first, for −¼ ≤ f < ½:
// sollya's fpminimax, relative error 1.1e-10.
var WideLog = []float64{
	1, -0x1.ffffffdf4c38ap-2, 0x1.5555531c45cb4p-2, -0x1.000018f88a259p-2, 0x1.999bd9974a52ep-3,
	-0x1.554e04f3daf06p-3, 0x1.2432c5d626fp-3, -0x1.fff87e4f39413p-4, 0x1.d32cf3538f806p-4,
	-0x1.b16ad8f58646ep-4, 0x1.47dfd4cf1ef3ap-4, -0x1.00019b2871f0bp-5,
}

const (
	Ln2       = 0x1.62e42fefa39efp-1 // log 2
	WideShift = 0x1.8p52 + 1023      // leaves no fraction, and the bias of a float64's exponent

	// Beyond WideExpMin and WideExpMax exp is 0 or +Inf in float32.
	WideExpMin = -104
	WideExpMax = 89
)

const (
	// The bits of a positive float64 plus LogOffset hold, in their upper 12 bits, the k + 1024 of 2ᵏ·(1+f) with −¼ ≤ f < ½.
	LogOffset    = 1024<<52 - Log1pSplit64
	ExponentBits = 0xfff << 52
	// LogScale minus (k + 1024)<<52 are the bits of 2⁻ᵏ.
	LogScale = 1024<<52 + One64
)

// wideExpParts is exp(x) = s + s·q, s a power of two.
func wideExpParts(x float64) (s, q float64) {
	t := fma64(x, Log2E64, WideShift)
	r := fma64(-(t - WideShift), Ln2, x)
	return float64of(bits64(t) << 52), r * poly64(r, WideExp)
}

// wideExp is exp(x) for |x| < 700; NaN stays NaN.
func wideExp(x float64) float64 {
	s, q := wideExpParts(x)
	return fma64(s, q, s)
}

// wideExpm1 is exp(x) − 1 for |x| < 700. With s = 1 the first term is 0, so small results keep their digits.
func wideExpm1(x float64) float64 {
	s, q := wideExpParts(x)
	return fma64(s, q, s-1)
}

// splitLog is the k of u = 2ᵏ·(1+f) with −¼ ≤ f < ½, and 2⁻ᵏ, for positive, finite, normal u.
func splitLog(u float64) (k, scale float64) {
	up := bits64(u) + LogOffset
	k = float64of(up>>52|Mantissa52) - (0x1p52 + 1024)
	return k, float64of(LogScale - up&ExponentBits)
}

// log1pOf is log(1+f) + k·ln 2.
func log1pOf(k, f float64) float64 {
	return fma64(f, poly64(f, WideLog), float64(k*Ln2))
}

// wideLog is log(x) for positive, finite, normal x.
func wideLog(x float64) float64 {
	k, scale := splitLog(x)
	return log1pOf(k, fma64(x, scale, -1))
}

// log1pWide is log1p(x) for finite x > −1; NaN stays NaN. The k is that of the rounded 1+x, but
// f = x·2⁻ᵏ + (2⁻ᵏ − 1) comes from x itself, so nothing of a small x is lost.
func log1pWide(x float64) float64 {
	k, scale := splitLog(1 + x)
	return log1pOf(k, fma64(x, scale, scale-1))
}
