package kernels

import (
	"fmt"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// This file is what all products of matrices share; affine.go and mat_mul.go have the public functions.

// operands are those of dst = start + a·b for rows and columns that lie so many elements apart. Neighbours in a row of
// dst, start and b are one element apart, those in a row of a aStep.
type operands[T Float] struct {
	dst, start, a, b                    []T
	rows, n, k                          int
	dstRow, startRow, aRow, aStep, bRow int
}

// panelBytes is the size of the part of a row of b that is taken at a time: what the widest tile holds.
const panelBytes = 128

// panel is the number of columns in it.
func panel[T Float]() int {
	if simd.Is32[T]() {
		return panelBytes / 4
	}
	return panelBytes / 8
}

// A call of assembly multiplies at most callRows·panel·callDepth elements, half a million in float32: it cannot be
// preempted. callRows is a multiple of the heights of all tiles.
const (
	callRows  = 24
	callDepth = 10 * fallback.Chunk
)

// columns is the product of one panel, o.n columns at most that many.
func (o operands[T]) columns(relu bool, scratch []T) {
	for o.k > callDepth {
		o.deep(false, callDepth, scratch)
		o.start, o.startRow = o.dst, o.dstRow
		o.a, o.b = o.a[callDepth*o.aStep:], o.b[callDepth*o.bRow:]
		o.k -= callDepth
	}
	o.deep(relu, o.k, scratch)
}

// deep is columns of the first k elements of each row of a.
func (o operands[T]) deep(relu bool, k int, scratch []T) {
	step := max(callRows, callRows*callDepth/k/callRows*callRows)
	for first := 0; first < o.rows; first += step {
		rows := min(step, o.rows-first)
		dst, start, a := o.dst[first*o.dstRow:], o.start[first*o.startRow:], o.a[first*o.aRow:]
		for j := 0; j < o.n; { // so many at a time as a tile holds
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

// tileRoom is the room that assembly needs for the totals of a tile.
const tileRoom = 256

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

// holds says whether n is rows·cols, which may overflow.
func holds(n, rows, cols int) bool {
	if rows == 0 || cols == 0 {
		return n == 0
	}
	return n%cols == 0 && n/cols == rows
}
