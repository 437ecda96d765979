package fallback

import (
	"math"
	"math/big"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

// TestConstants holds each constant to the number nearest to what it stands for, and the parts of those in two parts to
// that too: the low part is the rest, rounded, and products of the high part are exact because it has so few bits.
func TestConstants(t *testing.T) {
	ln2 := ref.BigLog(ex(2))
	rootTwo := exNew().Sqrt(ex(2))
	overRootTwoPi := ref.BigNormalDensity(exNew())        // 1/√(2π)
	twoOverRootPi := exMul(ex(2), rootTwo, overRootTwoPi) // 2/√π = 2·√2/√(2π)
	a := exMul(ex(4), overRootTwoPi)                      // 2·√(2/π)
	b := exMul(a, exQuo(ex(44715), ex(1e6)))
	for _, c := range []struct {
		name      string
		high, low float64
		bits      uint // of high
		lowBits   uint // of low, 0 if there is none
		exact     *big.Float
	}{
		{"Ln2", Ln2, 0, 53, 0, ln2},
		{"Ln2High32, Ln2Low32", Ln2High32, Ln2Low32, 15, 24, ln2},
		{"Ln2High64, Ln2Low64", Ln2High64, Ln2Low64, 32, 53, ln2},
		{"Log2E32", Log2E32, 0, 24, 0, exQuo(ex(1), ln2)},
		{"Log2E64", Log2E64, 0, 53, 0, exQuo(ex(1), ln2)},
		{"HalfLog2E64", HalfLog2E64, 0, 53, 0, exQuo(ex(0.5), ln2)},
		{"KLHalfLn2", KLHalfLn2, 0, 53, 0, exMul(ex(0.5), ln2)},
		{"NormalLn2Bit32", NormalLn2Bit32, 0, 24, 0, exMul(ex(-0x1p-22), ln2)},
		{"TwoOverSqrtPi", TwoOverSqrtPi, 0, 53, 0, twoOverRootPi},
		{"TwoOverSqrtPiSmall64", TwoOverSqrtPiSmall64, 0, 53, 0, exMul(ex(0x1p-64), twoOverRootPi)},
		{"InverseSqrt2Pi", InverseSqrt2Pi, 0, 53, 0, overRootTwoPi},
		{"NormalTailScaleErf64", NormalTailScaleErf64, 0, 53, 0, exMul(rootTwo, ex(NormalTailScale))},
		{"GELUTanhA", GELUTanhA, GELUTanhALow, 53, 53, a},
		{"GELUTanhB", GELUTanhB, GELUTanhBLow, 53, 53, b},
		{"GELUTanh3B", GELUTanh3B, 0, 53, 0, exMul(ex(3), b)},
		{"NormalTailLimit64", NormalTailLimit64, 0, 51, 0, exMul(ex(NormalTailScale), overRootTwoPi)},
		{"MishAtZero", MishAtZero, 0, 53, 0, exQuo(ex(3), ex(5))},
	} {
		rest := exNew().Sub(c.exact, ex(c.high))
		unit := ulpOf(c.high, c.bits)
		nearest := unit / 2
		if c.lowBits != 0 {
			nearest = unit // a high part may be cut off
		}
		if r, _ := rest.Float64(); math.Abs(r) > nearest || math.Mod(c.high, unit) != 0 {
			t.Errorf("%s: %x is not the nearest number of %d bits", c.name, c.high, c.bits)
		}
		if c.lowBits == 0 {
			continue
		}
		if r, _ := rest.Sub(rest, ex(c.low)).Float64(); math.Abs(r) > ulpOf(c.low, c.lowBits)/2 {
			t.Errorf("%s: what is left is %x more than %x", c.name, r, c.low)
		}
	}
	if NormalTailLimit64+NormalTailRise64 != 0.5 {
		t.Error("NormalTailLimit64 and NormalTailRise64 do not make ½")
	}
}

// ulpOf is the unit in the last of so many bits of x.
func ulpOf(x float64, bits uint) float64 { return math.Ldexp(1, math.Ilogb(x)+1-int(bits)) }
