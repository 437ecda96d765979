package fallback

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// exactFMA32 is a·b + c rounded once, by exact arithmetic; the operands are finite.
func exactFMA32(a, b, c float32) float32 {
	exact := func(x float32) *big.Float { return new(big.Float).SetPrec(1000).SetFloat64(float64(x)) }
	sum := new(big.Float).SetPrec(1000).Mul(exact(a), exact(b))
	sum.Add(sum, exact(c))
	f, _ := sum.Float32()
	return f
}

func checkFMA32(t *testing.T, a, b, c float32) {
	t.Helper()
	got := fma32(a, b, c)
	want := exactFMA32(a, b, c)
	if got != want {
		t.Fatalf("fma32(%x, %x, %x) = %x, want %x", a, b, c, got, want)
	}
}

func TestFMA32RoundsOnce(t *testing.T) {
	// Rounding to float64 and then to float32 gets this one wrong.
	checkFMA32(t, 1+0x1p-12, 1+0x1p-12, 0x1p-80)
	checkFMA32(t, 1+0x1p-12, 1+0x1p-12, -0x1p-80)
	checkFMA32(t, math.MaxFloat32, 1, 0x1p103)
	checkFMA32(t, math.MaxFloat32, 1, math.Nextafter32(0x1p103, 0))
	// Here float64 rounds next to a tie of subnormal numbers.
	checkFMA32(t, 0x1.de68eep-77, 0x1.11f96ap-74, 0x1.2e716cp-127)

	r := rand.New(rand.NewPCG(1, 2))
	finite := func() float32 {
		for {
			if x := math.Float32frombits(r.Uint32()); x-x == 0 {
				return x
			}
		}
	}
	for range 20_000 {
		checkFMA32(t, finite(), finite(), finite())

		// A product of two 12-bit numbers next to a tie of a result about 1, nudged by a tiny addend.
		a := 1 + float32(r.Uint32N(1<<12))*0x1p-12
		b := 1 + float32(r.Uint32N(1<<12)|1)*0x1p-12
		tiny := math.Float32frombits(r.Uint32N(0x20000000) | r.Uint32()&(1<<31))
		checkFMA32(t, a, b, tiny)

		// The same with the roles exchanged, and results that are subnormal.
		checkFMA32(t, a*0x1p-60, tiny*0x1p20, b)
		checkFMA32(t, a*0x1p-70, b*0x1p-70, tiny)
		checkFMA32(t, a*0x1p-64, b*0x1p-64, math.Float32frombits(r.Uint32N(0x01000000)))
		checkFMA32(t, a, b, -a*b)
	}
	for range 2000 {
		x, y := nextToTie(r)
		checkFMA32(t, x, y, float32(1<<22|1|r.Uint32N(1<<22))*0x1p-149)
	}
}

// nextToTie returns factors whose product is half of the smallest number, less a little: in a sum with a large
// subnormal number float64 has no room for the difference.
func nextToTie(r *rand.Rand) (x, y float32) {
	for {
		a := 1<<23 | r.Uint64N(1<<23)
		b := 1 << 47 / a
		if d := 1<<47 - a*b; b < 1<<24 && d > 1<<16 && d < 1<<19 {
			return float32(a) * 0x1p-100, float32(b) * 0x1p-97
		}
	}
}

func TestFMA32Specials(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, c := range []struct{ a, b, c, want float32 }{
		{inf, 1, 1, inf}, {inf, -1, 1, -inf}, {1, 1, -inf, -inf}, {math.MaxFloat32, 2, 0, inf},
		{inf, 0, 1, nan}, {inf, 1, -inf, nan}, {nan, 1, 1, nan}, {1, nan, 1, nan}, {1, 1, nan, nan},
	} {
		got := fma32(c.a, c.b, c.c)
		if got != c.want && (got == got || c.want == c.want) {
			t.Errorf("fma32(%v, %v, %v) = %v, want %v", c.a, c.b, c.c, got, c.want)
		}
	}
	if z := fma32(0, -1, float32(math.Copysign(0, -1))); !math.Signbit(float64(z)) {
		t.Error("fma32(0, -1, -0) is +0")
	}
}

func TestPick(t *testing.T) {
	nan, neg := math.NaN(), math.Copysign(0, -1)
	if pickMax(nan, 1) != 1 || pickMin(nan, 1) != 1 || pickMax(1, nan) == 1 || pickMin(1, nan) == 1 {
		t.Error("NaN: not the second operand")
	}
	if !math.Signbit(pickMax(0, neg)) || math.Signbit(pickMin(neg, 0)) {
		t.Error("zeros: not the second operand")
	}
	if pickMax(2.0, 1) != 2 || pickMin(2.0, 1) != 1 {
		t.Error("wrong operand")
	}
}
