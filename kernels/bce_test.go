package kernels_test

import (
	"math"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/kernels"
)

// Sums of float32 that leave the range of its lanes, to one side or to both, are those of the elements all the same.
func TestBCEWithLogitsOverflow(t *testing.T) {
	for _, c := range []struct {
		name string
		t    [2]float32 // targets in turn
		want float64
	}{
		{"one side", [2]float32{0, 0}, 600 * float64(float32(3e38))},
		{"both sides", [2]float32{0, 2}, 0}, // targets that package loss would refuse
		{"infinite", [2]float32{0, float32(math.Inf(-1))}, math.Inf(1)},
	} {
		x, y := make([]float32, 600), make([]float32, 600)
		for i := range x {
			x[i], y[i] = 3e38, c.t[i%2]
		}
		for _, i := range isa.Available() {
			restore := isa.Use(i)
			if got := kernels.BCEWithLogits(x, y, nil); got != c.want {
				t.Errorf("%s by %v: %v, want %v", c.name, i, got, c.want)
			}
			restore()
		}
	}
}
