package simd

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/isa"
)

func TestScratch(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, i := range isa.Available()[1:] {
		restore := isa.Use(i)
		bad := 0
		for trial := range 3000 {
			rows, n, k := r.IntN(20), 1+r.IntN(70), 1+r.IntN(200)
			a := make([]float32, rows*k+8)
			b := make([]float32, k*n+40)
			for j := range a {
				a[j] = float32(r.NormFloat64())
			}
			for j := range b {
				b[j] = float32(r.NormFloat64())
			}
			start := make([]float32, n)
			for j := range start {
				start[j] = float32(r.NormFloat64())
			}
			want := make([]float32, rows*n)
			got := make([]float32, rows*n)
			var scratch [512]float32
			fallback.ProductReluF32(want, start, a, b, nil, rows, n, k, n, 0, k, 1, n)
			for j := 0; j < n; {
				if rows == 0 {
					break
				}
				j += ProductReluF32(got[j:], start[j:], a, b[j:], scratch[:], rows, n-j, k, n, 0, k, 1, n)
			}
			for j := range want {
				if math.Float32bits(want[j]) != math.Float32bits(got[j]) {
					bad++
					if bad < 5 {
						t.Errorf("%v %d: %dx%dx%d at %d: %v want %v", i, trial, rows, k, n, j, got[j], want[j])
					}
					break
				}
			}
		}
		for trial := range 1000 {
			rows, n, k := 1+r.IntN(20), 1+r.IntN(70), 1+r.IntN(200)
			a := make([]float64, rows*k+8)
			b := make([]float64, k*n+40)
			for j := range a {
				a[j] = r.NormFloat64()
			}
			for j := range b {
				b[j] = r.NormFloat64()
			}
			start := make([]float64, rows*n)
			for j := range start {
				start[j] = r.NormFloat64()
			}
			want := make([]float64, rows*n)
			got := make([]float64, rows*n)
			var scratch [512]float64
			// transposed a
			fallback.ProductF64(want, start, a, b, nil, rows, n, k, n, n, 1, rows, n)
			for j := 0; j < n; {
				j += ProductF64(got[j:], start[j:], a, b[j:], scratch[:], rows, n-j, k, n, n, 1, rows, n)
			}
			for j := range want {
				if want[j] != got[j] {
					t.Fatalf("f64 %v %d: %dx%dx%d at %d: %v want %v", i, trial, rows, k, n, j, got[j], want[j])
				}
			}
		}
		restore()
	}
}

func best(f func()) time.Duration {
	b := time.Hour
	for range 400 {
		s := time.Now()
		f()
		b = min(b, time.Since(s))
	}
	return b
}

func TestScratchSpeed(t *testing.T) {
	for _, i := range isa.Available() {
		restore := isa.Use(i)
		for _, s := range [][3]int{{1, 784, 256}, {8, 784, 256}, {64, 64, 10}, {64, 784, 256}, {256, 1024, 1024}} {
			rows, k, n := s[0], s[1], s[2]
			if i == isa.Generic && rows*k*n > 1e7 {
				continue
			}
			a := make([]float32, rows*k)
			panels := (n + 31) / 32
			b := make([]float32, panels*32*k)
			for j := range a {
				a[j] = 1
			}
			bias := make([]float32, panels*32)
			got := make([]float32, rows*n)
			var scratch [512]float32
			d := best(func() {
				for p := range panels {
					for first := 0; first < rows; {
						rr := min(rows-first, max(8, 500000/32/k/8*8))
						w := min(32, n-p*32)
						for j := 0; j < w; {
							j += ProductF32(got[first*n+p*32+j:], bias[p*32+j:], a[first*k:], b[p*32*k+j:], scratch[:], rr, w-j, k, n, 0, k, 1, 32)
						}
						first += rr
					}
				}
			})
			fmt.Printf("%v %v: %v, %.1f GMAC/s\n", i, s, d, float64(rows*k*n)/float64(d.Nanoseconds()))
		}
		restore()
	}
}
