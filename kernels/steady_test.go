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
func steadyShape[T kernels.Float](k catalog.Kernel[T], n int) catalog.Shape {
	switch {
	case k.Product:
		return product(n/100+1, n/6, n/100+5)
	case k.Rows:
		return matrix(n/7, 7)
	}
	return catalog.Vector(n)
}

// No kernel allocates.
func TestNoAllocations(t *testing.T) {
	forEachKernel(t, testNoAllocations[float32], testNoAllocations[float64])
}

func testNoAllocations[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	for _, n := range []int{5, 700, fallback.Block + 9} {
		s := steadyShape(k, n)
		a := k.Ready(k.RandomArgs(s, catalog.Usual, 1))
		for _, i := range isa.Available() {
			restore := isa.Use(i)
			if count := testing.AllocsPerRun(3, func() { k.Call(a) }); count != 0 {
				t.Errorf("%v, %+v: %v allocations", i, s, count)
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
	shared := k.Ready(k.RandomArgs(steadyShape(k, fallback.Block+9), catalog.Usual, 1))
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
					if err := k.Compare(i, k.Do(a), want); err != nil {
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
