package fallback

// exp(x) = 2ⁿ·exp(r), n the integer nearest to x/log 2, r = x − n·log 2 in [−½log 2, ½log 2], exp(r) a polynomial.
//
// n comes from adding a number so large that the sum has no fraction; its last bits then hold n and, with the bias of
// the exponent added too, shifting them up makes 2ⁿ. n·log 2 is subtracted in two parts, the first of them exact; mixed
// arithmetic needs only one.
//
// expNeg32 and expNeg64 are what softplus, logsumexp and the losses need, exp(x) for x ≤ 0, which takes fewer operations;
// with HL in the name, of an x in two parts.

// ExpMixedPoly is P in exp(r) = 1 + r·P(r), lowest power first, for |r| ≤ ½log 2: poly/exp.sollya, relative error 2⁻³³
// of exp(r), 2⁻³² of exp(r) − 1.
var ExpMixedPoly = [...]float64{
	0x1.0000000022588p0, 0x1.000000281ce92p-1, 0x1.555554c5e631ep-3, 0x1.5554ad9aa9ddap-5,
	0x1.1111a68d7341p-7, 0x1.6d749d388f4dap-10, 0x1.a019e89c40ed9p-13,
}

// ExpPoly32 holds exp(r) for |r| ≤ ½log 2, lowest power first, the first two exact: poly/exp.sollya, relative error
// 2⁻²⁸·¹⁸.
var ExpPoly32 = [...]float32{
	1, 1, 0x1.fffffap-2, 0x1.555492p-3, 0x1.555a28p-5, 0x1.12398ep-7, 0x1.694ac4p-10,
}

// expStep32 is ExpPoly32[2:] as expHalf32 takes it.
var expStep32 = [...]float64{
	float64(ExpPoly32[2]), ulp26 + float64(ExpPoly32[3]), ulp28 + float64(ExpPoly32[4]), ulp30 + float64(ExpPoly32[5]),
	float64(ExpPoly32[6]),
}

// What is added to a float64 to round it to a multiple of 2⁻²⁶, 2⁻²⁸ or 2⁻³⁰, the ULP of float32 from 2⁻³, 2⁻⁵ or 2⁻⁷
// on.
const (
	ulp26 = 0x1.8p26
	ulp28 = 0x1.8p24
	ulp30 = 0x1.8p22
)

// ExpPoly64 holds exp(r) for |r| ≤ ½log 2, lowest power first, the first two exact: poly/exp.sollya, relative error
// 2⁻⁵⁷·⁸⁶.
var ExpPoly64 = [...]float64{
	1, 1, 0x1.000000000000ap-1, 0x1.55555555554fep-3, 0x1.55555555506cp-5, 0x1.1111111126b37p-7,
	0x1.6c16c18475a25p-10, 0x1.a01a012fec324p-13, 0x1.a0199963c51b7p-16, 0x1.71df18fbb5452p-19,
	0x1.28adf7a82c1dbp-22, 0x1.ad92c8121229dp-26,
}

// ExpNegPoly32 and ExpNegPoly64 are 2⁻⁶⁴ times ExpPoly32 and ExpPoly64, and what is computed with them is multiplied by
// 2ⁿ⁺⁶⁴, which is a normal number however low n is: so a subnormal result is rounded once, by that product.
var (
	ExpNegPoly32 = func() (scaled [len(ExpPoly32)]float32) {
		for i, c := range ExpPoly32 {
			scaled[i] = 0x1p-64 * c
		}
		return scaled
	}()
	ExpNegPoly64 = func() (scaled [len(ExpPoly64)]float64) {
		for i, c := range ExpPoly64 {
			scaled[i] = 0x1p-64 * c
		}
		return scaled
	}()
)

const (
	Ln2           = 0x1.62e42fefa39efp-1 // log 2, for mixed arithmetic
	ExpMixedShift = 1023                 // the bias of a float64's exponent
)

const (
	Log2E32     = 0x1.715476p0   // 1/log 2
	Ln2High32   = 0x1.62e4p-1    // log 2, its product with n exact
	Ln2Low32    = 0x1.7f7d1cp-20 // the rest
	Integer32   = 0x1.8p23       // what is added to leave no fraction
	ExpShift32  = 64 + 127       // see ExpNegPoly32; 127 is the bias of a float32's exponent
	ExpHalves32 = 2 * 127        // see exp32
	ExpFloor32  = -104           // exp of it rounds to 0
	ExpTop32    = 89             // exp of it overflows
	ExpSmall32  = 0x1p-64        // takes back what ExpShift32 has added, where it is not in ExpNegPoly32
)

