package kernels

import (
	"fmt"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// SumSquaresTo writes, for each row a_i of a (m rows of k elements) and each j < n, the sum of the squares of terms
// products
//
//	dst[i][j] = Σ over r < terms of (bias[r·n+j] + a_i·b_{r·n+j})²,
//
// where b has k rows of terms·n elements and b_c is its column c, to dst, which has m rows of n, and returns dst: the
// variances of the outputs of a layer whose weights have a covariance S·Sᵀ of that rank, column r·n+j of b being column
// r of the rows of S that belong to output j. A bias of nil is 0. dst must not overlap the others.
//
// The products are those of [AffineTo]; the sum over r is a chain of fused multiply-adds from +0, in ascending r. So a
// row has the same bits in any batch.
//
// Error: that of the products, plus at most terms·u times the sum, u = 2⁻²⁴ (float32) or 2⁻⁵³ (float64). NaN and Inf
// always propagate. It panics if a size is negative, terms is not positive, or the lengths do not fit.
func SumSquaresTo[T Float](dst, a, b, bias []T, m, k, n, terms int) []T {
	const name = "SumSquaresTo"
	checkTerms(name, n, terms)
	checkMatrix(name, "dst", len(dst), m, n)
	checkMatrix(name, "a", len(a), m, k)
	checkMatrix(name, "b", len(b), k, terms*n)
	if bias != nil && len(bias) != terms*n {
		differentLengths(name+": len(bias), terms·n", len(bias), terms*n)
	}
	if len(dst) == 0 {
		return dst
	}
	clear(dst)
	if k == 0 && bias == nil {
		return dst
	}
	s := squares[T]{dst: dst, a: a, b: b, bias: bias, rows: m, k: k, n: n, products: terms * n}
	if m >= panelLen[T]() && n <= mostTotals && k <= mostTurned {
		s.inLanes()
	} else {
		s.byRows()
	}
	return dst
}

func checkTerms(function string, n, terms int) {
	if terms <= 0 || n < 0 || n > maxInt/terms {
		panic(fmt.Sprintf("kernels: %s: n = %d, terms = %d: must not be negative, terms positive", function, n, terms))
	}
}

// squares are the operands of one call.
type squares[T Float] struct {
	dst, a, b, bias      []T
	rows, k, n, products int
}

// squaresRows is the number of rows whose products are kept until their squares are added: a multiple of the heights of
// all tiles, few enough for a first-level cache.
const squaresRows = 24

// byRows takes so many rows at a time, and for these goes from panel to panel: ascending columns of b are ascending
// terms.
func (s squares[T]) byRows() {
	var products [squaresRows * panelBytes / 4]T
	var totals [tileRoom]T
	panel := panelLen[T]()
	for first := 0; first < s.rows; first += squaresRows {
		for j := 0; j < s.products; j += panel {
			o := operands[T]{
				dst: products[:], start: zeros[T](), a: s.a[first*s.k:], b: s.b, rows: min(squaresRows, s.rows-first),
				n: min(panel, s.products-j), k: s.k, dstRow: panel, aRow: s.k, aStep: 1, bRow: s.products,
			}
			if s.bias != nil {
				o.start = s.bias[j:]
			}
			if s.k == 0 {
				o.empty(false)
			} else {
				o.b = s.b[j:]
				o.panel(false, newCalls[T](s.k), totals[:])
			}
			for i := range o.rows {
				addSquares(s.dst[(first+i)*s.n:][:s.n], products[i*panel:][:o.n], j, 1)
			}
		}
	}
}

// addSquares adds the squares of the products from column j of b on to totals, in which an output has so many
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

// mostTurned is the length of rows that are turned as a whole, mostTotals and mostBiases are the numbers of totals and
// of biases for which there is room.
const (
	mostTurned = 2 * fallback.Chunk
	mostTotals = 64
	mostBiases = 64
)

// squaresRoom is the room for one panel of rows, of either type.
type squaresRoom struct {
	turned   [mostTurned * panelBytes / 8]float64
	ones     [panelBytes / 8]float64
	biases   [mostBiases * panelBytes / 8]float64
	products [panelBytes / 4 * panelBytes / 8]float64
	totals   [mostTotals * panelBytes / 8]float64
}

func (s squares[T]) inLanes() {
	var room squaresRoom
	panel := panelLen[T]()
	turned, products := simd.Room[T](room.turned[:]), simd.Room[T](room.products[:])
	biases, ones := simd.Room[T](room.biases[:]), simd.Room[T](room.ones[:])
	totals := simd.Room[T](room.totals[:])[:s.n*panel]
	for i := range ones {
		ones[i] = 1
	}
	few := s.products <= mostBiases
	if s.bias != nil && few {
		s.biases(biases, ones, 0, s.products)
	}
	for first := 0; first < s.rows; first += panel {
		first = min(first, s.rows-panel) // the last ones may be computed twice
		simd.Transpose(turned, s.a[first*s.k:], panel, s.k, s.k, panel)
		clear(totals)
		for j := 0; j < s.products; j += panel {
			o := operands[T]{
				dst: products, start: zeros[T](), b: turned, rows: min(panel, s.products-j), n: panel, k: s.k,
				dstRow: panel, aRow: 1, aStep: s.products, bRow: panel,
			}
			switch {
			case s.bias == nil:
			case few:
				o.start, o.startRow = biases[j*panel:], panel
			default:
				s.biases(products, ones, j, o.rows)
				o.start, o.startRow = products, panel
			}
			if s.k > 0 {
				o.a = s.b[j:]
			}
			o.chunks()
			addSquares(totals, products[:o.rows*panel], j, panel)
		}
		simd.Transpose(s.dst[first*s.n:], totals, s.n, panel, panel, s.n)
	}
}

// biases writes those from j on, each to all lanes.
func (s squares[T]) biases(dst, ones []T, j, count int) {
	panel := panelLen[T]()
	o := operands[T]{
		dst: dst, start: zeros[T](), a: s.bias[j:], b: ones, rows: count, n: panel, k: 1,
		dstRow: panel, aRow: 1, bRow: panel,
	}
	o.chunks()
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
