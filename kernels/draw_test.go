package kernels_test

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/ref"
	"github.com/simmer-go/simmer/kernels"
)

// forEachDraw runs a test for every kernel that draws and both element types.
func forEachDraw(
	t *testing.T, test32 func(*testing.T, catalog.Kernel[float32]), test64 func(*testing.T, catalog.Kernel[float64]),
) {
	forEachKernel(t, func(t *testing.T, k catalog.Kernel[float32]) {
		if !k.Draws {
			t.Skip("draws nothing")
		}
		test32(t, k)
	}, func(t *testing.T, k catalog.Kernel[float64]) {
		if !k.Draws {
			t.Skip("draws nothing")
		}
		test64(t, k)
	})
}

// stream is n numbers of a stream.
func stream[T kernels.Float](k catalog.Kernel[T], key kernels.Key, offset uint64, n int) []T {
	a := k.NewArgs(catalog.Vector(n))
	a.Key, a.Offset = key, offset
	k.Call(a)
	return a.Out[0]
}

// Any part of a stream is the same alone as within a larger one: around its start, its end, and where the upper half of
// the counter changes.
func TestDrawParts(t *testing.T) {
	forEachDraw(t, testDrawParts[float32], testDrawParts[float64])
}

func testDrawParts[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	key := kernels.Key{Seed: 1<<63 + 5, Stream: 77}
	const n = 2*fallback.Block + 300
	for _, start := range []uint64{0, 1<<33 - fallback.Block, 1<<34 - 150, 1<<63 - 33, math.MaxUint64 - 130} {
		a := k.NewArgs(catalog.Vector(n))
		a.Key, a.Offset = key, start
		whole := k.Expect(a).Out[0]
		for _, i := range isa.Available() {
			restore := isa.Use(i)
			for first := range 200 {
				for _, length := range []int{1, 2, 15, 16, 17, 20, 63, 64, 65, 80, 90} {
					samePart(t, i, k, key, start, whole, first, length)
				}
			}
			for first := 0; first < 130; first += 13 {
				samePart(t, i, k, key, start, whole, first, n-first)
			}
			restore()
		}
	}
}

func samePart[T kernels.Float](
	t *testing.T, i isa.ISA, k catalog.Kernel[T], key kernels.Key, start uint64, whole []T, first, length int,
) {
	t.Helper()
	part := stream(k, key, start+uint64(first), length)
	if at := catalog.Difference(part, whole[first:first+length]); at >= 0 {
		t.Fatalf("%v: %d numbers from %d on: number %d is %v, in the stream from %d on it is %v",
			i, length, start+uint64(first), at, part[at], start, whole[first+at])
	}
}

// threefry is Threefry4x32-20 as its paper has it.
func threefry(counter, key [4]uint32) [4]uint32 {
	k := [5]uint32{key[0], key[1], key[2], key[3], 0x1bd11bda ^ key[0] ^ key[1] ^ key[2] ^ key[3]}
	rotations := [8][2]int{{10, 26}, {11, 21}, {13, 27}, {23, 5}, {6, 20}, {17, 11}, {25, 10}, {18, 20}}
	x := counter
	for round := range 21 {
		if round%4 == 0 {
			for i := range x {
				x[i] += k[(round/4+i)%5]
			}
			x[3] += uint32(round / 4)
		}
		if round == 20 {
			break
		}
		r := rotations[round%8]
		x[0], x[2] = x[0]+x[1], x[2]+x[3]
		x[1], x[3] = bits.RotateLeft32(x[1], r[0])^x[0], bits.RotateLeft32(x[3], r[1])^x[2]
		x[1], x[3] = x[3], x[1]
	}
	return x
}

// word is the random word of a place: of 32 bits for float32 and 64 for float64. 64 bytes of a stream hold four blocks:
// their first words, then their second ones, and so on. An element of float64 takes two neighbours, the first for its
// lower half.
func word[T kernels.Float](distribution uint32, key kernels.Key, place uint64) uint64 {
	size := uint64(32)
	if catalog.TypeName[T]() == "float64" {
		size, distribution = 64, distribution+1
	}
	at := place % (512 / size) * size / 32 // of words of 32 bits, in the group
	half := func(at uint64) uint64 {
		block := place/(512/size)*4 + at%4
		x := threefry([4]uint32{uint32(block), uint32(block >> 32), 0, distribution},
			[4]uint32{uint32(key.Seed), uint32(key.Seed >> 32), uint32(key.Stream), uint32(key.Stream >> 32)})
		return uint64(x[at/4])
	}
	if size == 32 {
		return half(at)
	}
	return half(at+1)<<32 | half(at)
}

