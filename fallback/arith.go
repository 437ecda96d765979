package fallback

import "math"

// Operations with identical results on every instruction set for which Go has no operator.
//
// The Go compiler may fuse x*y + z into one rounding, so a product that must be rounded before it is added
// is written T(x*y), and one that must not is written with fma32 or fma64.
//
// Names end in 32 or 64 for the data that they serve. "Mixed" stands for mixed precision, float32 data in float64
// arithmetic: no better than float32 needs, and rounded to float32 once, at the end. The room that float64 leaves is so
// large that no step needs compensation, and subnormal results, overflow and underflow come right by themselves.

const (
	One64          = 0x3ff0000000000000 // the bits of 1
	Sign64         = 1 << 63            // the mask of a float64's sign
	Exponent64     = 0x7ff << 52        // of its exponent
	SignExponent64 = 0xfff << 52        // of both
	Mantissa64     = 1<<52 - 1          // of its mantissa
	Mantissa52     = 0x4330000000000000 // the bits of 2^52; with an integer below that in its mantissa, of their sum
)

var (
	inf32 = float32(math.Inf(1))
	nan32 = float32(math.NaN())
	inf64 = math.Inf(1)
	nan64 = math.NaN()

	negZero32 = float32(math.Copysign(0, -1))
	negZero64 = math.Copysign(0, -1)
)

// A float64 lies on a tie between two float32 if what float32 has no room for is a half.
const (
	tieMask32 = 1<<29 - 1
	tie32     = 1 << 28
)

// fma32 is a·b + c with one rounding.
//
// The product is exact in float64, so the only danger is to round the sum twice. That is harmless unless the float64
// sum lies on a tie between two float32, or where the float32 result is subnormal and has ties elsewhere.
func fma32(a, b, c float32) float32 {
	p := float64(float64(a) * float64(b))
	s := p + float64(c)
	u := math.Float64bits(s)
	if u&tieMask32 == tie32 || u&0x7fffffffffffffff < 0x3810000000000000 {
		return fma32Tie(p, s, float64(c))
	}
	return float32(s)
}

// fnma32 is c − a·b with one rounding.
func fnma32(a, b, c float32) float32 { return fma32(-a, b, c) }

// sum32 is p + c, an exact product and a float32, where only rounding to float32 is left to do: fma32 for a result that
// is no subnormal, or exact. (It just fits the compiler's budget for inlining, which fma32 does not.)
func sum32(p, c float64) float64 {
	if math.Float64bits(p+c)<<35 != tie32<<35 {
		return p + c
	}
	return sum32Tie(p, c)
}

//go:noinline
func sum32Tie(p, c float64) float64 { return float64(fma32Tie(p, p+c, c)) }

// fma32Tie rounds p + c, whose float64 sum is s, to float32: a sum that is not exact is rounded to odd first, towards
// the exact value if its last bit is 0. So it comes neither from nor upon a tie, which ends in many zeros.
//
//go:noinline
func fma32Tie(p, s, c float64) float32 {
	q := s - p
	e := (p - (s - q)) + (c - q) // p + c = s + e exactly
	u := math.Float64bits(s)
	switch {
	case e == 0 || u&1 == 1:
	case (e > 0) == (s > 0):
		u++
	default:
		u--
	}
	return float32(math.Float64frombits(u))
}

// pickMax is a if a > b, else b: so b if either is NaN or both are zeros.
func pickMax[T float32 | float64](a, b T) T {
	if a > b {
		return a
	}
	return b
}

// pickMin is a if a < b, else b: so b if either is NaN or both are zeros.
func pickMin[T float32 | float64](a, b T) T {
	if a < b {
		return a
	}
	return b
}

func bits32(x float32) uint32    { return math.Float32bits(x) }
func bits64(x float64) uint64    { return math.Float64bits(x) }
func float32of(u uint32) float32 { return math.Float32frombits(u) }
func float64of(u uint64) float64 { return math.Float64frombits(u) }

// abs32 clears the sign, NaN's too.
func abs32(x float32) float32 { return float32of(bits32(x) &^ (1 << 31)) }

// abs64 clears the sign, NaN's too.
func abs64(x float64) float64 { return math.Abs(x) }

// signOf32 gives y, which is 0 or has the sign of x, the sign of x.
func signOf32(y, x float32) float32 {
	return float32of(bits32(y) | bits32(x)&(1<<31))
}

// signOf64 gives y, which is 0 or has the sign of x, the sign of x.
func signOf64(y, x float64) float64 {
	return float64of(bits64(y) | bits64(x)&Sign64)
}

// bySign64 is a where x < 0, b elsewhere, and either where x is NaN: without a branch, which a processor would guess
// wrong half of the time.
func bySign64(x, a, b float64) float64 {
	negative := uint64(int64(bits64(x+0)) >> 63) // −0 + 0 is 0
	return float64of(bits64(a)&negative | bits64(b)&^negative)
}

// slopes32 writes dy times the derivative at x, which is rounded only with the product.
func slopes32(dst, x, dy []float32, plain, fused func(float32) float64) {
	for i := range dst {
		y, sure := narrow(float64(dy[i]) * plain(x[i]))
		if !sure {
			y = float32(float64(dy[i]) * fused(x[i]))
		}
		dst[i] = y
	}
}

// slopes64 writes dy times the derivative at x.
func slopes64(dst, x, dy []float64, slope func(float64) float64) {
	for i := range dst {
		dst[i] = dy[i] * slope(x[i])
	}
}

// poly32 is the polynomial in x with coefficients c, lowest power first, by Horner's rule. Its steps are those of fma32
// in numbers that stay float64; none is subnormal, as no coefficient is small enough.
func poly32(x float32, c []float32) float32 {
	y, p := float64(x), float64(c[len(c)-1])
	for i := len(c) - 2; i >= 0; i-- {
		p = rounded(sum32(float64(p*y), float64(c[i])))
	}
	return float32(p)
}
