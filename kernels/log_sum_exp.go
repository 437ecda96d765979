package kernels

import (
	"math"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// LogSumExp returns log Σ exp(x), computed as m + log1p(s) with m the largest element and s the sum of exp(x−m) over
// all elements but one of those equal to m.
//
// Error: ≤ 2 ULP (float32), ≤ 2 ULP (float64), of max(|x|) or of the result, whichever is larger. NaN gives NaN; else
// +Inf gives +Inf; only -Inf, or no element, gives -Inf. It is floats.LogSumExp of gonum and torch.logsumexp.
func LogSumExp[T Float](x []T) float64 {
	if len(x) == 0 {
		return math.Inf(-1)
	}
	m, l := logSumExpRow(x)
	if math.IsInf(m, 0) {
		return infinite(x, m)
	}
	return m + l
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

// LogSumExpRowsTo writes LogSumExp of each row of the row-major matrix x, which has cols columns, to dst and returns
// dst. The bits are those of LogSumExp, rounded to T.
//
// It panics if cols is negative, or 0 with rows there, or len(x) is not len(dst)·cols. dst must not overlap x.
func LogSumExpRowsTo[T Float](dst, x []T, cols int) []T {
	checkRows("LogSumExpRowsTo", len(x), cols, "dst", len(dst))
	if len(dst) > fewRows {
		logSumExpTiles(dst, x, cols)
		return dst
	}
	for r := range dst {
		dst[r] = T(LogSumExp(x[r*cols : (r+1)*cols]))
	}
	return dst
}

func logSumExpTiles[T Float](dst, x []T, cols int) {
	t := tile[T]{columns: newColumns[T](len(dst), cols)}
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
}

// SoftmaxRowsTo writes exp(x−m) / Σ exp(x−m) of each row of the row-major matrix x, which has cols columns, to dst and
// returns dst. dst may be x.
//
// Error: ≤ 4 ULP (float32), ≤ 4 ULP (float64), and |x−m| ULP more for the rounding of x−m (84 in all at x−m = −80). A
// row with NaN or +Inf, or of -Inf only, becomes NaN; an element of -Inf becomes 0. It panics if cols is negative or
// does not divide len(x) (0 divides 0 alone), or if the lengths differ. It is torch.softmax(x, dim=-1).
func SoftmaxRowsTo[T Float](dst, x []T, cols int) []T {
	switch {
	case len(dst) != len(x) || !isShortRow(len(x), cols):
		softmaxRows(dst, x, cols)
	case cols == 1:
		dst[0] = 1 + (x[0] - x[0]) // 1, but NaN for an Inf
	default:
		simd.SoftmaxRow(dst, x)
	}
	return dst
}

func softmaxRows[T Float](dst, x []T, cols int) {
	sameLength("SoftmaxRowsTo: len(dst), len(x)", len(dst), len(x))
	rows := checkColumns("SoftmaxRowsTo", len(x), cols)
	if rows > fewRows {
		softmaxTiles(dst, x, cols, rows)
		return
	}
	for r := range rows {
		softmaxRow(dst[r*cols:(r+1)*cols], x[r*cols:(r+1)*cols])
	}
}

func softmaxTiles[T Float](dst, x []T, cols, all int) {
	t := tile[T]{columns: newColumns[T](all, cols)}
	for first := 0; first < all; first += tileRows {
		rows := min(tileRows, all-first)
		from, to := first*cols, (first+rows)*cols
		done := t.sums(dst[from:to], x[from:to], cols, nil)
		for r := range rows {
			t.scale[r] = T(1 / (1 + t.s[r]))
		}
		t.scaleRows(dst[from:to], cols, rows, done)
	}
}

// LogSoftmaxRowsTo writes x − LogSumExp(row), computed as (x−m) − log1p(s), of each row of the row-major matrix x,
// which has cols columns, to dst and returns dst. dst may be x.
//
// Error: ≤ 3 ULP (float32), ≤ 3 ULP (float64). A row with NaN or +Inf, or of -Inf only, becomes NaN; an element of -Inf
// stays -Inf. It panics if cols is negative or does not divide len(x) (0 divides 0 alone), or if the lengths differ. It
// is torch.log_softmax(x, dim=-1).
func LogSoftmaxRowsTo[T Float](dst, x []T, cols int) []T {
	if len(dst) == len(x) && isShortRow(len(x), cols) {
		simd.LogSoftmaxRow(dst, x)
	} else {
		logSoftmaxRows(dst, x, cols)
	}
	return dst
}

func logSoftmaxRows[T Float](dst, x []T, cols int) {
	sameLength("LogSoftmaxRowsTo: len(dst), len(x)", len(dst), len(x))
	rows := checkColumns("LogSoftmaxRowsTo", len(x), cols)
	if rows > fewRows {
		logSoftmaxTiles(dst, x, cols, rows)
		return
	}
	for r := range rows {
		logSoftmaxRow(dst[r*cols:(r+1)*cols], x[r*cols:(r+1)*cols])
	}
}

func logSoftmaxTiles[T Float](dst, x []T, cols, all int) {
	t := tile[T]{columns: newColumns[T](all, cols)}
	var zero [tileRows]float64
	for first := 0; first < all; first += tileRows {
		rows := min(tileRows, all-first)
		from, to := first*cols, (first+rows)*cols
		t.sums(nil, x[from:to], cols, nil)
		addLog1p[T](t.out[:rows], zero[:rows], t.s[:rows])
		for r := range rows {
			a, b := from+r*cols, from+(r+1)*cols
			shift(dst[a:b], x[a:b], T(t.m[r]), T(t.out[r]))
		}
	}
}

// shift writes (x−m) − l. A short row is done before a kernel is called.
func shift[T Float](dst, x []T, m, l T) {
	if len(x) > fallback.FewColumns {
		simd.ShiftTo(dst, x, m, l)
		return
	}
	for i, v := range x {
		dst[i] = (v - m) - l
	}
}

// logSumExpRow returns the largest element m of a row and log1p(s).
func logSumExpRow[T Float](x []T) (m, l float64) {
	if len(x) <= fallback.FewColumns {
		return simd.LogSumExpRow(x)
	}
	m, s := rowSums(nil, x)
	return m, log1p[T](s)
}

func softmaxRow[T Float](dst, x []T) {
	if len(x) <= fallback.FewColumns {
		simd.SoftmaxRow(dst, x)
		return
	}
	_, s := rowSums(dst, x)
	simd.ScaleTo(dst, dst, T(1/(1+s)))
}

func logSoftmaxRow[T Float](dst, x []T) {
	if len(x) <= fallback.FewColumns {
		simd.LogSoftmaxRow(dst, x)
		return
	}
	m, l := logSumExpRow(x)
	simd.ShiftTo(dst, x, T(m), T(l))
}

// softmaxGradRow writes exp(x−m)·scale·p, where p = 1/(1+s) is the probability of a largest element, and returns m,
// log1p(s) and p.
func softmaxGradRow[T Float](dst, x []T, scale T) (m, l, p float64) {
	if len(x) <= fallback.FewColumns {
		return simd.SoftmaxGradRow(dst, x, scale)
	}
	m, s := rowSums(dst, x)
	p = 1 / (1 + s)
	simd.ScaleTo(dst, dst, T(float64(scale)*p))
	return m, log1p[T](s), p
}
