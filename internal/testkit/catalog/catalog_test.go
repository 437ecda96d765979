package catalog

import (
	"math"
	"testing"

	"github.com/simmer-go/simmer/kernels"
)

func TestFillStaysInItsDomain(t *testing.T) {
	for _, d := range []Domain{Real, Broad, Positive, Probability, Scale} {
		x := make([]float32, 10000)
		Fill(x, d, 1)
		negative := 0
		for _, v := range x {
			a := math.Abs(float64(v))
			if a < math.Ldexp(1, d.MinExp) || a >= math.Ldexp(1, d.MaxExp) {
				t.Fatalf("%v: %v", d, v)
			}
			if v < 0 {
				negative++
			}
		}
		if (negative > 4500 && negative < 5500) != d.Signed {
			t.Errorf("%v: %d of %d are negative", d, negative, len(x))
		}
	}
}

func TestFillBitsHasEverything(t *testing.T) {
	x := make([]float32, 10000)
	FillBits(x, 1)
	seen := map[uint64]bool{}
	for _, v := range x {
		seen[Bits(v)] = true
	}
	for _, v := range Specials[float32]() {
		if !seen[Bits(v)] {
			t.Errorf("%v does not occur", v)
		}
	}
}

// All sums of 64 products are finite, some of the products subnormal.
func TestFillExponentsIsFinite(t *testing.T) {
	t.Run("float32", testFillExponents[float32])
	t.Run("float64", testFillExponents[float64])
}

func testFillExponents[T kernels.Float](t *testing.T) {
	x := make([]T, 10000)
	FillExponents(x, 1)
	smallest := math.Inf(1)
	for i, v := range x {
		sum := v * v * 64
		if sum-sum != 0 || v == 0 {
			t.Fatalf("%v", v)
		}
		smallest = min(smallest, math.Abs(float64(v*x[len(x)-1-i])))
	}
	normal := float64(Specials[T]()[7])
	if smallest >= normal {
		t.Errorf("the smallest product is %v", smallest)
	}
}
