package kernels_test

import (
	"sync"
	"testing"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// steadyShape takes more than one block, and ends in the middle of a register.
func steadyShape(rows bool, n int) shape {
	if rows {
		return shape{n / 7, 7}
	}
	return shape{n, 1}
}

// No kernel allocates.
func TestNoAllocations(t *testing.T) {
	forEachKernel(t, testNoAllocations[float32], testNoAllocations[float64])
}

func testNoAllocations[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	for _, n := range []int{5, 700, fallback.Block + 9} {
		s := steadyShape(k.Rows, n)
		a := k.RandomArgs(s.n(), s.cols, catalog.Usual, 1)
		for _, i := range isa.Available() {
			restore := isa.Use(i)
			if count := testing.AllocsPerRun(3, func() { k.Call(a) }); count != 0 {
				t.Errorf("%v, length %d: %v allocations", i, s.n(), count)
			}
			restore()
		}
	}
}

// Many goroutines may read the same inputs. The race detector makes this worth more.
func TestConcurrentUse(t *testing.T) {
	forEachKernel(t, testConcurrentUse[float32], testConcurrentUse[float64])
}

func testConcurrentUse[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	s := steadyShape(k.Rows, fallback.Block+9)
	shared := k.RandomArgs(s.n(), s.cols, catalog.Usual, 1)
	want := k.Expect(shared)
	for _, i := range tested() {
		restore := isa.Use(i)
		var wait sync.WaitGroup
		faults := make(chan error, 4)
		for range cap(faults) {
			wait.Go(func() {
				a := shared
				a.Out = shared.Clone().Out
				for range 3 {
					got := catalog.Results[T]{Out: a.Out, Sum: k.Call(a)}
					if err := k.Compare(i, got, want); err != nil {
						faults <- err
						return
					}
				}
			})
		}
		wait.Wait()
		close(faults)
		for fault := range faults {
			t.Error(fault)
		}
		restore()
	}
}
