package kernels_test

import (
	"testing"
	"time"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// What makes kernels fast changes no bit, so nothing else notices when it is lost. The bounds are loose: a busy machine
// must pass, and the true ratios are much larger. fasterBy is the least that counts.
const fasterBy = 1.2

// atLeastFaster fails the test unless what quick does takes less than 1/1.2 of the time of what slow does. They take
// turns, and the best time of each counts; it stops at the first success.
func atLeastFaster(t *testing.T, what string, quick, slow func()) {
	t.Helper()
	const tries = 60
	least := func(best time.Duration, f func()) time.Duration {
		start := time.Now()
		f()
		return min(best, time.Since(start))
	}
	q, s := time.Hour, time.Hour
	for try := range tries {
		q, s = least(q, quick), least(s, slow)
		if try > 0 && float64(s) >= fasterBy*float64(q) {
			t.Logf("%s: %v and %v", what, q, s)
			return
		}
	}
	t.Errorf("%s: %v is not faster than %v", what, q, s)
}

// TestFasterThanFallback wants every implementation faster than the fallback, for every kernel.
func TestFasterThanFallback(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures time, which emulators and the race detector distort")
	}
	forEachKernel(t, testFasterThanFallback[float32], testFasterThanFallback[float64])
}

func testFasterThanFallback[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	if k.Function == "TopKRows" {
		t.Skip("short rows go to plain Go")
	}
	shape := catalog.Vector(2048)
	switch {
	case k.Product:
		shape = product(24, 64, 24)
	case k.Rows:
		shape = matrix(16, 100)
	}
	a := k.Ready(k.RandomArgs(shape, catalog.Usual, 0))
	for _, i := range isa.Available()[1:] {
		by := func(i isa.ISA) func() {
			return func() {
				defer isa.Use(i)()
				k.Call(a)
			}
		}
		atLeastFaster(t, i.String(), by(i), by(isa.Generic))
	}
}

// few are matrices of rows so narrow that a register takes an element of each of several rows, and the number of rows
// that are too few for that.
var few = map[string]struct{ cols, rows int }{
	"LogSumExpRowsTo": {6, 8}, "SoftmaxRowsTo": {6, 8}, "LogSoftmaxRowsTo": {6, 8}, "ArgMaxRowsTo": {32, 7},
	"MaskedSoftmaxRowsTo": {6, 8}, "MaskedLogSoftmaxRowsTo": {6, 8}, "CrossEntropyRowsTo": {6, 8}, "CrossEntropyRows": {6, 8},
	"CrossEntropyRowsGrad": {6, 8},
}

// TestColumnsFasterThanRows wants many narrow rows faster together than a few at a time, which are taken row by row.
func TestColumnsFasterThanRows(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures time, which emulators and the race detector distort")
	}
	forEachKernel(t, testColumnsFasterThanRows[float32], testColumnsFasterThanRows[float64])
}

func testColumnsFasterThanRows[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	f, ok := few[k.Function]
	if !ok || k.Columns {
		t.Skip("it goes row by row")
	}
	const parts = 32
	whole := k.RandomArgs(matrix(parts*f.rows, f.cols), catalog.Usual, 0)
	part := k.RandomArgs(matrix(f.rows, f.cols), catalog.Usual, 0)
	for _, i := range isa.Available()[1:] {
		restore := isa.Use(i)
		atLeastFaster(t, i.String(), func() { k.Call(whole) }, func() {
			for range parts {
				k.Call(part)
			}
		})
		restore()
	}
}

// TestSingleOutputs wants a layer of one output, whose rows go to lanes from so many on, faster than as few at a time.
func TestSingleOutputs(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures time, which emulators and the race detector distort")
	}
	t.Run("float32", testSingleOutputs[float32])
	t.Run("float64", testSingleOutputs[float64])
}

func testSingleOutputs[T kernels.Float](t *testing.T) {
	const parts, rows, inputs = 4, 48, 32
	x, dst := make([]T, parts*rows*inputs), make([]T, parts*rows)
	w := kernels.Pack(make([]T, inputs), 1, inputs, inputs)
	for _, i := range isa.Available()[1:] {
		restore := isa.Use(i)
		atLeastFaster(t, i.String(), func() { kernels.AffineTo(dst, x, w, nil) }, func() {
			for p := range parts {
				kernels.AffineTo(dst[p*rows:][:rows], x[p*rows*inputs:][:rows*inputs], w, nil)
			}
		})
		restore()
	}
}
