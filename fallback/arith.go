package fallback

import "math"

// The operations that every instruction set does with the same bits and that Go does not have as an operator.
//
// The Go compiler may fuse x*y + z into one rounding, so a product that must be rounded before it is added
// is written T(x*y), and one that must not is written with fma32 or fma64.

// fma64 is a·b + c with one rounding.
func fma64(a, b, c float64) float64 { return math.FMA(a, b, c) }

// fnma64 is c − a·b with one rounding.
func fnma64(a, b, c float64) float64 { return math.FMA(-a, b, c) }

// fma32 is a·b + c with one rounding.
//
// The product is exact in float64, so the only danger is to round the sum twice. That is harmless unless the
// float64 sum lies on a tie between two float32, or where the float32 result is subnormal and has ties elsewhere.
func fma32(a, b, c float32) float32 {
	p := float64(a) * float64(b)
	s := p + float64(c)
	u := math.Float64bits(s)
	if u&0x1fffffff == 0x10000000 || u&0x7fffffffffffffff < 0x3810000000000000 {
		return fma32Tie(p, float64(c), s)
	}
	return float32(s)
}

// fnma32 is c − a·b with one rounding.
func fnma32(a, b, c float32) float32 { return fma32(-a, b, c) }

// fma32Tie rounds p + c, whose float64 sum is s, to float32: a sum that was rounded onto the tie
// is moved one float64 step back towards the exact value first.
func fma32Tie(p, c, s float64) float32 {
	q := s - p
	e := (p - (s - q)) + (c - q) // p + c = s + e exactly
	u := math.Float64bits(s)
	switch {
	case e == 0:
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
