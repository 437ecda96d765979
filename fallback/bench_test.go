package fallback

import "testing"

func BenchmarkSoftplusToF32(b *testing.B) {
	x := make([]float32, 4096)
	for i := range x {
		x[i] = float32(i-2048) / 256
	}
	dst := make([]float32, len(x))
	for b.Loop() {
		SoftplusToF32(dst, x)
	}
}
