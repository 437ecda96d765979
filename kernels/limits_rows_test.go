package kernels_test

import (
	"math"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// rowLimit is what functions of a row have for special values.
type rowLimit struct {
	row       []float64
	logSumExp float64
	softmax   []float64 // nil for a row that becomes NaN
	log       []float64
	loss      []float64 // the cross-entropy with each class as the target
}

func rowLimits(large float64) []rowLimit {
	return []rowLimit{
		{[]float64{5}, 5, []float64{1}, []float64{0}, []float64{0}},
		{[]float64{0, 0}, math.Ln2, []float64{0.5, 0.5}, []float64{-math.Ln2, -math.Ln2}, []float64{math.Ln2, math.Ln2}},
		{[]float64{-inf, 3}, 3, []float64{0, 1}, []float64{-inf, 0}, []float64{inf, 0}},
		{[]float64{large, -large}, large, []float64{1, 0}, []float64{0, -inf}, []float64{0, inf}},
		{[]float64{-large, -inf}, -large, []float64{1, 0}, []float64{0, -inf}, []float64{0, inf}},
		{[]float64{zero, -1000}, 0, []float64{1, 0}, []float64{0, -1000}, []float64{0, 1000}},
		{row: []float64{inf, 1}, logSumExp: inf},
		{row: []float64{inf, -inf}, logSumExp: inf},
		{row: []float64{inf, inf}, logSumExp: inf},
		{row: []float64{-inf, -inf}, logSumExp: -inf},
		{row: []float64{nan, 1}, logSumExp: nan},
		{row: []float64{1, nan}, logSumExp: nan},
		{row: []float64{inf, nan}, logSumExp: nan},
		{row: []float64{nan, -inf}, logSumExp: nan},
	}
}

// TestRowLimits holds softmax and its relatives to the special values in their doc comments, on every implementation:
// for one row and for many, narrow and wide. What makes a row wide is -Inf, an element that changes no other's result.
func TestRowLimits(t *testing.T) {
	t.Run("float32", testRowLimits[float32])
	t.Run("float64", testRowLimits[float64])
}

func testRowLimits[T kernels.Float](t *testing.T) {
	for _, l := range rowLimits(float64(catalog.Specials[T]()[8])) {
		for _, more := range []int{0, 1, 20, 600} {
			for _, rows := range []int{1, 40} {
				for _, i := range isa.Available() {
					restore := isa.Use(i)
					checkRowLimit[T](t, i, l.wider(more), rows)
					restore()
				}
			}
		}
	}
}

// wider is the row with more elements that are -Inf.
func (l rowLimit) wider(more int) rowLimit {
	n := len(l.row)
	pad := func(x []float64, v float64) []float64 {
		return append(x[:len(x):len(x)], slices.Repeat([]float64{v}, more)...)
	}
	l.row = pad(l.row, -inf)
	if l.softmax == nil {
		all := slices.Repeat([]float64{nan}, n)
		l.softmax, l.log, l.loss = pad(all, nan), pad(all, nan), pad(all, nan)
		return l
	}
	l.softmax, l.log, l.loss = pad(l.softmax, 0), pad(l.log, -inf), pad(l.loss, inf)
	return l
}

func checkRowLimit[T kernels.Float](t *testing.T, i isa.ISA, l rowLimit, rows int) {
	t.Helper()
	cols := len(l.row)
	x := repeat(roundedTo[T](l.row), rows)
	out := make([]T, len(x))
	check := func(name string, got []T, want []float64) {
		t.Helper()
		for at, v := range got {
			if w := T(want[at%len(want)]); v != w && (v == v || w == w) { // the sign of 0 does not count
				t.Errorf("%s by %v of %d rows %.4v, %d columns: [%d] is %v, want %v", name, i, rows, l.row, cols, at, v, w)
				return
			}
		}
	}
	if got := kernels.LogSumExp(x[:cols]); float64(T(got)) != float64(T(l.logSumExp)) && (got == got || l.logSumExp == l.logSumExp) {
		t.Errorf("LogSumExp by %v of %.4v, %d columns: %v, want %v", i, l.row, cols, got, l.logSumExp)
	}
	check("LogSumExpRowsTo", kernels.LogSumExpRowsTo(make([]T, rows), x, cols), []float64{l.logSumExp})
	check("SoftmaxRowsTo", kernels.SoftmaxRowsTo(out, x, cols), l.softmax)
	check("LogSoftmaxRowsTo", kernels.LogSoftmaxRowsTo(out, x, cols), l.log)
	target, scale := make([]int, rows), make([]T, rows)
	catalog.FillWith(scale, 1)
	for class := range min(cols, 3) {
		for r := range target {
			target[r] = class
		}
		losses, gradient := make([]T, rows), make([]float64, cols)
		copy(gradient, l.softmax)
		gradient[class]--
		check("CrossEntropyRowsTo", kernels.CrossEntropyRowsTo(losses, x, cols, target), l.loss[class:class+1])
		classes := kernels.ClassTargets[T]{Cols: cols, Target: target}
		check("ClassLossTo", kernels.ClassLossTo(losses, x, classes), l.loss[class:class+1])
		check("CrossEntropyRowsGradTo", kernels.CrossEntropyRowsGradTo(out, losses, x, cols, target, scale), l.loss[class:class+1])
		check("CrossEntropyRowsGradTo's gradient", out, gradient)
	}
	for r := range target { // a row that is left out may hold anything
		target[r] = -1
	}
	losses := make([]T, rows)
	check("CrossEntropyRowsTo without target", kernels.CrossEntropyRowsTo(losses, x, cols, target), []float64{0})
	kernels.CrossEntropyRowsGradTo(out, losses, x, cols, target, scale)
	check("CrossEntropyRowsGradTo without target", append(out, losses...), []float64{0})
}

func roundedTo[T kernels.Float](x []float64) []T {
	y := make([]T, len(x))
	for i, v := range x {
		y[i] = T(v)
	}
	return y
}

// TestSumLimits has what more than one element make of a sum.
func TestSumLimits(t *testing.T) {
	t.Run("float32", testSumLimits[float32])
	t.Run("float64", testSumLimits[float64])
}

func testSumLimits[T kernels.Float](t *testing.T) {
	large := float64(catalog.Specials[T]()[8])
	for _, c := range []struct {
		name string
		x, y []float64
		want float64
	}{
		{"Sum", nil, nil, 0},
		{"Sum", []float64{inf, -inf}, nil, nan},
		{"Sum", []float64{inf, 1, inf}, nil, inf},
		{"Sum", []float64{large, large}, nil, 2 * large},
		{"Sum", []float64{large, 1, -large, 1}, nil, float64(T(1)) + 1},
		{"Dot", nil, nil, 0},
		{"Dot", []float64{1, inf}, []float64{1, 0}, nan},
		{"Dot", []float64{inf, 1}, []float64{1, -inf}, nan},
		{"Max", nil, nil, -inf},
		{"Max", []float64{zero, 0}, nil, 0},
		{"Max", []float64{-inf, -large}, nil, -large},
		{"Max", []float64{inf, nan}, nil, nan},
		{"ArgMax", nil, nil, -1},
		{"ArgMax", []float64{zero, 0}, nil, 0},
		{"ArgMax", []float64{-inf, -inf, -large}, nil, 2},
		{"ArgMax", []float64{inf, nan}, nil, -1},
		{"LogSumExp", nil, nil, -inf},
		{"SquaredError", nil, nil, 0},
		{"SquaredError", []float64{inf, 0}, []float64{0, inf}, inf},
		{"SquaredError", []float64{inf, nan}, []float64{0, 0}, nan},
		{"AbsoluteError", nil, nil, 0},
		{"AbsoluteError", []float64{large, large}, []float64{0, 0}, 2 * large},
		{"AbsoluteError", []float64{-inf, 1}, []float64{0, inf}, inf},
		{"BCE", nil, nil, 0},
		{"BCEWithLogits", nil, nil, 0},
		{"BCEWithLogits", []float64{large, large}, []float64{0, 0}, 2 * large},
		{"GaussianKLLogVar", nil, nil, 0},
	} {
		k := catalog.Find[T](c.name)
		a := k.NewArgs(catalog.Vector(len(c.x)))
		copy(a.In[0], roundedTo[T](c.x))
		if len(a.In) > 1 {
			copy(a.In[1], roundedTo[T](c.y))
		}
		for _, i := range isa.Available() {
			if got := k.Run(i, a).Sum; !sameBits(got, c.want) {
				t.Errorf("%s(%v, %v) = %v by %v, want %v", c.name, c.x, c.y, got, i, c.want)
			}
		}
	}
	for _, i := range isa.Available() { // squares below the range of float32, and beyond
		restore := isa.Use(i)
		for _, v := range []T{1e-30, 1e30} {
			n := 100
			x := slices.Repeat([]T{v}, n)
			want := float64(n) * float64(v) * float64(v)
			if got := kernels.SquaredError(x, make([]T, n)); math.Abs(got-want) > 0x1p-45*want {
				t.Errorf("%d squares of %v by %v: %v, want %v", n, v, i, got, want)
			}
		}
		restore()
	}
}
