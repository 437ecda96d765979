package loss_test

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/steady"
	"github.com/simmer-go/simmer/loss"
)

func everyCall[T loss.Float](seed uint64) []call[T] {
	return append(everyLoss[T](seed), everyGaussian[T](seed)...)
}

// forEach runs a test of every loss for both types.
func forEach(t *testing.T, test32 func(*testing.T, call[float32]), test64 func(*testing.T, call[float64])) {
	for _, c := range everyCall[float32](1) {
		t.Run(c.name+"/float32", func(t *testing.T) { test32(t, c) })
	}
	for _, c := range everyCall[float64](1) {
		t.Run(c.name+"/float64", func(t *testing.T) { test64(t, c) })
	}
}

// No method of any loss allocates.
func TestNoAllocations(t *testing.T) {
	steady.Allocations(t)
	forEach(t, testNoAllocations[float32], testNoAllocations[float64])
}

func testNoAllocations[T loss.Float](t *testing.T, c call[T]) {
	dst, grad := make([]T, c.elements), make([]T, c.grads)
	for name, f := range map[string]func() error{
		"Value":      func() error { _, err := c.value(); return err },
		"ElementsTo": func() error { return c.elementsTo(dst) },
		"ValueGrad":  func() error { _, err := c.valueGrad(grad); return err },
	} {
		if err := f(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if n := testing.AllocsPerRun(3, func() { _ = f() }); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

// Slices that a caller keeps on its stack stay there. (The calls are written out, since a call through an interface
// lets everything escape.)
func TestNoEscapes(t *testing.T) {
	steady.Allocations(t)
	type T = float32
	for name, f := range map[string]func(){
		"MSE": func() {
			var grad, x, y [8]T
			_, _ = loss.MSE[T]{}.ValueGrad(grad[:], x[:], y[:])
		},
		"L1": func() {
			var dst, x, y [8]T
			_ = loss.L1[T]{}.ElementsTo(dst[:], x[:], y[:])
		},
		"Huber": func() {
			var grad, x, y [8]T
			_, _ = loss.Huber[T]{}.ValueGrad(grad[:], x[:], y[:])
		},
		"SmoothL1": func() {
			var grad, x, y [8]T
			_, _ = loss.SmoothL1[T]{}.ValueGrad(grad[:], x[:], y[:])
		},
		"GaussianNLL": func() {
			var dMean, dVariance, mean, variance, y [8]T
			_, _ = loss.GaussianNLL[T]{}.ValueGrad(dMean[:], dVariance[:], mean[:], variance[:], y[:])
		},
		"BCE": func() {
			var grad, x, y, w [8]T
			_, _ = loss.BCE[T]{Weight: w[:]}.ValueGrad(grad[:], x[:], y[:])
		},
		"BCEWithLogits": func() {
			var grad, x, y, w [8]T
			_, _ = loss.BCEWithLogits[T]{PosWeight: w[:]}.ValueGrad(grad[:], x[:], y[:])
		},
		"FocalBinary": func() {
			var grad, x, y [8]T
			_, _ = loss.FocalBinary[T]{}.ValueGrad(grad[:], x[:], y[:])
		},
		"CrossEntropy": func() {
			var grad, x, w [8]T
			var y [2]int
			_, _ = loss.CrossEntropy[T]{Weight: w[:4]}.ValueGrad(grad[:], x[:], y[:])
		},
		"CrossEntropyProb": func() {
			var grad, x, y [8]T
			_, _ = loss.CrossEntropyProb[T]{Classes: 4}.ValueGrad(grad[:], x[:], y[:])
		},
		"NLL": func() {
			var dst, x [8]T
			var y [2]int
			_ = loss.NLL[T]{}.ElementsTo(dst[:2], x[:], y[:])
		},
		"Focal": func() {
			var grad, x [8]T
			var y [2]int
			_, _ = loss.Focal[T]{}.ValueGrad(grad[:], x[:], y[:])
		},
	} {
		if n := testing.AllocsPerRun(3, f); n != 0 {
			t.Errorf("%s: %v slices escape", name, n)
		}
	}
}

// Goroutines may call a loss at once, each with arguments of its own: all get the bits that one alone gets. The race
// detector makes this worth more, and sees memory that assembly writes with the build tag purego only.
func TestConcurrentUse(t *testing.T) {
	t.Run("float32", testConcurrentUse[float32])
	t.Run("float64", testConcurrentUse[float64])
}

func testConcurrentUse[T loss.Float](t *testing.T) {
	lists := [][]call[T]{everyCall[T](1), everyCall[T](2), everyCall[T](3)}
	for i, c := range lists[0] {
		t.Run(c.name, func(t *testing.T) {
			start := make(chan struct{})
			var wait sync.WaitGroup
			for _, list := range lists {
				own := list[i]
				want := own.bits(t)
				wait.Go(func() {
					<-start
					for range 20 {
						if got := own.bits(t); !slices.Equal(got, want) {
							t.Errorf("%v, want %v", got, want)
						}
					}
				})
			}
			close(start)
			wait.Wait()
		})
	}
}

// bits are those of the values, the elements and the gradient.
func (c call[T]) bits(t *testing.T) (list []uint64) {
	dst, grad := make([]T, c.elements), make([]T, c.grads)
	value, err := c.value()
	again, gradErr := c.valueGrad(grad)
	if err := errors.Join(err, gradErr, c.elementsTo(dst)); err != nil {
		t.Error(err)
	}
	for _, v := range []float64{value, again} {
		list = append(list, catalog.Bits(v))
	}
	for _, v := range slices.Concat(dst, grad) {
		list = append(list, catalog.Bits(v))
	}
	return list
}

// What is written must have the right length, or nothing is.
func TestWrongLengths(t *testing.T) {
	forEach(t, testWrongLengths[float32], testWrongLengths[float64])
}

func testWrongLengths[T loss.Float](t *testing.T, c call[T]) {
	for _, d := range []int{-1, 1} {
		dst, grad := filled(c.elements+d, catalog.Canary[T]()), filled(c.grads+d, catalog.Canary[T]())
		elementsErr := c.elementsTo(dst)
		_, gradErr := c.valueGrad(grad)
		if elementsErr == nil || !says(elementsErr, "len(dst) = ") {
			t.Errorf("dst of %d: %v", len(dst), elementsErr)
		}
		if gradErr == nil || !says(gradErr, "len(grad) = ") && !says(gradErr, "len(d") {
			t.Errorf("gradient of %d: %v", len(grad), gradErr)
		}
		expectUntouched(t, dst, grad)
	}
}
