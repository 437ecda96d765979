package kernels_test

import (
	"sync"
	"testing"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/steady"
	"github.com/simmer-go/simmer/kernels"
)

// steadyShapes take one register, several, and more than one block; all end in the middle of a register.
func steadyShapes[T kernels.Float](k catalog.Kernel[T]) (list []catalog.Shape) {
	if k.Product {
		few := max(46/k.Terms(), 1) // columns: as much work for all
		return []catalog.Shape{
			product(1, 0, 5), product(2, 58, few), product(100, 66, 1), product(97, 65, 3*few), product(9, 342, few),
		}
	}
	for _, n := range []int{5, 700, fallback.Block + 9} {
		if k.Rows {
			list = append(list, matrix(n/7, 7))
		} else {
			list = append(list, catalog.Vector(n))
		}
	}
	return list
}

// No kernel allocates.
func TestNoAllocations(t *testing.T) {
	steady.Allocations(t)
	forEachKernel(t, testNoAllocations[float32], testNoAllocations[float64])
}

func testNoAllocations[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	for _, s := range steadyShapes(k) {
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

// Many goroutines may call a kernel at once, with the same inputs or with others, of the same shape or of another: what
// is written to memory that they share would be that of another call. The race detector makes this worth more, and sees
// memory that assembly writes with the build tag purego only.
func TestConcurrentUse(t *testing.T) {
	forEachKernel(t, testConcurrentUse[float32], testConcurrentUse[float64])
}

func testConcurrentUse[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	type call struct {
		args catalog.Args[T]
		want catalog.Results[T]
	}
	shapes := steadyShapes(k)
	var calls []call
	for g, s := range []int{-1, -1, -2, -3} {
		a := k.Ready(k.RandomArgs(shapes[len(shapes)+s], catalog.Usual, uint64(g+1)))
		calls = append(calls, call{a, k.Expect(a)})
	}
	calls = append(calls, calls[0])
	for _, i := range tested() {
		restore := isa.Use(i)
		start := make(chan struct{})
		var wait sync.WaitGroup
		for g, c := range calls {
			wait.Go(func() {
				own := c.args.Clone()
				own.In = c.args.In // the last goroutine reads what the first reads
				<-start
				for range 2 {
					if err := k.Compare(i, k.Do(own), c.want); err != nil {
						t.Errorf("goroutine %d: %v", g, err)
						return
					}
				}
			})
		}
		close(start)
		wait.Wait()
		restore()
	}
}
