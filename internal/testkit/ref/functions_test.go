package ref_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

// TestReferencesAgree holds the references of each function to each other: 106 bits to math/big, float64 to 106 bits.
func TestReferencesAgree(t *testing.T) {
	for _, f := range ref.Functions() {
		t.Run(f.Name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			n, sifted := 300, 0
			for range n {
				x := f.Sample(r)
				exact := f.Big(ref.Big(x))
				y, sure := f.Sifts(x)
				if !sure {
					continue
				}
				sifted++
				sum := ref.Big(y.Hi)
				sum.Add(sum, ref.Big(y.Lo))
				if sum.Sub(sum, exact); sum.Sign() == 0 {
					continue
				}
				lost := sum.MantExp(nil) - exact.MantExp(nil)
				if f.Slack.Float64 > 0 && ref.NearZero(x) {
					lost = sum.MantExp(nil)
				}
				if lost > -90 {
					t.Errorf("f(%x) = %x + %x: off by 2^%d", x, y.Hi, y.Lo, lost)
				}
				size := math.Abs(y.Hi)
				if e := math.Abs(f.Float64(x)-y.Hi) / size; size > 0x1p-150 && !(e < 0x1p-45) && !(f.Slope && ref.NearZero(x)) {
					t.Errorf("f(%x) = %x, in float64 %x", x, y.Hi, f.Float64(x))
				}
			}
			if sifted < n/2 {
				t.Errorf("%d of %d samples sifted", sifted, n)
			}
		})
	}
}
