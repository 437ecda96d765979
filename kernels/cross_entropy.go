package kernels

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// CrossEntropyRowsTo writes −log softmax(row)[target], computed as (m − x_target) + log1p(s), of each row of the
// row-major matrix x, which has cols columns, to dst and returns dst. A negative target leaves a row out: its entry is
// 0, whatever the row holds. dst must not overlap x.
//
// Error: ≤ 3 ULP (float32), ≤ 3 ULP (float64), also for a confident row: a loss of 1e-17 comes out as 1e-17. A row with
// NaN or +Inf, or of -Inf only, gives NaN; a target element of -Inf gives +Inf. It panics if cols is negative, or 0
// with rows there, len(x) is not len(dst)·cols, len(target) is not len(dst), or a target is not below cols. It is
// torch.nn.functional.cross_entropy(x, target, reduction="none").
func CrossEntropyRowsTo[T Float](dst, x []T, cols int, target []int) []T {
	if len(dst) == 1 && isShortRow(len(x), cols) && isTarget(target, cols) {
		dst[0] = T(crossEntropyRow(x, target[0]))
	} else {
		crossEntropyRows(dst, x, cols, target)
	}
	return dst
}

func crossEntropyRows[T Float](dst, x []T, cols int, target []int) {
	const name = "CrossEntropyRowsTo"
	checkRows(name, len(x), cols, "dst", len(dst))
	leftOut := checkTargets(name, target, len(dst), cols)
	if len(dst) > fewRows {
		crossEntropyTiles(dst, x, cols, target, leftOut)
		return
	}
	for r, y := range target {
		dst[r] = T(crossEntropyRow(x[r*cols:(r+1)*cols], y))
	}
}

func crossEntropyTiles[T Float](dst, x []T, cols int, target []int, leftOut bool) {
	t := tile[T]{leftOut: leftOut, columns: newColumns[T](len(dst), cols)}
	for first := 0; first < len(dst); first += tileRows {
		rows := min(tileRows, len(dst)-first)
		part, targets := x[first*cols:(first+rows)*cols], target[first:first+rows]
		t.sums(nil, part, cols, targets)
		t.crossEntropy(targets)
		narrow(dst[first:first+rows], t.out[:rows])
	}
}

// crossEntropyRow is (m − x_target) + log1p(s), or 0 if the row is left out.
func crossEntropyRow[T Float](x []T, target int) float64 {
	if target < 0 {
		return 0
	}
	m, l := logSumExpRow(x)
	return (m - float64(x[target])) + l
}

// CrossEntropyRows returns the sum of what [CrossEntropyRowsTo] writes, added in float64, before rounding to T. An
// empty sum is 0. It panics as CrossEntropyRowsTo does.
func CrossEntropyRows[T Float](x []T, cols int, target []int) float64 {
	if isShortRow(len(x), cols) && isTarget(target, cols) {
		return crossEntropyRow(x, target[0])
	}
	const name = "CrossEntropyRows"
	rows := checkColumns(name, len(x), cols)
	leftOut := checkTargets(name, target, rows, cols)
	if rows > fewRows {
		return crossEntropySum(x, cols, target, leftOut)
	}
	var out [fewRows]float64
	for r, y := range target {
		out[r] = crossEntropyRow(x[r*cols:(r+1)*cols], y)
	}
	return simd.Sum(out[:rows])
}

