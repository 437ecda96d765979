package kernels_test

import (
	"fmt"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/kernels"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
)

func TestTmp(t *testing.T) {
	tmp[float32](t)
	tmp[float64](t)
}
func tmp[T kernels.Float](t *testing.T) {
	for n := 0; n < 400; n += 1+n/70 {
		for _, off := range []uint64{0, 1, 5, 8, 16, 17, 63, 1<<34 - 3, 1<<64-5, 1<<33-77} {
			restore := isa.Use(isa.Generic)
			want := kernels.NormalTo(make([]T, n), kernels.Key{5, 77}, off)
			wantU := kernels.UniformTo(make([]T, n), kernels.Key{5, 77}, off)
			one := make([]T,1)
			for i := range n {
				kernels.NormalTo(one, kernels.Key{5,77}, off+uint64(i))
				if one[0]!=want[i] {t.Fatal("single",n,off,i)}
			}
			restore()
			for _, i := range tested() {
				restore := isa.Use(i)
				got := kernels.NormalTo(make([]T, n), kernels.Key{5, 77}, off)
				if d := catalog.Difference(got, want); d >= 0 {
					t.Fatalf("%v n=%d off=%d: %d: %v want %v", i, n, off, d, got[d], want[d])
				}
				got = kernels.UniformTo(make([]T, n), kernels.Key{5, 77}, off)
				if d := catalog.Difference(got, wantU); d >= 0 {
					t.Fatalf("%v n=%d off=%d: %d: %v want %v", i, n, off, d, got[d], want[d])
				}
				restore()
			}
		}
	}
}

func BenchmarkTmp(b *testing.B) {
	bench[float32](b)
	bench[float64](b)
}
func bench[T kernels.Float](b *testing.B) {
	for _, i := range isa.Available() {
		for _, n := range []int{10, 4096} {
			dst := make([]T, n)
			b.Run(fmt.Sprintf("%T/%v/normal/%d", dst[0], i, n), func(b *testing.B) {
				defer isa.Use(i)()
				for b.Loop() {
					kernels.NormalTo(dst, kernels.Key{5, 77}, 0)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/el")
			})
			if n>10{
			b.Run(fmt.Sprintf("%T/%v/uniform/%d", dst[0], i, n), func(b *testing.B) {
				defer isa.Use(i)()
				for b.Loop() {
					kernels.UniformTo(dst, kernels.Key{5, 77}, 0)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/el")
			})
			}
		}
	}
}
