package kernels

import (
	"fmt"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// This file is what all products of matrices share: affine.go, mat_mul.go and sum_squares.go have the public functions.

// operands are those of dst = start + a·b for rows and columns that lie so many elements apart. Neighbours in a row of
// dst, start and b are one element apart, those in a row of a aStep.
type operands[T Float] struct {
	dst, start, a, b                    []T
	rows, n, k                          int
	dstRow, startRow, aRow, aStep, bRow int
}

// panelBytes is the size of the part of a row of b that is taken at a time: what the largest tile holds.
const panelBytes = 128

// panelLen is the number of columns in it.
func panelLen[T Float]() int {
	if simd.Is32[T]() {
		return panelBytes / 4
	}
	return panelBytes / 8
}

// callWork is the number of products that one call of assembly computes at most: it cannot be preempted.
func callWork[T Float]() int {
	if simd.Is32[T]() {
		return 1 << 19
	}
	return 1 << 18
}

// callDepth bounds the length of rows: a call of few rows waits for memory more than it computes.
const callDepth = 32 * fallback.Chunk

// tileRoom is the room that assembly needs for the totals of a tile.
const tileRoom = 256

// calls are the limits of a call of assembly: the rows, a multiple of those of a tile, and the length of their rows, a
// multiple of a chunk.
type calls struct{ rows, depth int }

func newCalls[T Float](k int) calls {
	if k <= fallback.Chunk { // quickly
		return calls{240, k}
	}
	rows, bytes := simd.ProductTile()
	work := callWork[T]() * panelBytes / bytes / panelLen[T]() // products in a column of the tile
	depth := min(k, callDepth, work/rows/fallback.Chunk*fallback.Chunk)
	return calls{max(1, work/depth/rows) * rows, depth}
}

// panel computes at most panelLen columns.
func (o operands[T]) panel(relu bool, c calls, scratch []T) {
	for o.k > c.depth {
		o.deep(false, c.depth, c.rows, scratch)
		o.start, o.startRow = o.dst, o.dstRow
		o.a, o.b = o.a[c.depth*o.aStep:], o.b[c.depth*o.bRow:]
		o.k -= c.depth
	}
	o.deep(relu, o.k, c.rows, scratch)
}

// deep is panel of the first k elements of each row of a, so many rows at a time.
func (o operands[T]) deep(relu bool, k, step int, scratch []T) {
	for first := 0; first < o.rows; first += step {
		rows := min(step, o.rows-first)
		dst, start, a := o.dst[first*o.dstRow:], o.start[first*o.startRow:], o.a[first*o.aRow:]
		for j := 0; j < o.n; { // as many as a tile holds
			if relu {
				j += simd.ProductRelu(dst[j:], start[j:], a, o.b[j:], scratch,
					rows, o.n-j, k, o.dstRow, o.startRow, o.aRow, o.aStep, o.bRow)
			} else {
				j += simd.Product(dst[j:], start[j:], a, o.b[j:], scratch,
					rows, o.n-j, k, o.dstRow, o.startRow, o.aRow, o.aStep, o.bRow)
			}
		}
	}
}

// empty is the product of rows without elements: start.
func (o operands[T]) empty(relu bool) {
	for i := range o.rows {
		dst := o.dst[i*o.dstRow:][:o.n]
		copy(dst, o.start[i*o.startRow:])
		for j, v := range dst {
			if relu && v < 0 {
				dst[j] = 0
			}
		}
	}
}

// cachedBytes is the part of a that stays in a second-level cache while all columns of b pass by.
const cachedBytes = 256 << 10

// cachedRows is the number of rows in it, for rows of k elements.
func cachedRows[T Float](k int) int {
	return max(24, cachedBytes*panelLen[T]()/panelBytes/max(k, 1)/24*24) // a multiple of the heights of all tiles
}

// zeros is a row of a start from nothing.
var (
	zeros32 [panelBytes / 4]float32
	zeros64 [panelBytes / 8]float64
)

func zeros[T Float]() []T {
	if simd.Is32[T]() {
		return simd.From32[T](zeros32[:])
	}
	return simd.From64[T](zeros64[:])
}

// checkMatrix panics unless a slice holds rows·cols elements.
func checkMatrix(function, name string, n, rows, cols int) {
	if rows < 0 || cols < 0 || !holds(n, rows, cols) {
		panic(fmt.Sprintf("kernels: %s: len(%s) = %d must be %d·%d", function, name, n, rows, cols))
	}
}

const maxInt = int(^uint(0) >> 1)

// holds reports whether n is rows·cols, which may overflow.
func holds(n, rows, cols int) bool {
	if rows == 0 || cols == 0 {
		return n == 0
	}
	return n%cols == 0 && n/cols == rows
}
