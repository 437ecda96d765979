package kernels

import (
	"fmt"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// SumSquaresTo writes, for each row x_i of x and each output j, the sum of the squares of so many products,
//
//	dst[i][j] = Σ over r < terms of (x_i·w_{r·J+j})²,  J = w.N()/terms,
//
// to dst, which has rows of J elements, and returns dst: the variance of a layer whose weights have a covariance S·Sᵀ of
// that rank, row r·J+j of w being column r of the factor S of output j. dst must not overlap x.
//
// The products are those of [AffineTo] without a bias; the sum over r is a chain of fused multiply-adds from +0, in
// ascending r. So a row has the same bits in any batch.
//
// Error: that of the products, and at most terms·u·Σ besides, u = 2⁻²⁴ (float32) or 2⁻⁵³ (float64). NaN and Inf always
// propagate. It panics if terms is not positive or does not divide w.N(), or if the lengths do not fit.
func SumSquaresTo[T Float](dst, x []T, w *Packed[T], terms int) []T {
	const name = "SumSquaresTo"
	if terms <= 0 || w.n%terms != 0 {
		panic(fmt.Sprintf("kernels: %s: terms = %d must be positive and divide w.N() = %d", name, terms, w.n))
	}
	n := w.n / terms
	rows := affineRows(name, len(dst), len(x), n, w.k)
	if rows == 0 {
		return dst
	}
	clear(dst)
	if rows >= panelLen[T]() && n <= mostTotals && w.k <= mostTurned {
		squaresInLanes(dst, x, w, n, rows)
		return dst
	}
	var products [panelBytes / 4]T
	var totals [tileRoom]T
	for i := range rows {
		squaresOfRow(dst[i*n:(i+1)*n], x[i*w.k:(i+1)*w.k], w, products[:], totals[:])
	}
	return dst
}

// squaresOfRow goes from panel to panel: ascending outputs of w are ascending terms.
func squaresOfRow[T Float](dst, x []T, w *Packed[T], products, totals []T) {
	for j := 0; j < w.n; j += panelLen[T]() {
		data, width := w.panel(j)
		o := operands[T]{
			dst: products, start: zeros[T](), a: x, b: data, rows: 1, n: min(width, w.n-j), k: w.k, aStep: 1, bRow: width,
		}
		if o.k == 0 {
			o.empty(false)
		} else {
			o.panel(false, newCalls[T](o.k), totals)
		}
		addSquares(dst, products[:o.n], j, 1)
	}
}

// addSquares adds the squares of the products with the outputs of w from j on to totals, in which an output has so many
// neighbouring elements.
func addSquares[T Float](totals, products []T, j, each int) {
	n := len(totals) / each
	for len(products) > 0 {
		at := j % n
		count := min(n-at, len(products)/each)
		part := totals[at*each : (at+count)*each]
		simd.AddSquaresTo(part, part, products[:len(part)])
		products, j = products[len(part):], j+count
	}
}

// Where there are rows enough, panels of them are turned: rows become lanes, and the products to square neighbours.

// mostTurned is the length of rows that are turned as a whole, mostTotals the number of totals for which there is room.
const (
	mostTurned = 4 * fallback.Chunk
	mostTotals = 64
)

// squaresRoom is the room for one panel of rows, of either type.
type squaresRoom struct {
	turned   [mostTurned * panelBytes / 8]float64
	products [panelBytes / 4 * panelBytes / 8]float64
	totals   [mostTotals * panelBytes / 8]float64
}

func squaresInLanes[T Float](dst, x []T, w *Packed[T], n, rows int) {
	var room squaresRoom
	wide := panelLen[T]()
	turned, products := simd.Room[T](room.turned[:]), simd.Room[T](room.products[:])
	totals := simd.Room[T](room.totals[:])[:n*wide]
	for first := 0; first < rows; first += wide {
		first = min(first, rows-wide) // the last ones may be computed twice
		simd.Transpose(turned, x[first*w.k:], wide, w.k, w.k, wide)
		clear(totals)
		for j := 0; j < w.n; j += wide {
			data, width := w.panel(j)
			o := operands[T]{
				dst: products, start: zeros[T](), a: data, b: turned, rows: min(width, w.n-j), n: wide, k: w.k,
				dstRow: wide, aRow: 1, aStep: width, bRow: wide,
			}
			o.chunks()
			addSquares(totals, products[:o.rows*wide], j, wide)
		}
		simd.Transpose(dst[first*n:], totals, n, wide, wide, n)
	}
}

// chunks is panel of few elements, chunk by chunk, so that no room for totals is needed.
func (o operands[T]) chunks() {
	if o.k == 0 {
		o.empty(false)
	}
	for k := o.k; k > 0; k -= fallback.Chunk {
		o.deep(false, min(k, fallback.Chunk), o.rows, nil)
		if k > fallback.Chunk {
			o.start, o.startRow = o.dst, o.dstRow
			o.a, o.b = o.a[fallback.Chunk*o.aStep:], o.b[fallback.Chunk*o.bRow:]
		}
	}
}
