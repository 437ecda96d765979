package kernels_test

import (
	"math"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// SelectTo copies the bits of what is kept, those of NaN too; dst may be x.
func TestSelectTo(t *testing.T) {
	for _, i := range isa.Available() {
		restore := isa.Use(i)
		for n := range 200 {
			x, keep := make([]float64, n), make([]bool, n)
			catalog.FillBits(x, uint64(n))
			catalog.FillMask(keep, n, uint64(n))
			dst := slices.Clone(x)
			kernels.SelectTo(dst, dst, keep, 1.5)
			for at, got := range dst {
				want := 1.5
				if keep[at] {
					want = x[at]
				}
				if math.Float64bits(got) != math.Float64bits(want) {
					t.Fatalf("%v: of %d elements, number %d is %x, want %x", i, n, at, got, want)
				}
			}
		}
		restore()
	}
}
