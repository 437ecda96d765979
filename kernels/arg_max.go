package kernels

import (
	"math"

	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// Max returns the largest element, exactly; a result of zero is +0. NaN gives NaN, no element -Inf. gonum's floats.Max
// ignores NaN, and panics if there is no element.
func Max[T Float](x []T) float64 {
	m, unordered := simd.MaxUnordered(x)
	if unordered > 0 {
		return math.NaN()
	}
	return m + 0 // of zeros of both signs it may be either
}

// ArgMax returns the index of the largest element, the first one of equal ones. It is −1 if an element is NaN, or if
// there is none. gonum's floats.MaxIdx ignores NaN, and panics if there is no element.
func ArgMax[T Float](x []T) int {
	if len(x) <= shortArgMax {
		return argMaxShort(x)
	}
	m, unordered := simd.MaxUnordered(x)
	if unordered > 0 {
		return -1
	}
	return indexOf(x, T(m))
}

// ArgMaxRowsTo writes ArgMax, exactly, of each row of the row-major matrix x, which has cols columns, to dst and
// returns dst: of several largest elements the first, −1 if an element of the row is NaN.
//
// It panics if cols is not positive or len(x) is not len(dst)·cols. It is torch.argmax(x, dim=-1) but for NaN, which
// counts as the largest number there.
func ArgMaxRowsTo[T Float](dst []int, x []T, cols int) []int {
	checkRows("ArgMaxRowsTo", len(x), cols, "dst", len(dst))
	done := 0
	if cols <= narrowArgMax && len(dst) >= severalRows && len(x) >= severalElements {
		done = argMaxNarrow(dst, x, cols)
	}
	if cols <= shortArgMax {
		for r := done; r < len(dst); r++ {
			dst[r] = argMaxShort(x[r*cols : (r+1)*cols])
		}
		return dst
	}
	for r := done; r < len(dst); r++ {
		dst[r] = ArgMax(x[r*cols : (r+1)*cols])
	}
	return dst
}

const (
	// shortArgMax is the largest number of elements that are looked at one by one.
	shortArgMax = 40
	// narrowArgMax is the largest number of columns for which registers take an element of each of several rows, if
	// there are severalRows of severalElements at least.
	narrowArgMax    = 64
	severalRows     = 8
	severalElements = 32
)

func argMaxShort[T Float](x []T) int {
	if len(x) == 0 {
		return -1
	}
	best, m := 0, T(math.Inf(-1))
	for i, v := range x {
		if v <= m {
			continue
		}
		if v != v {
			return -1
		}
		best, m = i, v
	}
	return best
}

// argMaxNarrow takes rows that fill registers and returns how many it did: all, or none if they do not fill one.
func argMaxNarrow[T Float](dst []int, x []T, cols int) (done int) {
	var index [tileRows]T
	for done < len(dst) {
		rows := min(tileRows, len(dst)-done)
		n := simd.ArgMaxColumns(x[done*cols:], index[:], cols, rows)
		if n == 0 { // the last ones, together with some that are done
			rows = min(registerRows, done)
			done = len(dst) - rows
			n = simd.ArgMaxColumns(x[done*cols:], index[:], cols, rows)
		}
		if n == 0 {
			return 0
		}
		for r, i := range index[:n] {
			dst[done+r] = int(i)
		}
		done += n
	}
	return done
}

// piece is the number of elements that are searched at once.
const piece = 512

// indexOf returns the number of the first element that is m; there must be one.
func indexOf[T Float](x []T, m T) int {
	left := leftOver[T]()
	for first := 0; ; first += piece {
		part := x[first:min(first+piece, len(x))]
		if most := simd.PlaceOf(part, left[:len(part)], m); most > 0 {
			return first + piece - int(most)
		}
	}
}

// leftOver holds, for each element of a piece, how many are left from it on: the first one of some has the most.
func leftOver[T Float]() []T {
	if simd.Is32[T]() {
		return simd.From32[T](leftOver32[:])
	}
	return simd.From64[T](leftOver64[:])
}

var (
	leftOver32 = countDown[float32]()
	leftOver64 = countDown[float64]()
)

func countDown[T Float]() (left [piece]T) {
	for i := range left {
		left[i] = T(piece - i)
	}
	return left
}
