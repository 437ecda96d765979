package kernels_test

import (
	"math"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/kernels"
)

// Products that underflow to -0 in every lane: how many lanes there are besides, with +0, must not be seen.
func TestDotIsNeverMinusZero(t *testing.T) {
	for n := range 70 {
		x, y := make([]float64, n), make([]float64, n)
		for i := range x {
			x[i], y[i] = -1e-300, 1e-300
		}
		for _, i := range isa.Available() {
			restore := isa.Use(i)
			if got := kernels.Dot(x, y); math.Float64bits(got) != 0 {
				t.Errorf("%d products by %v: %v", n, i, got)
			}
			restore()
		}
	}
}
