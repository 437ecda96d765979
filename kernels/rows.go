package kernels

import (
	"fmt"
	"math/bits"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/indices"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// This file is what the kernels over the rows of a matrix share: log_sum_exp.go, cross_entropy.go.

// tileRows is the number of rows that are taken together: enough to fill registers many times over where a register
// takes one row per lane, few enough to stay in the first-level cache.
const tileRows = 64

// tile holds, for some rows of a matrix, the largest element m and s = Σ exp(x−m) over all elements but one m, NaN if m
// is infinite.
type tile[T Float] struct {
	m, s [tileRows]float64
	// at is the target's element of each row, out what is finished of it.
	at, out [tileRows]float64
	scale   [tileRows]T
	leftOut bool // some row of the matrix has no target
	columns *columns[T]
}

// columns is what narrow matrices need besides. It is separate because clearing it takes longer than one row.
type columns[T Float] struct {
	exps  [tileRows * fallback.FewColumns]T     // exp(x−m) by columns
	whole int                                   // rows in whole registers
	rest  [registerRows * fallback.FewColumns]T // the rows behind them, and room to fill a register
	width int                                   // rows in that register
}

// registerRows is the largest number of rows that a register takes.
const registerRows = 16

// newColumns is nil unless rows are so short that they are taken one per lane. (A single one is faster as it is.) It is
// small enough to be inlined, which keeps the columns on the stack.
func newColumns[T Float](rows, cols int) *columns[T] {
	if cols > fallback.FewColumns || rows <= 1 {
		return nil
	}
	return new(columns[T])
}

// rowSums is Σ over one row; if exps is not nil, exp(x−m) is written there.
func rowSums[T Float](exps, row []T) (m, s float64) {
	m = simd.Max(row)
	var count, sum float64
	if exps == nil {
		count, sum = simd.ExpSum(row, T(m))
	} else {
		count, sum = simd.ExpSumTo(exps, row, T(m))
	}
	return m, (count - 1) + sum
}

// sums fills m and s for the rows of x and returns how many rows left exp(x−m) in t.columns; those of the other rows
// are in dst, unless it is nil. With targets it also keeps the target's element of each row: after the first half,
// which brings x into the cache, and before the second, which may write to it.
func (t *tile[T]) sums(dst, x []T, cols int, target []int) (done int) {
	rows := len(x) / cols
	if t.columns != nil {
		done = t.byColumns(x, cols, rows)
	}
	t.targets(x, cols, target)
	for r := done; r < rows; r++ {
		var exps []T
		if dst != nil {
			exps = dst[r*cols : (r+1)*cols]
		}
		t.m[r], t.s[r] = rowSums(exps, x[r*cols:(r+1)*cols])
	}
	return done
}

// byColumns is sums for as many rows as are taken one per lane: all, unless there is one more than fill registers.
func (t *tile[T]) byColumns(x []T, cols, rows int) (done int) {
	c := t.columns
	c.whole = simd.ExpSumColumns(x, c.exps[:], t.m[:], t.s[:], cols, rows)
	left := rows - c.whole
	if left < 2 {
		return c.whole
	}
	copy(c.rest[:], x[c.whole*cols:])
	exps, m, s := c.exps[c.whole*cols:], t.m[c.whole:], t.s[c.whole:]
	for c.width = 2; c.width <= registerRows; c.width *= 2 { // only simd knows how many a register takes
		if simd.ExpSumColumns(c.rest[:], exps, m, s, cols, c.width) >= left {
			return rows
		}
	}
	return c.whole
}

// shortRows is the largest number of rows of [fallback.FewColumns] elements at most that one call into assembly takes.
const shortRows = fallback.Block / fallback.FewColumns

// fewRows is the largest number of rows that are taken one by one: with more, it pays to make a tile.
const fewRows = 8

// log1p is log1p(s), as precisely as T deserves.
func log1p[T Float](s float64) float64 {
	var zero, l [1]float64
	addLog1p[T](l[:], zero[:], []float64{s})
	return l[0]
}

// addLog1p writes d + log1p(s), as precisely as T deserves.
func addLog1p[T Float](dst, d, s []float64) {
	if simd.Is32[T]() {
		simd.AddLog1pMixedToF64(dst, d, s)
	} else {
		simd.AddLog1pToF64(dst, d, s)
	}
}

// scaleRows writes exp(x−m)·scale, the exps being where sums left them.
func (t *tile[T]) scaleRows(dst []T, cols, rows, done int) {
	if c := t.columns; c != nil {
		simd.ScaleColumnsTo(dst, c.exps[:], t.scale[:], cols, c.whole)
		if left := done - c.whole; left > 0 {
			simd.ScaleColumnsTo(c.rest[:], c.exps[c.whole*cols:], t.scale[c.whole:], cols, c.width)
			copy(dst[c.whole*cols:done*cols], c.rest[:])
		}
	}
	for r := done; r < rows; r++ {
		row := dst[r*cols : (r+1)*cols]
		simd.ScaleTo(row, row, t.scale[r])
	}
}

// checkColumns panics unless cols divides the length of x, and returns the number of rows. No columns make no elements.
func checkColumns(function string, n, cols int) int {
	switch {
	case n == cols: // the commonest case, without a division
		return min(n, 1)
	case cols <= 0 || n%cols != 0:
		panic(fmt.Sprintf("kernels: %s: cols = %d must be positive and divide len(x) = %d", function, cols, n))
	}
	return n / cols
}

// checkRows panics unless x has so many rows. No columns make no rows.
func checkRows(function string, n, cols int, name string, rows int) {
	high, low := bits.Mul64(uint64(rows), uint64(cols))
	if high > 0 || low != uint64(n) || cols < min(rows, 1) {
		panic(fmt.Sprintf("kernels: %s: len(x) = %d must be len(%s)·cols = %d·%d, cols positive", function, n, name, rows, cols))
	}
}

// isShortRow reports whether a matrix of n elements is one row that a call takes in registers, so that no check need go
// on.
func isShortRow(n, cols int) bool { return n == cols && uint(n-1) < fallback.FewColumns }

// isTarget reports whether target is that of one row.
func isTarget(target []int, cols int) bool { return len(target) == 1 && target[0] < cols }

// checkTargets panics if a target is not below cols, and reports whether some are negative.
func checkTargets(function string, target []int, rows, cols int) (leftOut bool) {
	if len(target) != rows {
		panic(fmt.Sprintf("kernels: %s: len(target) = %d, %d rows: must be equal", function, len(target), rows))
	}
	leftOut, above := indices.Outside(target, cols)
	if !above {
		return leftOut
	}
	for r, y := range target {
		if y >= cols {
			panic(fmt.Sprintf("kernels: %s: target[%d] = %d, cols = %d: must be less", function, r, y, cols))
		}
	}
	return leftOut
}
