package kernels

import (
	"math"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// MaskedSoftmaxRowsTo writes, for each row of the row-major matrix x, which has cols columns, the softmax of scale·x +
// bias over the entries that are not masked, and 0 for the others, to dst and returns dst. dst may be x.
//
// An entry is masked if keep, unless it is nil, is false there, or if bias, unless it is nil, is -Inf there; it is then
// as if it were not in the row, whatever x holds. A row that is masked as a whole becomes 0. The scale of a temperature
// t is 1/t.
//
// Error: the bits are those of SoftmaxRowsTo of scale·x + bias, rounded once. A row with NaN or +Inf, or of -Inf only,
// masked entries apart, becomes NaN. It panics if cols is not positive or does not divide len(x), or if the lengths
// differ. It is the softmax of torch.nn.functional.scaled_dot_product_attention, whose attn_mask is keep or bias.
func MaskedSoftmaxRowsTo[T Float](dst, x []T, cols int, scale T, bias []T, keep []bool) []T {
	const name = "MaskedSoftmaxRowsTo"
	sameLength(name+": len(dst), len(x)", len(dst), len(x))
	if bias != nil {
		sameLength(name+": len(bias), len(x)", len(bias), len(x))
	}
	if keep != nil {
		sameLength(name+": len(keep), len(x)", len(keep), len(x))
	}
	rows := checkColumns(name, len(x), cols)
	if isShortRow(len(x), cols) {
		if logitsOfRow(dst, x, bias, keep, scale, 0) {
			simd.SoftmaxRow(dst, dst)
		}
		return dst
	}
	m := masked[T]{dst, x, bias, keep, cols, scale}
	switch {
	case cols <= fallback.FewColumns && rows > fewRows:
		m.softmaxTiles(rows)
	case cols <= fallback.FewColumns:
		m.softmaxFew(0, false)
	case fallback.FewColumns < cols && cols <= fallback.WorkBlock && rows > 1:
		m.softmaxWide()
	default:
		for first := 0; first < len(x); first += cols {
			m.softmaxRow(dst[first:first+cols], first)
		}
	}
	return dst
}

// MaskedLogSoftmaxRowsTo is [MaskedSoftmaxRowsTo] with the logarithms, which are -Inf for masked entries, also in a row
// that is masked as a whole. The other bits are those of LogSoftmaxRowsTo. It panics as MaskedSoftmaxRowsTo does.
func MaskedLogSoftmaxRowsTo[T Float](dst, x []T, cols int, scale T, bias []T, keep []bool) []T {
	const name = "MaskedLogSoftmaxRowsTo"
	sameLength(name+": len(dst), len(x)", len(dst), len(x))
	if bias != nil {
		sameLength(name+": len(bias), len(x)", len(bias), len(x))
	}
	if keep != nil {
		sameLength(name+": len(keep), len(x)", len(keep), len(x))
	}
	rows := checkColumns(name, len(x), cols)
	if isShortRow(len(x), cols) {
		if logitsOfRow(dst, x, bias, keep, scale, T(math.Inf(-1))) {
			simd.LogSoftmaxRow(dst, dst)
		}
		return dst
	}
	m := masked[T]{dst, x, bias, keep, cols, scale}
	switch {
	case cols <= fallback.FewColumns && rows > fewRows:
		m.logSoftmaxTiles(rows)
	case cols <= fallback.FewColumns:
		m.softmaxFew(T(math.Inf(-1)), true)
	default:
		for first := 0; first < len(x); first += cols {
			m.logSoftmaxRow(dst[first:first+cols], first)
		}
	}
	return dst
}

// logitsOfRow writes the logits of a short row, or whole to all of it if it is masked as a whole: then it returns
// false.
func logitsOfRow[T Float](dst, x, bias []T, keep []bool, scale, whole T) bool {
	if isWhole(bias, keep, len(x)) {
		for i := range dst {
			dst[i] = whole
		}
		return false
	}
	if bias != nil {
		simd.BiasedLogitsTo(dst, x, bias, scale)
		x, scale = dst, 1
	}
	switch {
	case keep != nil:
		simd.KeptLogitsTo(dst, x, keep, scale)
	case bias == nil:
		simd.LogitsTo(dst, x, scale)
	}
	return true
}

// isWhole reports whether a row of n elements is masked as a whole.
func isWhole[T Float](bias []T, keep []bool, n int) bool {
	for i := range n {
		if (keep == nil || keep[i]) && (bias == nil || bias[i] != T(math.Inf(-1))) {
			return false
		}
	}
	return true
}

// masked are the operands of a call.
type masked[T Float] struct {
	dst, x, bias []T
	keep         []bool
	cols         int
	scale        T
}

// logits writes scale·x + bias, −Inf where masked, of the elements from the given one on to z, and returns the largest.
func (m *masked[T]) logits(z []T, first int) (largest float64) {
	x, scale := m.x[first:first+len(z)], m.scale
	if m.bias != nil {
		largest = simd.BiasedLogitsTo(z, x, m.bias[first:first+len(z)], scale)
		x, scale = z, 1
	}
	switch {
	case m.keep != nil:
		largest = simd.KeptLogitsTo(z, x, m.keep[first:first+len(z)], scale)
	case m.bias == nil:
		largest = simd.LogitsTo(z, x, scale)
	}
	return largest
}

// softmaxWide is for rows that are taken one by one, with their logits in the first-level cache: dst would have to be
// fetched first.
func (m *masked[T]) softmaxWide() {
	var room [fallback.WorkBlock]T
	for first := 0; first < len(m.x); first += m.cols {
		m.softmaxRow(room[:m.cols], first)
	}
}

// softmaxFew is for a few short rows, with or without the logarithm; whole is for rows that are masked as a whole.
func (m *masked[T]) softmaxFew(whole T, log bool) {
	m.logits(m.dst, 0)
	for first := 0; first < len(m.x); first += m.cols {
		row := m.dst[first : first+m.cols]
		switch {
		case m.fillWhole(first, whole):
		case log:
			simd.LogSoftmaxRow(row, row)
		default:
			simd.SoftmaxRow(row, row)
		}
	}
}

// softmaxRow is for the long row from an element on, with room for its logits, which may be the row in dst.
func (m *masked[T]) softmaxRow(z []T, first int) {
	row := m.dst[first : first+m.cols]
	largest := m.logits(z, first)
	count, sum := simd.ExpSumTo(row, z, T(largest))
	simd.ScaleTo(row, row, T(1/(1+((count-1)+sum))))
	if row[0] != row[0] {
		m.fillWhole(first, 0)
	}
}

// logSoftmaxRow is softmaxRow with the logarithms.
func (m *masked[T]) logSoftmaxRow(row []T, first int) {
	largest := m.logits(row, first)
	count, sum := simd.ExpSum(row, T(largest))
	simd.ShiftTo(row, row, T(largest), T(log1p[T]((count-1)+sum)))
	if row[0] != row[0] {
		m.fillWhole(first, T(math.Inf(-1)))
	}
}

// softmaxTiles is for rows that are taken one per lane.
func (m *masked[T]) softmaxTiles(all int) {
	t := tile[T]{columns: newColumns[T](all, m.cols)}
	for first := 0; first < all; first += tileRows {
		rows := min(tileRows, all-first)
		part := m.dst[first*m.cols : (first+rows)*m.cols]
		m.logits(part, first*m.cols)
		done := t.sums(part, part, m.cols, nil)
		for r, s := range t.s[:rows] {
			t.scale[r] = T(1 / (1 + s))
		}
		t.scaleRows(part, m.cols, rows, done)
		m.fillNaN(t.s[:rows], first, 0)
	}
}

// logSoftmaxTiles is softmaxTiles with the logarithms.
func (m *masked[T]) logSoftmaxTiles(all int) {
	t := tile[T]{columns: newColumns[T](all, m.cols)}
	var zero [tileRows]float64
	for first := 0; first < all; first += tileRows {
		rows := min(tileRows, all-first)
		part := m.dst[first*m.cols : (first+rows)*m.cols]
		m.logits(part, first*m.cols)
		t.sums(nil, part, m.cols, nil)
		addLog1p[T](t.out[:rows], zero[:rows], t.s[:rows])
		for r := range rows {
			row := part[r*m.cols : (r+1)*m.cols]
			shift(row, row, T(t.m[r]), T(t.out[r]))
		}
		m.fillNaN(t.s[:rows], first, T(math.Inf(-1)))
	}
}

// fillNaN writes v to the rows, from the given one on, that are masked as a whole: of such the sum is NaN.
func (m *masked[T]) fillNaN(s []float64, first int, v T) {
	for r, sum := range s {
		if sum != sum {
			m.fillWhole((first+r)*m.cols, v)
		}
	}
}

// fillWhole writes v to the row from an element on if it is masked as a whole, and reports whether it is.
func (m *masked[T]) fillWhole(first int, v T) bool {
	last := first + m.cols
	bias, keep := m.bias, m.keep
	if bias != nil {
		bias = bias[first:last]
	}
	if keep != nil {
		keep = keep[first:last]
	}
	if !isWhole(bias, keep, m.cols) {
		return false
	}
	for i := first; i < last; i++ {
		m.dst[i] = v
	}
	return true
}