func crossEntropySum[T Float](x []T, cols int, target []int, leftOut bool) float64 {
	t := tile[T]{leftOut: leftOut, columns: newColumns[T](len(target), cols)}
	var sum total.Sum
	for first := 0; first < len(target); first += tileRows {
		rows := min(tileRows, len(target)-first)
		part, targets := x[first*cols:(first+rows)*cols], target[first:first+rows]
		t.sums(nil, part, cols, targets)
		t.crossEntropy(targets)
		sum.Add(simd.Sum(t.out[:rows]))
	}
	return sum.Value()
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

// crossEntropy leaves (m − x_target) + log1p(s) in out, 0 for rows that are left out.
func (t *tile[T]) crossEntropy(target []int) {
	rows := len(target)
	out, m, at, s := t.out[:rows], t.m[:rows], t.at[:rows], t.s[:rows]
	if simd.Is32[T]() {
		simd.CrossEntropyMixedToF64(out, m, at, s)
	} else {
		simd.CrossEntropyToF64(out, m, at, s)
	}
	if !t.leftOut {
		return
	}
	for r, y := range target {
		if y < 0 {
			out[r] = 0
		}
	}
}

func narrow[T Float](dst []T, x []float64) {
	for i, v := range x {
		dst[i] = T(v)
	}
}

// CrossEntropyRowsGradTo writes CrossEntropyRowsTo(dst, x, cols, target) and in the same pass the gradient
// scale[r]·(softmax(row r) − onehot(target[r])) of each row to grad; it returns dst. grad may be x. A negative target
// leaves a row out: its entries are 0, whatever the row holds. A row with NaN or +Inf, or of -Inf only, becomes NaN; an
// element of -Inf has gradient 0. dst must not overlap any other slice.
//
// Error: at most 5 ULP for every entry of the gradient but the target's, unless exp(x−m), which is computed before it
// is scaled, is subnormal. The target's entry, p − 1, is also off by at most 1.5·2⁻⁵³·scale, as it is computed in
// float64 where p may be near 1. It panics as CrossEntropyRowsTo does, and if len(grad) is not len(x) or len(scale) is
// not len(dst).
func CrossEntropyRowsGradTo[T Float](grad, dst, x []T, cols int, target []int, scale []T) []T {
	if len(grad) == len(x) && len(dst) == 1 && len(scale) == 1 && isShortRow(len(x), cols) && isTarget(target, cols) {
		dst[0] = T(crossEntropyGradRow(grad, x, target[0], scale[0]))
	} else {
		crossEntropyGradRows(grad, dst, x, cols, target, scale)
	}
	return dst
}

func crossEntropyGradRows[T Float](grad, dst, x []T, cols int, target []int, scale []T) {
	const name = "CrossEntropyRowsGradTo"
	sameLength(name+": len(grad), len(x)", len(grad), len(x))
	checkRows(name, len(x), cols, "dst", len(dst))
	sameLength(name+": len(scale), len(dst)", len(scale), len(dst))
	leftOut := checkTargets(name, target, len(dst), cols)
	if len(dst) > fewRows {
		crossEntropyGradTiles(grad, dst, x, cols, target, scale, leftOut)
		return
	}
	for r, y := range target {
		dst[r] = T(crossEntropyGradRow(grad[r*cols:(r+1)*cols], x[r*cols:(r+1)*cols], y, scale[r]))
	}
}

func crossEntropyGradTiles[T Float](grad, dst, x []T, cols int, target []int, scale []T, leftOut bool) {
	t := tile[T]{leftOut: leftOut, columns: newColumns[T](len(dst), cols)}
	for first := 0; first < len(dst); first += tileRows {
		rows := min(tileRows, len(dst)-first)
		from, to := first*cols, (first+rows)*cols
		target := target[first : first+rows]
		done := t.sums(grad[from:to], x[from:to], cols, target)
		t.crossEntropy(target)
		narrow(dst[first:first+rows], t.out[:rows])
		t.gradient(grad[from:to], cols, target, scale[first:first+rows], done)
	}
}

// CrossEntropyRowsGrad writes the gradient scale·(softmax(row) − onehot(target)) of each row to grad and returns
// CrossEntropyRows(x, cols, target), unscaled. grad may be x. It is otherwise as [CrossEntropyRowsGradTo], and panics
// if the lengths do not fit or a target is not below cols.
func CrossEntropyRowsGrad[T Float](grad, x []T, cols int, target []int, scale T) float64 {
	if len(grad) == len(x) && isShortRow(len(x), cols) && isTarget(target, cols) {
		return crossEntropyGradRow(grad, x, target[0], scale)
	}
	const name = "CrossEntropyRowsGrad"
	sameLength(name+": len(grad), len(x)", len(grad), len(x))
	rows := checkColumns(name, len(x), cols)
	leftOut := checkTargets(name, target, rows, cols)
	if rows > fewRows {
		return crossEntropyGradSum(grad, x, cols, target, scale, leftOut)
	}
	var out [fewRows]float64
	for r, y := range target {
		out[r] = crossEntropyGradRow(grad[r*cols:(r+1)*cols], x[r*cols:(r+1)*cols], y, scale)
	}
	return simd.Sum(out[:rows])
}

func crossEntropyGradSum[T Float](grad, x []T, cols int, target []int, scale T, leftOut bool) float64 {
	t := tile[T]{leftOut: leftOut, columns: newColumns[T](len(target), cols)}
	var scales [tileRows]T
	for r := range scales {
		scales[r] = scale
	}
	var sum total.Sum
	for first := 0; first < len(target); first += tileRows {
		rows := min(tileRows, len(target)-first)
		from, to := first*cols, (first+rows)*cols
		target := target[first : first+rows]
		done := t.sums(grad[from:to], x[from:to], cols, target)
		t.crossEntropy(target)
		sum.Add(simd.Sum(t.out[:rows]))
		t.gradient(grad[from:to], cols, target, scales[:rows], done)
	}
	return sum.Value()
}

// gradient turns exp(x−m), which sums left in grad and for the first rows in t.columns, into the gradient.
func (t *tile[T]) gradient(grad []T, cols int, target []int, scale []T, done int) {
	for r, s := range scale {
		t.out[r] = 1 / (1 + t.s[r]) // the probability of a largest element
		t.scale[r] = T(float64(s) * t.out[r])
	}
	t.scaleRows(grad, cols, len(scale), done)
	for r, y := range target {
		row := grad[r*cols : (r+1)*cols]
		if y < 0 {
			clear(row)
		} else {
			subtractTarget(row, y, t.at[r] == t.m[r], t.out[r], scale[r])
		}
	}
}

// crossEntropyGradRow writes the gradient of a row to grad and returns crossEntropyRow.
func crossEntropyGradRow[T Float](grad, x []T, target int, scale T) float64 {
	if target < 0 {
		clear(grad)
		return 0
	}
	at := float64(x[target]) // which grad may overwrite
	m, l, p := softmaxGradRow(grad, x, scale)
	subtractTarget(grad, target, at == m, p, scale)
	return (m - at) + l
}

// subtractTarget makes the target's entry scale·(p − 1), where p is its probability if it isMax.
func subtractTarget[T Float](row []T, target int, isMax bool, p float64, scale T) {
	if isMax { // p may be near 1: subtract in float64, as torch's float64 does
		row[target] = T(float64(scale) * (p - 1))
	} else { // p is at most ½
		row[target] -= scale
	}
}
