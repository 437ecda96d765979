package fallback

// exp(x) of float32 for x ≤ 0, as softplus and logsumexp need it:
//
//	n = round(x/log 2),  r = x − n·log 2,  exp(x) = 2ⁿ·exp(r),  |r| ≤ ½log 2
//
// x/log 2 is rounded by adding 1.5·2²³, which leaves n in the low bits of the sum; with the bias of a float32's exponent
// added too, shifting them up makes 2ⁿ. n·log 2 is subtracted in two parts, the first of them exact.

// ExpPoly32 holds exp(r) for |r| ≤ ½log 2, lowest power first, the first two exact:
// sollya's fpminimax, relative error 2⁻²⁸·².
var ExpPoly32 = [...]float32{
	1, 1, 0x1.fffffap-2, 0x1.555492p-3, 0x1.555a28p-5, 0x1.12398ep-7, 0x1.694ac4p-10,
}

// ExpNegPoly32 is 2⁻⁶⁴ times ExpPoly32, and expNeg multiplies it by 2ⁿ⁺⁶⁴, which is a normal number however low
// n is: so a subnormal result is rounded once, by that product.
var ExpNegPoly32 = func() (scaled [len(ExpPoly32)]float32) {
	for i, c := range ExpPoly32 {
		scaled[i] = 0x1p-64 * c
	}
	return scaled
}()

const (
	Log2E32    = 0x1.715476p0   // 1/log 2
	Ln2High32  = 0x1.62e4p-1    // log 2, its product with n exact
	Ln2Low32   = 0x1.7f7d1cp-20 // the rest
	Integer32  = 0x1.8p23       // what is added to leave no fraction
	ExpShift32 = 64 + 127       // see ExpNegPoly32; 127 is the bias of a float32's exponent
)

// expNeg32 is exp(x) for x ≤ 0, to 0.87 ULP; exactly 1 at 0, NaN for NaN.
func expNeg32(x float32) float32 {
	x = pickMax(ExpFloor32, x)
	t := fma32(x, Log2E32, Integer32+ExpShift32)
	n := t - (Integer32 + ExpShift32)
	r := fnma32(n, Ln2Low32, fnma32(n, Ln2High32, x))
	return expOf32(r, t)
}

// expNegHL32 is exp(x+e) for ExpFloor32 ≤ x ≤ 0 and |e| at most half an ULP of x; exactly 1 if both are 0.
// NaN stays NaN.
func expNegHL32(x, e float32) float32 {
	t := fma32(x, Log2E32, Integer32+ExpShift32)
	n := t - (Integer32 + ExpShift32)
	r := fnma32(n, Ln2High32, x) + fnma32(n, Ln2Low32, e)
	return expOf32(r, t)
}

// expOf32 is 2ⁿ·exp(r), where the low bits of t are n + ExpShift32.
func expOf32(r, t float32) float32 {
	return poly32(r, ExpNegPoly32[:]) * float32of(bits32(t)<<23)
}

// poly32 is the polynomial in x with coefficients c, lowest power first, by Horner's rule.
func poly32(x float32, c []float32) float32 {
	p := c[len(c)-1]
	for i := len(c) - 2; i >= 0; i-- {
		p = fma32(p, x, c[i])
	}
	return p
}
