package kernels

import (
	"fmt"
	"math"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/indices"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// tileRows is the number of rows that are taken together: enough to fill registers many times over where
// a register takes one row per lane, few enough to stay in the first-level cache.
const tileRows = 32

// tile holds, for some rows of a matrix, the largest element m and s = Σ exp(x−m) over all elements but one m,
// NaN if m is infinite.
type tile[T Float] struct {
	m, s [tileRows]float64
	// at is the target's element of each row, out what is finished of it.
	at, out [tileRows]float64
	scale   [tileRows]T
	leftOut bool // some row of the matrix has no target
	columns *columns[T]
}

// columns is what narrow matrices need besides. It is apart because to clear it takes longer than to handle one row.
type columns[T Float] struct {
	exps [tileRows * fallback.FewColumns]T // exp(x−m) by columns
}

// useColumns says that rows are so short, and so many, that they can be taken one per lane.
func useColumns(rows, cols int) bool { return cols <= fallback.FewColumns && rows >= 4 }

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

// sums fills m and s for the rows of x and returns how many rows left exp(x−m) in t.columns;
// those of the other rows are in dst, unless it is nil. With targets it also keeps the target's element of
// each row: after the first half, which brings x into the cache, and before the second, which may write to it.
func (t *tile[T]) sums(dst, x []T, cols int, target []int) (done int) {
	rows := len(x) / cols
	if c := t.columns; c != nil {
		done = simd.ExpSumColumns(x, c.exps[:], t.m[:], t.s[:], cols, rows)
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

// addLog1p writes d + log1p(s), as precisely as T deserves.
func addLog1p[T Float](dst, d, s []float64) {
	if simd.Is32[T]() {
		simd.AddLog1pWideF64(dst, d, s)
	} else {
		simd.AddLog1pF64(dst, d, s)
	}
}

// scaleRows writes exp(x−m)·scale, the exps being where sums left them.
func (t *tile[T]) scaleRows(dst []T, cols, rows, done int) {
	if done > 0 {
		simd.ScaleColumns(dst, t.columns.exps[:], t.scale[:], cols, done)
	}
	for r := done; r < rows; r++ {
		row := dst[r*cols : (r+1)*cols]
		simd.ScaleTo(row, row, t.scale[r])
	}
}

// LogSumExp returns log Σ exp(x), computed as m + log1p(s) with m the largest element and s the sum of
// exp(x−m) over all elements but one m.
//
// Error: ≤ 2 ULP (float32), ≤ 2 ULP (float64), of max(|x|) or of the result, whichever is larger.
// NaN gives NaN; else +Inf gives +Inf; only -Inf, or no element, gives -Inf.
// It is floats.LogSumExp of gonum and torch.logsumexp.
func LogSumExp[T Float](x []T) float64 {
	if len(x) == 0 {
		return math.Inf(-1)
	}
	var m, s, out [1]float64
	m[0], s[0] = rowSums(nil, x)
	if math.IsInf(m[0], 0) {
		return infinite(x, m[0])
	}
	addLog1p[T](out[:], m[:], s[:])
	return out[0]
}

// infinite is the logsumexp of a row whose largest element, m, is infinite; s is NaN then.
func infinite[T Float](row []T, m float64) float64 {
	for _, v := range row {
		if v != v {
			return math.NaN()
		}
	}
	return m
}

// LogSumExpRowsTo writes LogSumExp of each row of the row-major matrix x, which has cols columns, to dst
// and returns dst. The bits are those of LogSumExp, rounded to T.
//
// It panics if cols is not positive or len(x) is not len(dst)·cols. dst must not overlap x.
func LogSumExpRowsTo[T Float](dst, x []T, cols int) []T {
	checkRows("LogSumExpRowsTo", len(x), cols, "dst", len(dst))
	var t tile[T]
	if useColumns(len(dst), cols) {
		var c columns[T]
		t.columns = &c
	}
	for first := 0; first < len(dst); first += tileRows {
		rows := min(tileRows, len(dst)-first)
		part := x[first*cols : (first+rows)*cols]
		t.sums(nil, part, cols, nil)
		addLog1p[T](t.out[:rows], t.m[:rows], t.s[:rows])
		for r := range rows {
			dst[first+r] = T(t.out[r])
			if math.IsInf(t.m[r], 0) {
				dst[first+r] = T(infinite(part[r*cols:(r+1)*cols], t.m[r]))
			}
		}
	}
	return dst
}

// SoftmaxRowsTo writes exp(x−m) / Σ exp(x−m) of each row of the row-major matrix x, which has cols columns,
// to dst and returns dst. dst may be x.
//
// Error: ≤ 4 ULP (float32), ≤ 4 ULP (float64), and |x−m| ULP more for the rounding of x−m.
// A row with NaN or +Inf, or of -Inf only, becomes NaN; an element of -Inf becomes 0.
// It panics if cols is not positive or does not divide len(x), or if the lengths differ.
// It is torch.softmax(x, dim=-1).
func SoftmaxRowsTo[T Float](dst, x []T, cols int) []T {
	sameLength("SoftmaxRowsTo", "dst", len(dst), "x", len(x))
	all := checkColumns("SoftmaxRowsTo", len(x), cols)
	var t tile[T]
	if useColumns(all, cols) {
		var c columns[T]
		t.columns = &c
	}
	for first := 0; first < all; first += tileRows {
		rows := min(tileRows, all-first)
		from, to := first*cols, (first+rows)*cols
		done := t.sums(dst[from:to], x[from:to], cols, nil)
		for r := range rows {
			t.scale[r] = T(1 / (1 + t.s[r]))
		}
		t.scaleRows(dst[from:to], cols, rows, done)
	}
	return dst
}

// LogSoftmaxRowsTo writes x − LogSumExp(row), computed as (x−m) − log1p(s), of each row of the row-major matrix x,
// which has cols columns, to dst and returns dst. dst may be x.
//
// Error: ≤ 3 ULP (float32), ≤ 3 ULP (float64). A row with NaN or +Inf, or of -Inf only, becomes NaN; an element of -Inf stays -Inf.
// It panics if cols is not positive or does not divide len(x), or if the lengths differ.
// It is torch.log_softmax(x, dim=-1).
func LogSoftmaxRowsTo[T Float](dst, x []T, cols int) []T {
	sameLength("LogSoftmaxRowsTo", "dst", len(dst), "x", len(x))
	all := checkColumns("LogSoftmaxRowsTo", len(x), cols)
	var t tile[T]
	if useColumns(all, cols) {
		var c columns[T]
		t.columns = &c
	}
	var zero [tileRows]float64
	for first := 0; first < all; first += tileRows {
		rows := min(tileRows, all-first)
		from, to := first*cols, (first+rows)*cols
		t.sums(nil, x[from:to], cols, nil)
		addLog1p[T](t.out[:rows], zero[:rows], t.s[:rows])
		for r := range rows {
			a, b := from+r*cols, from+(r+1)*cols
			simd.ShiftTo(dst[a:b], x[a:b], T(t.m[r]), T(t.out[r]))
		}
	}
	return dst
}

// CrossEntropyRowsTo writes −log softmax(row)[target], computed as (m − x_target) + log1p(s), of each row of the
// row-major matrix x, which has cols columns, to dst and returns dst.
// A negative target leaves a row out: its entry is 0, whatever the row holds.
//
// Error: ≤ 3 ULP (float32), ≤ 3 ULP (float64), also for a confident row: a loss of 1e-17 comes out as 1e-17.
// A row with NaN or +Inf, or of -Inf only, gives NaN; a target element of -Inf gives +Inf.
// It panics if cols is not positive, len(x) is not len(dst)·cols, len(target) is not len(dst), or a target is not below cols.
// It is torch.nn.functional.cross_entropy(x, target, reduction="none").
func CrossEntropyRowsTo[T Float](dst, x []T, cols int, target []int) []T {
	const name = "CrossEntropyRowsTo"
	checkRows(name, len(x), cols, "dst", len(dst))
	t := tile[T]{leftOut: checkTargets(name, target, len(dst), cols)}
	if useColumns(len(dst), cols) {
		var c columns[T]
		t.columns = &c
	}
	for first := 0; first < len(dst); first += tileRows {
		rows := min(tileRows, len(dst)-first)
		part, targets := x[first*cols:(first+rows)*cols], target[first:first+rows]
		t.sums(nil, part, cols, targets)
		t.crossEntropy(dst[first:first+rows], targets)
	}
	return dst
}

// targets keeps the target's element of each row.
func (t *tile[T]) targets(x []T, cols int, target []int) {
	at := t.at[:len(target)]
	if !t.leftOut {
		for r, y := range target {
			at[r] = float64(x[r*cols+y])
		}
		return
	}
	for r, y := range target {
		at[r] = float64(x[r*cols+max(y, 0)])
	}
}

// crossEntropy writes (m − x_target) + log1p(s).
func (t *tile[T]) crossEntropy(dst []T, target []int) {
	rows := len(dst)
	out, m, at, s := t.out[:rows], t.m[:rows], t.at[:rows], t.s[:rows]
	if simd.Is32[T]() {
		simd.CrossEntropyWideF64(out, m, at, s)
	} else {
		simd.CrossEntropyF64(out, m, at, s)
	}
	for r, v := range out {
		dst[r] = T(v)
	}
	if !t.leftOut {
		return
	}
	for r, y := range target {
		if y < 0 {
			dst[r] = 0
		}
	}
}

// CrossEntropyRowsGradTo writes CrossEntropyRowsTo(dst, x, cols, target) and in the same pass the gradient
// scale[r]·(softmax(row r) − onehot(target[r])) of each row to grad; it returns dst. grad may be x.
// A negative target leaves a row out: its entries are 0, whatever the row holds.
//
// Error: at most 5 ULP of each entry of the gradient but the target's; that is p − 1, formed in float64 where p may be
// near 1, and off by 2⁻⁵³·scale at most besides.
// It panics as CrossEntropyRowsTo does, and if len(grad) is not len(x) or len(scale) is not len(dst).
func CrossEntropyRowsGradTo[T Float](grad, dst, x []T, cols int, target []int, scale []T) []T {
	const name = "CrossEntropyRowsGradTo"
	sameLength(name, "grad", len(grad), "x", len(x))
	checkRows(name, len(x), cols, "dst", len(dst))
	sameLength(name, "scale", len(scale), "dst", len(dst))
	t := tile[T]{leftOut: checkTargets(name, target, len(dst), cols)}
	if useColumns(len(dst), cols) {
		var c columns[T]
		t.columns = &c
	}
	for first := 0; first < len(dst); first += tileRows {
		rows := min(tileRows, len(dst)-first)
		from, to := first*cols, (first+rows)*cols
		x, grad, target, scale := x[from:to], grad[from:to], target[first:first+rows], scale[first:first+rows]
		done := t.sums(grad, x, cols, target)
		t.crossEntropy(dst[first:first+rows], target)
		for r := range rows {
			t.scale[r] = T(float64(scale[r]) / (1 + t.s[r]))
		}
		t.scaleRows(grad, cols, rows, done)
		t.subtractTarget(grad, cols, target, scale)
	}
	return dst
}

// subtractTarget makes the target's entry scale·(p − 1), and clears rows that are left out.
func (t *tile[T]) subtractTarget(grad []T, cols int, target []int, scale []T) {
	for r, y := range target {
		row := grad[r*cols : (r+1)*cols]
		switch {
		case y < 0:
			clear(row)
		case t.at[r] == t.m[r]: // p may be near 1: subtract in float64, as torch's float64 does
			row[y] = T(float64(scale[r]) * (1/(1+t.s[r]) - 1))
		default: // p is at most ½
			row[y] -= scale[r]
		}
	}
}

// checkColumns panics unless cols divides the length of x, and returns the number of rows.
func checkColumns(function string, n, cols int) int {
	if cols <= 0 || n%cols != 0 {
		panic(fmt.Sprintf("kernels: %s: cols = %d must be positive and divide len(x) = %d", function, cols, n))
	}
	return n / cols
}

func checkRows(function string, n, cols int, name string, rows int) {
	if cols <= 0 || n != rows*cols {
		panic(fmt.Sprintf("kernels: %s: len(x) = %d must be len(%s)·cols = %d·%d, cols positive", function, n, name, rows, cols))
	}
}

// checkTargets panics if a target is not below cols, and says whether some are negative.
func checkTargets(function string, target []int, rows, cols int) (leftOut bool) {
	sameLength(function, "target", len(target), "dst", rows)
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
