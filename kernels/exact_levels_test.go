package kernels_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// The blocks of exact sums have the bits of the fallback, too, whether all of a number is in its levels or not.
func TestExactLevels(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	const most = fallback.ExactBlock
	x64, x, y := make([]float64, most), make([]float32, most), make([]float32, most)
	for i := range x {
		x64[i], x[i], y[i] = r.NormFloat64(), float32(r.NormFloat64()), float32(r.NormFloat64())
	}
	const m1 = 0x1.8p+18 // for numbers below 2⁹
	m2 := math.Ldexp(m1, -fallback.ExactLevel)
	m3 := math.Ldexp(m2, -fallback.ExactLevel)
	for _, i := range tested() {
		defer isa.Use(i)()
		for n := range most + 1 {
			if n > 70 && n < most-1 && n%63 > 1 {
				continue
			}
			for _, tiny := range []float64{0, 0x1p-200} {
				x64, x, y := x64[:n], x[:n], y[:n]
				if n > 0 {
					x64[n-1], x[n/2] = tiny, float32(tiny*0x1p60)
				}
				var got, want [3][4]float64
				got[0][0], got[0][1], got[0][2] = simd.ExactLevelsF64(x64, m1, m2, m3)
				got[1][0], got[1][1], got[1][2] = simd.ExactLevelsF32(x, m1, m2, m3)
				got[2][0], got[2][1], got[2][2] = simd.ExactProductLevelsF32(x, y, m1, m2, m3)
				got[0][3], got[1][3] = simd.ExactLargestF64(x64), simd.ExactLargestF32(x)
				got[2][3] = simd.ExactProductLargestF32(x, y)
				want[0][0], want[0][1], want[0][2] = fallback.ExactLevelsF64(x64, m1, m2, m3)
				want[1][0], want[1][1], want[1][2] = fallback.ExactLevelsF32(x, m1, m2, m3)
				want[2][0], want[2][1], want[2][2] = fallback.ExactProductLevelsF32(x, y, m1, m2, m3)
				want[0][3], want[1][3] = fallback.ExactLargestF64(x64), fallback.ExactLargestF32(x)
				want[2][3] = fallback.ExactProductLargestF32(x, y)
				for k := range got {
					for j, g := range got[k] {
						if w := want[k][j]; math.Float64bits(g) != math.Float64bits(w) && !(g != g && w != w) {
							t.Fatalf("%v, %d elements, kind %d: %v, want %v", i, n, k, got[k], want[k])
						}
					}
				}
			}
		}
	}
}
