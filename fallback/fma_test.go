package fallback

import (
	"math"
	"math/rand/v2"
	"testing"
)

// checkSoftFMA compares with math.FMA, all NaNs being one value.
func checkSoftFMA(t *testing.T, a, b, c float64) {
	t.Helper()
	got, want := softFMA(a, b, c), math.FMA(a, b, c)
	if bits64(got) != bits64(want) && (got == got || want == want) {
		t.Fatalf("softFMA(%x, %x, %x) = %x, want %x", a, b, c, got, want)
	}
}

// TestSoftFMA compares with the instruction where there is one, and elsewhere with what the Go tree has in its place.
func TestSoftFMA(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	mantissa := func() float64 { return float64of(r.Uint64()&^Exponent64 | One64) }
	short := func() float64 { return float64(r.IntN(1<<r.IntN(27))) * 0.125 }
	scaled := func(x float64, n int) float64 { return math.Ldexp(x, r.IntN(2*n)-n) }
	n := 100_000
	if *exhaustive {
		n = 50_000_000
	}
	for range n {
		a, b, c := mantissa(), mantissa(), scaled(mantissa(), 120)
		checkSoftFMA(t, a, b, c)
		checkSoftFMA(t, a, b, -a*b)
		checkSoftFMA(t, a, b, c-a*b)
		checkSoftFMA(t, a, b, -math.Nextafter(a*b, c))

		// Ties, exact and nearly so: a product that ends in half an ULP of the sum, more or less.
		half := 1 + 0x1p-53*float64(r.IntN(1<<10)) // a product with a power of two, exact
		checkSoftFMA(t, half, 0.5, mantissa())
		checkSoftFMA(t, short(), short(), short())
		checkSoftFMA(t, short(), 0x1p-53, mantissa())
		checkSoftFMA(t, float64(float32(a)), float64(float32(b)), float64(float32(c)))
		checkSoftFMA(t, 1+0x1p-30*short(), 1-0x1p-30*short(), scaled(1, 200))

		// All exponents, and next to the limits of softRare.
		checkSoftFMA(t, float64of(r.Uint64()), float64of(r.Uint64()), float64of(r.Uint64()))
		checkSoftFMA(t, scaled(a, 1074), scaled(b, 1074), scaled(c, 900))
		for _, e := range []int{-1023 + softExponentMin, -1023 + softExponentMin + softExponentCount} {
			at := r.IntN(1000)
			if e < 0 {
				at = -at
			}
			x, y := math.Ldexp(a, at), math.Ldexp(b, e-at)
			checkSoftFMA(t, x, y, scaled(-x*y, 110))
			checkSoftFMA(t, x, y, -x*y)
		}
	}
}

func TestSoftFMASpecials(t *testing.T) {
	values := []float64{
		0, 1, math.Pi, 0x1p-1074, 0x1p-1022, 0x1p-540, 0x1p540, 0x1p996, math.MaxFloat64, math.Inf(1), math.NaN(), oddNaN,
		1 + 0x1p-52, 1 - 0x1p-53, 0x1p-53, 0x1p-106, 0x1.8p-53,
	}
	for _, a := range values {
		for _, b := range values {
			for _, c := range values {
				for sign := range 8 {
					flip := func(x float64, bit int) float64 { return x * float64(1-sign>>bit&1*2) }
					checkSoftFMA(t, flip(a, 0), flip(b, 1), flip(c, 2))
				}
			}
		}
	}
}

func TestSoftPoly64(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 20_000 {
		c := make([]float64, 1+r.IntN(12))
		for i := range c {
			c[i] = math.Ldexp(r.Float64()-0.5, -3*i)
		}
		x := math.Ldexp(r.Float64()-0.5, r.IntN(8)-4)
		want := c[len(c)-1]
		for i := len(c) - 2; i >= 0; i-- {
			want = math.FMA(want, x, c[i])
		}
		if got := softPoly64(x, c); got != want {
			t.Fatalf("softPoly64(%x, %x) = %x, want %x", x, c, got, want)
		}
	}
}
