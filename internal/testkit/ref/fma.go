package ref

import "math/big"

// exactPrec is a precision in which products and sums of any two float64 are exact.
const exactPrec = 4400

// Exact is x as a number of which products, and sums of these, are exact.
func Exact(x float64) *big.Float { return new(big.Float).SetPrec(exactPrec).SetFloat64(x) }

// FMA is a·b + c rounded once, by exact arithmetic.
func FMA[T float32 | float64](a, b, c T) T {
	x, y, z := float64(a), float64(b), float64(c)
	switch {
	case x-x != 0 || y-y != 0:
		return T(float64(x*y) + z) // infinite or NaN, which rounding does not change
	case z-z != 0:
		return c
	}
	product := Exact(x)
	sum := product.Mul(product, Exact(y))
	if sum.Sign() == 0 {
		return T(float64(x*y) + z) // c, or a zero whose sign is that of both if they agree
	}
	if sum.Add(sum, Exact(z)); sum.Sign() == 0 {
		return 0
	}
	return Round[T](sum)
}

// Round is the T nearest to x, ties to even.
func Round[T float32 | float64](x *big.Float) T {
	if T(0x1p-150) == 0 {
		v, _ := x.Float32()
		return T(v)
	}
	v, _ := x.Float64()
	return T(v)
}
