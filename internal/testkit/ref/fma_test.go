package ref_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

// In float64 there is an FMA to compare with; in float32 numbers of few digits, of which float64 rounds no sum.
func TestFMA(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	special := []float64{
		0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(), 0x1p-1074, -0x1p-1074, math.MaxFloat64, 1, -1,
	}
	pick := func() float64 {
		if r.IntN(3) == 0 {
			return special[r.IntN(len(special))]
		}
		return math.Float64frombits(r.Uint64())
	}
	for range 20_000 {
		a, b, c := pick(), pick(), pick()
		if r.IntN(4) == 0 {
			c = -a * b
		}
		if got, want := ref.FMA(a, b, c), math.FMA(a, b, c); !sameFloat(got, want) {
			t.Fatalf("FMA(%x, %x, %x) = %x, want %x", a, b, c, got, want)
		}
		x, y, z := short(r), short(r), short(r)
		got, want := ref.FMA(float32(x), float32(y), float32(z)), float32(float64(x*y)+z)
		if !sameFloat(float64(got), float64(want)) {
			t.Fatalf("FMA(%x, %x, %x) = %x, want %x", x, y, z, got, want)
		}
	}
}

// sameFloat compares bits, all NaNs being one.
func sameFloat(x, y float64) bool {
	return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y
}

func short(r *rand.Rand) float64 { return math.Ldexp(float64(r.IntN(1<<13)-1<<12), r.IntN(20)-10) }