const (
	Log2E64    = 0x1.71547652b82fep+0  // 1/log 2
	Ln2High64  = 0x1.62e42feep-1       // log 2, its product with n exact
	Ln2Low64   = 0x1.a39ef35793c76p-33 // the rest
	Integer64  = 0x1.8p52              // what is added to leave no fraction
	ExpShift64 = 64 + 1023             // see ExpNegPoly64; 1023 is the bias of a float64's exponent
	ExpFloor64 = -746                  // exp of it rounds to 0
	ExpTop64   = 709.9                 // exp of it overflows, and n is 1024
	ExpCarry64 = 1023 - 64             // see expHL64
	ExpBack64  = (1023 + 64) << 52     // the bits of 2⁶⁴
	ExpSmall64 = 0x1p-64               // see expNegParts64
)

// exp32 is exp(x) to 0.88 ULP, and never falls where x rises. r₀ = x − n·(high part) is exact, so exp(r) − 1 is rounded
// with it once, instead of with a rounded r. 2ⁿ is a product of two powers, of halves of n + ExpHalves32, neither of
// which is subnormal or infinite; the second product rounds a subnormal result once.
func exp32(x float32) float32 {
	x = clampExp32(x)
	t, n := expRound32(float64(x), ExpHalves32)
	r0, low := float64(x)-float64(n*Ln2High32), float32(n*Ln2Low32)
	r := rounded(r0 - float64(low))
	z := float32(sum32(-float64(rounded(r*r)*expHalf32(r)), float64(low)))
	p := 1 + (float32(r0) - z)
	both, half := t<<23, t>>1<<23
	return float32(float32(p*float32of(half)) * float32of(both-half))
}

// clampExp32 is x, or beyond what gives 0 or +Inf what does so too. NaN passes.
func clampExp32(x float32) float32 {
	return pickMin(ExpTop32, pickMax(ExpFloor32, x))
}

// expMixed is exp(x) for |x| < 700; NaN stays NaN.
func expMixed[A arithmetic](x float64) float64 {
	s, q := expMixedParts[A](x)
	return muladd[A](s, q, s)
}

// expMixedParts is exp(x) = s + s·q, s a power of two.
func expMixedParts[A arithmetic](x float64) (s, q float64) {
	t := muladd[A](x, Log2E64, Integer64+ExpMixedShift)
	n := t - (Integer64 + ExpMixedShift)
	r := nmuladd[A](n, Ln2, x)
	return float64of(bits64(t) << 52), r * polyMixed[A](r, ExpMixedPoly[:])
}

// expNeg32 is exp(x) for x ≤ 0, to 0.87 ULP; exactly 1 at 0, NaN for NaN.
func expNeg32(x float32) float32 {
	v := float64(pickMax(ExpFloor32, x))
	t, n := expRound32(v, ExpShift32)
	return expOf32(expRest32(v, n), t)
}

// expNegHL32 is exp(x+e) for ExpFloor32 ≤ x ≤ 0 and |e| at most half an ULP of x; exactly 1 if both are 0. NaN stays
// NaN.
func expNegHL32(x, e float32) float32 {
	t, n := expRound32(float64(x), ExpShift32)
	r0 := float64(x) - float64(n*Ln2High32)
	r := float32(r0) + float32(sum32(-float64(n*Ln2Low32), float64(e)))
	return expOf32(float64(r), t)
}

// The functions below take and return float32 numbers as float64, which saves most of the conversions between them.

// expRound32 is the integer nearest to x/log 2 as n, and with shift added in the low bits of t. The product is exact,
// and no float32 x makes it a half.
func expRound32(x float64, shift float64) (t uint32, n float64) {
	s := float64(x*Log2E32) + (Integer64 + shift)
	return uint32(bits64(s)), s - (Integer64 + shift)
}

// expRest32 is x − n·log 2, rounded once, since all before is a multiple of 2⁻⁴² below 1, or x itself.
func expRest32(x, n float64) float64 {
	return rounded((x - float64(n*Ln2High32)) - float64(n*Ln2Low32))
}

// expOf32 is 2ⁿ·exp(r), where the low bits of t are n + ExpShift32: a polynomial with ExpNegPoly32.
func expOf32(r float64, t uint32) float32 {
	p := rounded(sum32(float64(expHalf32(r)*r), 1))
	return float32(ExpSmall32*float32(sum32(float64(p*r), 1))) * float32of(t<<23)
}

