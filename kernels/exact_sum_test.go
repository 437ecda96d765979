package kernels_test

import (
	"bytes"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/simmer-go/simmer/kernels"
)

// bigSum is the sum of finite numbers, rounded once.
func bigSum(x []float64) float64 {
	sum := new(big.Float).SetPrec(2400)
	for _, v := range x {
		sum.Add(sum, new(big.Float).SetFloat64(v))
	}
	f, _ := sum.Float64()
	return f
}

// cancelling are finite numbers of all exponents, of which some cancel and some decide ties.
func cancelling(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		for x[i] = math.NaN(); x[i]-x[i] != 0; {
			x[i] = math.Float64frombits(r.Uint64())
		}
		if i == 0 {
			continue
		}
		switch r.IntN(6) {
		case 0:
			x[i] = math.Ldexp(x[i], -r.IntN(2000))
		case 1:
			x[i] = -x[r.IntN(i)]
		case 2:
			x[i] = x[r.IntN(i)] * 0x1p-53
		}
	}
	return x
}

func TestExactSum(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		x := cancelling(r, r.IntN(40))
		cut := r.IntN(len(x) + 1)
		var whole, part, rest kernels.ExactSum
		kernels.ExactAdd(&whole, x)
		kernels.ExactAdd(&rest, x[:cut])
		kernels.ExactAdd(&part, x[cut:])
		part.Merge(&rest)
		if got, again, want := whole.Value(), part.Value(), bigSum(x); got != want || again != want {
			t.Fatalf("%v: %v, and %v merged at %d, want %v", x, got, again, cut, want)
		}
		a, _ := whole.MarshalBinary()
		if b, _ := part.MarshalBinary(); !bytes.Equal(a, b) {
			t.Fatalf("%v: encoded as %x, and as %x merged at %d", x, a, b, cut)
		}
		var decoded kernels.ExactSum
		if err := decoded.UnmarshalBinary(a); err != nil || decoded.Value() != whole.Value() {
			t.Fatalf("%v: %v after decoding %x, error %v", x, decoded.Value(), a, err)
		}
	}
}
