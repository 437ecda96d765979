package ref

import (
	"math"
	"math/big"
)

// ULP32 is the distance of got from exact in units of the last place of the float32 nearest to exact, also where that
// is subnormal. It is 0 if both are NaN or both are the same infinity, and +Inf if only one is, or if
// the signs of two zeros differ. Overflow counts as correct where rounding to nearest overflows.
func ULP32(got float32, exact float64) float64 {
	near := float32(exact)
	switch {
	case near != near || got != got || isInf32(near) || isInf32(got):
		if near == got || near != near && got != got {
			return 0
		}
		return math.Inf(1)
	case exact == 0 && got == 0 && math.Signbit(exact) != math.Signbit(float64(got)):
		return math.Inf(1)
	}
	exponent := math.Float32bits(near) >> 23 & 0xff
	unit := math.Float64frombits(uint64(max(exponent, 1)-150+1023) << 52)
	return math.Abs(float64(got)-exact) / unit
}

func isInf32(x float32) bool { return math.Float32bits(x)<<1 == 0xff<<24 }

// ULP64 is the distance of got from exact in units of the last place of the float64 numbers around exact, also where those
// are subnormal. It is +Inf if got is NaN, and not 0 where exact is; overflow is as in ULP32.
func ULP64(got float64, exact *big.Float) float64 {
	near, _ := exact.Float64()
	switch {
	case math.IsInf(near, 0) && got == near:
		return 0
	case got != got || math.IsInf(got, 0) || math.IsInf(near, 0) || exact.Sign() == 0 && got != 0:
		return math.Inf(1)
	}
	d := new(big.Float).Sub(Big(got), exact)
	e, _ := d.SetMantExp(d, -max(exact.MantExp(nil)-53, -1074)).Float64()
	return math.Abs(e)
}