// Each number is what its word says.
func TestDrawExact(t *testing.T) {
	t.Run("float32", testDrawExact[float32])
	t.Run("float64", testDrawExact[float64])
}

func testDrawExact[T kernels.Float](t *testing.T) {
	const n = 200
	key := kernels.Key{Seed: 0x123456789abcdef0, Stream: 0xfedcba9876543210}
	for _, offset := range []uint64{0, 5, 1<<34 - 50, 1<<60 + 1} {
		uniform := kernels.UniformTo(make([]T, n), key, offset)
		normal := kernels.NormalTo(make([]T, n), key, offset)
		worst := 0.0
		for i := range n {
			place := offset + uint64(i)
			u := float64(word[T](2, key, place)>>8) * 0x1p-24
			if catalog.TypeName[T]() == "float64" {
				u = float64(word[T](2, key, place)>>12) * 0x1p-52
			}
			if float64(uniform[i]) != u {
				t.Fatalf("uniform number %d is %v, want %v", place, uniform[i], u)
			}
			e := errorOf(normal[i], exactNormal[T](key, place))
			worst = max(worst, e)
			if !(e <= boundOf[T]("NormalTo")) {
				t.Fatalf("normal number %d is %v: %.3g ULP", place, normal[i], e)
			}
		}
		t.Logf("normals from %d on: %.3f ULP", offset, worst)
	}
}

// exactNormal is the normal number of a place. It and its partner, a quarter of a group away, have one word for u and
// one for the angle.
func exactNormal[T kernels.Float](key kernels.Key, place uint64) *big.Float {
	step := uint64(4)
	if catalog.TypeName[T]() == "float64" {
		step = 2
	}
	second := place/step%2 == 1
	place -= place / step % 2 * step
	u, angle := word[T](0, key, place), word[T](0, key, place+step)
	var a, r *big.Float
	var mirror, turn bool
	if step == 4 {
		r = ref.Big(float64(float32(float64(float32(u>>1))*0x1p-31 + 0x1p-32)))
		a = ref.Big(float64(float32(float64(float32(int32(angle)<<2))*0x1p-32 + 0x1p-31)))
		mirror, turn = angle>>31 == 1, angle>>30&1 == 1
	} else {
		r = ref.Big(1 - float64(u>>12|1)*0x1p-52)
		a = ref.Big(float64(angle<<2>>12|1)*0x1p-52 - 0.5)
		mirror, turn = angle>>63 == 1, angle>>62&1 == 1
	}
	r = ref.BigLog(r)
	r.Sqrt(r.Mul(r, ref.Big(-2)))
	sin, cos := ref.BigSinCos(a)
	if mirror {
		cos.Neg(cos)
	}
	if second != turn {
		return r.Mul(r, sin)
	}
	return r.Mul(r, cos)
}

// errorOf is the error of x in ULP.
func errorOf[T kernels.Float](x T, exact *big.Float) float64 {
	if catalog.TypeName[T]() == "float64" {
		return ref.ULP64(float64(x), exact)
	}
	near, _ := exact.Float64()
	return ref.ULP32(float32(x), near)
}

// Streams of neighbouring keys, of other types and other distributions share no numbers. Random ones of 52 bits would
// do so with probability 10⁻⁵.
func TestDrawStreams(t *testing.T) {
	const n = 1000
	seen := map[uint64]string{}
	add := func(name string, x uint64) {
		if other, there := seen[x]; there {
			t.Errorf("%s and %s share %#x", name, other, x)
		}
		seen[x] = name
	}
	for i := range uint64(20) {
		for _, key := range []kernels.Key{
			{Seed: i}, {Stream: i + 1}, {Seed: 1 << (40 + i)}, {Stream: 1 << (40 + i)}, {Seed: i + 1, Stream: 1},
		} {
			for at, v := range kernels.UniformTo(make([]float64, n), key, 0) {
				add(fmt.Sprint("uniform ", key, at), math.Float64bits(v))
			}
			for at, v := range kernels.NormalTo(make([]float64, n), key, 0) {
				add(fmt.Sprint("normal ", key, at), math.Float64bits(v))
			}
		}
	}
	single := kernels.UniformTo(make([]float32, n), kernels.Key{}, 0)
	double := kernels.UniformTo(make([]float64, n), kernels.Key{}, 0)
	same := 0
	for _, v := range double {
		if slices.Contains(single, float32(math.Floor(v*0x1p24)*0x1p-24)) {
			same++
		}
	}
	if same > 5 { // of 10⁶ pairs, each with probability 2⁻²⁴
		t.Errorf("%d of %d numbers of float64 begin as one of float32", same, n)
	}
}
