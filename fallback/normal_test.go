package fallback

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

// normalBound is what the doc comment of kernels.NormalTo promises.
var normalBound = ref.Bounds["NormalTo"]

// exactNormals32 is the transform of the uniform numbers, in float64.
func exactNormals32(u, angle uint32) (float64, float64) {
	r := math.Sqrt(-2 * math.Log(float64(normalU32(u))))
	sin, cos := math.Sincos(math.Pi / 2 * float64(normalAngle32(angle)))
	if angle&NormalMirror32 != 0 {
		cos = -cos
	}
	if angle&NormalTurn32 != 0 {
		return r * sin, r * cos
	}
	return r * cos, r * sin
}

func TestNormals32(t *testing.T) {
	n := 200_000
	if *exhaustive {
		n = 50_000_000
	}
	var w worst
	r := rand.New(rand.NewPCG(3, 4))
	for range n {
		u, angle := edgy(r, 32), edgy(r, 32)
		x, y := normals32(uint32(u), uint32(angle))
		wantX, wantY := exactNormals32(uint32(u), uint32(angle))
		if wantX != 0 || x != 0 { // of r = 0 the sign means nothing
			w.add(max(ref.ULP32(x, wantX), ref.ULP32(y, wantY)), float64(u), float64(angle))
		}
	}
	w.check(t, normalBound.Float32)
}

// edgy is a word of so many bits, often with an end that is all ones or zeros.
func edgy(r *rand.Rand, bits int) uint64 {
	x := r.Uint64() >> (64 - bits)
	switch r.IntN(4) {
	case 0:
		return x >> r.IntN(bits)
	case 1:
		return ^(x >> r.IntN(bits)) & (1<<bits - 1)
	}
	return x
}

// exactNormals64 is the transform of the uniform numbers.
func exactNormals64(u, angle uint64) (x, y *big.Float) {
	r := ref.BigLog(ref.Big(normalU64(u)))
	r.Sqrt(r.Mul(r, ref.Big(-2)))
	sin, cos := ref.BigSinCos(ref.Big(normalAngle64(angle)))
	if angle&NormalMirror64 != 0 {
		cos.Neg(cos)
	}
	if angle&NormalTurn64 != 0 {
		sin, cos = cos, sin
	}
	return cos.Mul(cos, r), sin.Mul(sin, r)
}

func TestNormals64(t *testing.T) {
	n := 3000
	if *exhaustive {
		n = 1_000_000
	}
	var w worst
	r := rand.New(rand.NewPCG(5, 6))
	for range n {
		u, angle := edgy(r, 64), edgy(r, 64)
		x, y := normals64(u, angle)
		wantX, wantY := exactNormals64(u, angle)
		w.add(max(ref.ULP64(x, wantX), ref.ULP64(y, wantY)), normalU64(u), normalAngle64(angle))
	}
	w.check(t, normalBound.Float64)
}

// TestNormalUniforms wants uniform numbers in the middle of their steps: none is 0, and angles are as often left as right.
func TestNormalUniforms(t *testing.T) {
	for k := -1000; k < 1000; k++ {
		odd := float32(2*k + 1)
		if got, want := normalAngle32(uint32(k)), odd*0x1p-31; got != want {
			t.Errorf("angle of %d: %x, want %x", k, got, want)
		}
		if got, want := normalU32(uint32(2*k)), odd*0x1p-32; k >= 0 && got != want {
			t.Errorf("uniform number of %d: %x, want %x", k, got, want)
		}
	}
}