// expHalf32 is (exp(r) − 1 − r)/r² for |r| ≤ 0.35, the polynomial ExpPoly32[2:].
func expHalf32(r float64) float64 { return rounded(sum32(expThird32(r), expStep32[0])) }

// expThird32 is r times the polynomial ExpPoly32[3:] in r, a product not rounded. The sums of its steps stay between
// two powers of two, so that a large number added makes float64 round where float32 does, without conversion.
func expThird32(r float64) float64 {
	p := float64(r*expStep32[4]) + expStep32[3]
	p = float64((p-ulp30)*r) + expStep32[2]
	p = float64((p-ulp28)*r) + expStep32[1]
	return float64((p - ulp26) * r)
}

// expNeg64 is exp(x) for x ≤ 0; exactly 1 at 0, NaN for NaN. Its error stays below 0.97 ULP: the last product of exp(r)
// is off by 0.5, the one before by 0.18, r by 0.2 and all else by less than 0.1.
func expNeg64(x float64) float64 {
	x = pickMax(ExpFloor64, x)
	t, n := expRound64(x, ExpShift64)
	r := fnma64(n, Ln2Low64, fnma64(n, Ln2High64, x))
	return expOf64(r, t)
}

// expNegHL64 is exp(x+e) for ExpFloor64 ≤ x ≤ 0 and |e| at most half an ULP of x; exactly 1 if both are 0, NaN for NaN.
func expNegHL64(x, e float64) float64 {
	t, n := expRound64(x, ExpShift64)
	r := fnma64(n, Ln2High64, x) + fnma64(n, Ln2Low64, e)
	return expOf64(r, t)
}

// expNegParts64 is exp(x) = s·2⁻⁶⁴·(1+m) for −753 ≤ x ≤ 0. What is multiplied by 2⁻⁶⁴·(1+m), and by s last, is rounded
// once where it is subnormal.
func expNegParts64(x float64) (s, m float64) {
	t, n := expRound64(x, ExpShift64)
	r := fnma64(n, Ln2Low64, fnma64(n, Ln2High64, x))
	return float64of(bits64(t) << 52), expm1Of64(r)
}

// expNegPartsHL64 is expNegParts64 of x+e, where |e| is at most a few ULP of x.
func expNegPartsHL64(x, e float64) (s, m float64) {
	t, n := expRound64(x, ExpShift64)
	r := fnma64(n, Ln2High64, x) + fnma64(n, Ln2Low64, e)
	return float64of(bits64(t) << 52), expm1Of64(r)
}

// expm1Of64 is exp(r) − 1 for |r| ≤ ½log 2.
func expm1Of64(r float64) float64 {
	return fma64(float64(r*r), poly64(r, ExpPoly64[2:]), r)
}

// expRound64 is the integer nearest to x/log 2 as n, and with shift added in the low bits of t.
func expRound64(x, shift float64) (t, n float64) {
	t = fma64(x, Log2E64, Integer64+shift)
	return t, t - (Integer64 + shift)
}

// expOf64 is 2ⁿ·exp(r), where the low bits of t are n + ExpShift64.
func expOf64(r, t float64) float64 {
	return float64(poly64(r, ExpNegPoly64[:]) * float64of(bits64(t)<<52))
}

// exp64 is exp(x). Its error stays below 0.97 ULP, as that of expNeg64.
func exp64(x float64) float64 { return expHL64(x, 0) }

// expHL64 is exp(x+low) for a tiny low. It takes the steps of expNeg64, but what the power of two carries beyond n is
// 64 for negative x, so that no factor is subnormal, and −64 for others, so that none overflows; the last product takes
// it back.
func expHL64(x, low float64) float64 {
	c := pickMin(ExpTop64, pickMax(ExpFloor64, x))
	t, n := expRound64(c, ExpCarry64)
	r := fnma64(n, Ln2Low64, fnma64(n, Ln2High64, c)+low)
	carry := bits64(c) & Sign64 >> 4 // 128 in the place of the exponent, if x is negative
	s := float64of(bits64(t)<<52 + carry)
	back := float64of(ExpBack64 - carry)
	return float64(float64(poly64(r, ExpPoly64[:])*s) * back)
}

// ExpToF32 writes exp(x).
func ExpToF32(dst, x []float32) {
	for i, v := range x {
		dst[i] = exp32(v)
	}
}

// ExpToF64 writes exp(x).
func ExpToF64(dst, x []float64) {
	for i := range dst {
		dst[i] = exp64(x[i])
	}
}
