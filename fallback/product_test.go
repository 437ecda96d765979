package fallback

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// A chain is made of fma32, also where that rounds a tie or a subnormal number, in any of neighbouring columns.
func TestProductRoundsOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	special := []float32{
		0, float32(math.Copysign(0, -1)), inf32, -inf32, nan32, 0x1p-149, -0x1p-149, 0x1p-126, math.MaxFloat32, 1, -1,
	}
	for _, a := range special {
		for _, b := range special {
			for _, c := range special {
				checkChain(t, a, b, c)
			}
		}
	}
	rounds := 200_000
	if testing.Short() {
		rounds = 10_000
	}
	for range rounds {
		a, b, c := math.Float32frombits(r.Uint32()), math.Float32frombits(r.Uint32()), math.Float32frombits(r.Uint32())
		checkChain(t, a, b, c)
		checkChain(t, a, b, special[r.IntN(len(special))])
		checkChain(t, a, 1/a, -1) // cancels
		checkChain(t, a, b, -a*b)
		checkChain(t, 1, a, c)

		// Products of 12 bits each, on ties of a sum about 1, nudged to either side or not.
		x, y := 1+float32(r.Uint32N(1<<12))*0x1p-12, 1+float32(r.Uint32N(1<<12)|1)*0x1p-12
		tiny := math.Float32frombits(r.Uint32N(0x20000000) | r.Uint32()&(1<<31))
		checkChain(t, x, y, tiny)
		checkChain(t, x*0x1p-24, y*0x1p-1, tiny*0x1p20+1)
		checkChain(t, x*0x1p-12, y*0x1p-13, x)

		// Subnormal results.
		checkChain(t, x*0x1p-70, y*0x1p-70, tiny)
		checkChain(t, x*0x1p-64, y*0x1p-64, math.Float32frombits(r.Uint32N(0x01000000)))
		checkChain(t, x*0x1p-75, y*0x1p-75, math.Float32frombits(r.Uint32N(4)|r.Uint32()&(1<<31)))
	}
	for range rounds / 100 {
		x, y := nextToTie(r)
		checkChain(t, x, y, float32(1<<22|1|r.Uint32N(1<<22))*0x1p-149)
	}
}

// checkChain computes a·b + c in one of five columns: four that are computed together, and one on its own.
func checkChain(t *testing.T, a, b, c float32) {
	t.Helper()
	want := fma32(a, b, c+0) + 0 // −0 does not survive
	for column := range 5 {
		var dst, start, y [10]float32
		x := [2]float32{c, a}
		y[column], y[5+column] = 1, b
		ProductF32(dst[:], start[:], x[:], y[:], nil, 1, 5, 2, 5, 5, 2, 1, 5)
		if got := dst[column]; math.Float32bits(got) != math.Float32bits(want) && (got == got || want == want) {
			t.Fatalf("column %d of %x·%x + %x = %x, fma32 %x", column, a, b, c, got, want)
		}
	}
}

// Rows may lie anywhere: the results are those of the order in the comment of the file, and nothing is written besides.
func TestProductStrides(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	random := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(r.NormFloat64())
		}
		return x
	}
	for _, s := range []struct{ rows, n, k, dstRow, startRow, aRow, aStep, bRow int }{
		{3, 7, 65, 9, 0, 70, 1, 8}, {2, 5, 130, 5, 5, 1, 2, 6}, {1, 9, 64, 9, 9, 0, 0, 9}, {4, 3, 1, 8, 3, 2, 5, 3},
		{3, 4, 129, 4, 4, 300, 2, 5},
	} {
		start, a, b := random(s.rows*s.n), random(s.rows*s.aRow+s.k*s.aStep+1), random(s.k*s.bRow)
		dst, relu := make([]float32, s.rows*s.dstRow), make([]float32, s.rows*s.dstRow)
		ProductF32(dst, start, a, b, nil, s.rows, s.n, s.k, s.dstRow, s.startRow, s.aRow, s.aStep, s.bRow)
		ProductReluF32(relu, start, a, b, nil, s.rows, s.n, s.k, s.dstRow, s.startRow, s.aRow, s.aStep, s.bRow)
		for i := range s.rows {
			for j := range s.dstRow {
				want := float32(0)
				if j < s.n {
					want = start[i*s.startRow+j]
					for first := 0; first < s.k; first += 64 {
						c := float32(0)
						for p := first; p < min(first+64, s.k); p++ {
							c = fma32(a[i*s.aRow+p*s.aStep], b[p*s.bRow+j], c)
						}
						want += c
					}
				}
				if at := i*s.dstRow + j; dst[at] != want || relu[at] != max(want, 0) {
					t.Fatalf("%+v: (%d, %d) is %v, by ReLU %v, want %v", s, i, j, dst[at], relu[at], want)
				}
			}
		}
	}
}

// BenchmarkProduct prints what a multiply-add costs.
func BenchmarkProduct(b *testing.B) {
	for _, s := range []struct{ rows, k, n int }{{64, 784, 256}, {64, 64, 10}, {1, 784, 1}} {
		b.Run(fmt.Sprintf("%d×%d×%d/float32", s.rows, s.k, s.n), func(b *testing.B) {
			benchmarkProduct(b, ProductF32, s.rows, s.k, s.n)
		})
		b.Run(fmt.Sprintf("%d×%d×%d/float64", s.rows, s.k, s.n), func(b *testing.B) {
			benchmarkProduct(b, ProductF64, s.rows, s.k, s.n)
		})
	}
}

func benchmarkProduct[T float32 | float64](
	b *testing.B,
	product func(dst, start, a, w, scratch []T, rows, n, k, dstRow, startRow, aRow, aStep, bRow int) int,
	rows, k, n int,
) {
	r := rand.New(rand.NewPCG(1, 2))
	dst, start, x, w := make([]T, rows*n), make([]T, n), make([]T, rows*k), make([]T, k*n)
	for _, slice := range [][]T{x, w} {
		for i := range slice {
			slice[i] = T(r.NormFloat64())
		}
	}
	for b.Loop() {
		product(dst, start, x, w, nil, rows, n, k, n, 0, k, 1, n)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows*k*n), "ns/multiply-add")
}
