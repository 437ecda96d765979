package kernels

import (
	"unsafe"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// Key names a stream of 2⁶⁴ random numbers. Streams of different keys have nothing in common, however little the keys
// differ: it is a key in the sense of a cipher, so that 0, 1, 2, … serve as well as any other numbers.
//
// The two halves mean the same. They are there for a seed, such as that of an experiment, and for a number of each
// stream that it needs: of a layer, a draw, a worker, a step of training.
type Key struct{ Seed, Stream uint64 }

// distribution tells apart what is made of one key: each has a stream of its own for float32, and the next for float64.
type distribution uint32

const (
	normal  distribution = 0
	uniform distribution = 2
)

// The kernels make whole groups of elements, each of a few blocks of Threefry.
const (
	groupBytes  = 64
	groupBlocks = 4
	bufferBytes = 4 * groupBytes
)

// draw writes the numbers of a stream from offset on. Where dst begins or ends within a group, the group goes through a
// buffer, and a short dst as a whole.
func draw[T Float](d distribution, dst []T, key Key, offset uint64) {
	if !simd.Is32[T]() {
		d++
	}
	var words [fallback.ThreefryCount]uint32
	var memory [bufferBytes / 8]float64
	buffer := simd.Room[T](memory[:])
	group := groupBytes / int(unsafe.Sizeof(buffer[0]))
	for len(dst) > 0 {
		block, skip := offset/uint64(group)*groupBlocks, int(offset%uint64(group))
		fallback.ThreefryWords(&words, block, uint64(d)<<32, key.Seed, key.Stream)
		most := mostGroups(group, block)
		n := 0
		if whole := len(dst) / group; skip == 0 && whole > 0 && (len(dst) > len(buffer) || len(dst)%group == 0) {
			n = min(whole, most) * group
			fill(d, dst[:n], &words)
		} else {
			groups := (skip + len(dst) + group - 1) / group
			if groups > len(buffer)/group {
				groups = 1
			}
			part := buffer[:min(groups, most)*group]
			fill(d, part, &words)
			n = copy(dst, part[skip:])
		}
		dst, offset = dst[n:], offset+uint64(n)
	}
}

// mostGroups is the number of groups of so many elements that a call may make from block on, whose words count blocks
// in 32 bits.
func mostGroups(group int, block uint64) int {
	return int(min(uint64(fallback.Block/group), (1<<32-block%(1<<32))/groupBlocks))
}

// fill makes whole groups.
func fill[T Float](d distribution, dst []T, words *[fallback.ThreefryCount]uint32) {
	if d < uniform {
		simd.NormalTo(dst, words)
	} else {
		simd.UniformTo(dst, words)
	}
}
