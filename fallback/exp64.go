package fallback

// Exponentials of float64 slices: exp(x) = 2ⁿ·exp(r), n the integer nearest to x/log 2, r = x − n·log 2 in
// [-½log 2, ½log 2], exp(r) a polynomial.
//
// n comes from adding a number so large that the sum has no fraction; its last bits then hold n and,
// with the bias of a float64's exponent added too, shifting them up makes 2ⁿ.

// ExpPoly64 holds exp(r) for |r| ≤ ½log 2, lowest power first, the first two exact:
// sollya's fpminimax, relative error 2⁻⁵⁷·⁹.
var ExpPoly64 = [...]float64{
	1, 1, 0x1.000000000000ap-1, 0x1.55555555554fep-3, 0x1.55555555506cp-5, 0x1.1111111126b37p-7,
	0x1.6c16c18475a25p-10, 0x1.a01a012fec324p-13, 0x1.a0199963c51b7p-16, 0x1.71df18fbb5452p-19,
	0x1.28adf7a82c1dbp-22, 0x1.ad92c8121229dp-26,
}

// ExpNegPoly64 is 2⁻⁶⁴ times ExpPoly64, and expNeg multiplies it by 2ⁿ⁺⁶⁴, which is a normal number however low
// n is: so a subnormal result is rounded once, by that product.
var ExpNegPoly64 = func() (scaled [len(ExpPoly64)]float64) {
	for i, c := range ExpPoly64 {
		scaled[i] = 0x1p-64 * c
	}
	return scaled
}()

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
	Sign64     = 1 << 63               // the mask of a float64's sign
)

// expNegHL64 is exp(x+e) for ExpFloor64 ≤ x ≤ 0 and |e| at most half an ULP of x; exactly 1 if both are 0, NaN for NaN.
func expNegHL64(x, e float64) float64 {
	t := fma64(x, Log2E64, Integer64+ExpShift64)
	n := t - (Integer64 + ExpShift64)
	r := fnma64(n, Ln2High64, x) + fnma64(n, Ln2Low64, e)
	return float64(poly64(r, ExpNegPoly64[:]) * float64of(bits64(t)<<52))
}

// expNeg64 is exp(x) for x ≤ 0; exactly 1 at 0, NaN for NaN. Its error stays below 0.97 ULP: the last product of exp(r)
// is off by 0.5, the one before by 0.18, r by 0.2 and all else by less than 0.1.
func expNeg64(x float64) float64 {
	x = pickMax(ExpFloor64, x)
	t := fma64(x, Log2E64, Integer64+ExpShift64)
	n := t - (Integer64 + ExpShift64)
	r := fnma64(n, Ln2Low64, fnma64(n, Ln2High64, x))
	return float64(poly64(r, ExpNegPoly64[:]) * float64of(bits64(t)<<52))
}

// ExpF64 writes exp(x).
func ExpF64(dst, x []float64) {
	for i := range dst {
		dst[i] = exp64(x[i])
	}
}

// exp64 is exp(x). Its error stays below 0.97 ULP, as that of expNeg64.
func exp64(x float64) float64 { return expHL64(x, 0) }

// expHL64 is exp(x+low) for a tiny low. It takes the steps of expNeg64, but what the power of two carries beyond n is 64 for
// negative x, so that no factor is subnormal, and −64 for others, so that none overflows; the last product takes it back.
func expHL64(x, low float64) float64 {
	c := pickMin(ExpTop64, pickMax(ExpFloor64, x))
	t := fma64(c, Log2E64, Integer64+ExpCarry64)
	n := t - (Integer64 + ExpCarry64)
	r := fnma64(n, Ln2Low64, fnma64(n, Ln2High64, c)+low)
	carry := bits64(c) & Sign64 >> 4 // 128 in the place of the exponent, if x is negative
	s := float64of(bits64(t)<<52 + carry)
	back := float64of(ExpBack64 - carry)
	return float64(float64(poly64(r, ExpPoly64[:])*s) * back)
}
