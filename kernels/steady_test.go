package kernels_test

import (
	"fmt"
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
		a := newArgs(k, s.n(), s.cols, false, 1)
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
	shared := newArgs(k, s.n(), s.cols, false, 1)
	want, wantSum := generic(k, shared)
	for _, i := range tested() {
		restore := isa.Use(i)
		var wait sync.WaitGroup
		faults := make(chan string, 4)
		for range cap(faults) {
			wait.Go(func() {
				a := shared
				a.Out = newOutputs(k, s.n(), s.cols)
				for range 3 {
					sum := k.Call(a)
					if fault := sameResults(a.Out, want, sum, wantSum); fault != "" {
						faults <- fault
						return
					}
				}
			})
		}
		wait.Wait()
		close(faults)
		for fault := range faults {
			t.Errorf("%v: %s", i, fault)
		}
		restore()
	}
}

func sameResults[T kernels.Float](got, want [][]T, sum, wantSum float64) string {
	if catalog.Bits(sum) != catalog.Bits(wantSum) {
		return fmt.Sprintf("returned %v, want %v", sum, wantSum)
	}
	for j := range got {
		if at := catalog.Difference(got[j], want[j]); at >= 0 {
			return fmt.Sprintf("output %d, element %d: %v, want %v", j, at, got[j][at], want[j][at])
		}
	}
	return ""
}
