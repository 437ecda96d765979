package kernels_test

import (
	"fmt"
	"os"
	"runtime/debug"
	"syscall"
	"testing"
	"unsafe"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// Every operand ends, or begins, at a page that may not be touched; inputs may not be written either.
func TestGuardPages(t *testing.T) {
	forEachKernel(t, testGuardPages[float32], testGuardPages[float64])
}

func testGuardPages[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	shapes := guardShapes(k)
	a := catalog.Args[T]{Scalars: k.ScalarsAt(3)}
	for j, o := range k.Inputs {
		page := guarded[T](t, largest(o, shapes))
		catalog.Fill(page, o.Domain, uint64(3*31+j))
		protect(t, page, syscall.PROT_READ)
		a.In = append(a.In, page)
	}
	for _, o := range k.Outputs {
		a.Out = append(a.Out, guarded[T](t, largest(o, shapes)))
	}
	if k.Masks {
		a.Keep = guardedMask(t, shapes)
	}
	for _, s := range shapes {
		for _, atEnd := range []bool{true, false} {
			call := guardArgs(k, a, s, atEnd)
			want := k.Expect(call)
			for _, i := range tested() {
				fresh(call)
				what := fmt.Sprintf("%+v, at the end: %v", s, atEnd)
				same(t, what, i, k, noFault(t, what, i, k, call), want)
			}
		}
	}
}

// largest is the largest number of elements of an operand.
func largest(o catalog.Operand, shapes []catalog.Shape) (n int) {
	for _, s := range shapes {
		n = max(n, o.Elements(s))
	}
	return n
}

func guardShapes[T kernels.Float](k catalog.Kernel[T]) (list []catalog.Shape) {
	limit := 130
	if testing.Short() {
		limit = 70
	}
	if k.Product {
		for i, m := range []int{0, 1, 2, 3, 5, 6, 7, 8, 9, 17, 25, 33} {
			for j, n := range []int{1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33} {
				list = append(list, product(m, []int{1, 2, 3, 4, 65}[(i+2*j)%5], n))
			}
		}
		return append(list, product(3, 0, 4), product(7, 129, 33), product(2, 641, 9), product(33, 130, 3))
	}
	if !k.Rows {
		for n := range limit + 1 {
			list = append(list, catalog.Vector(n))
		}
		for _, block := range []int{fallback.WorkBlock, fallback.Block} {
			for _, n := range []int{block - 1, block, block + 1, block + 9} {
				list = append(list, catalog.Vector(n))
			}
		}
		return list
	}
	for cols := 1; cols <= limit; cols += 1 + cols/20 {
		for _, r := range []int{0, 1, 2, 3, 7, 8, 9, 16, 17, 33} {
			list = append(list, matrix(r, cols))
		}
	}
	return append(list, matrix(1, fallback.WorkBlock+1), matrix(2, fallback.Block+1), matrix(130, 3), matrix(65, 10))
}

// guardArgs cuts the operands of a call out of the pages.
func guardArgs[T kernels.Float](k catalog.Kernel[T], pages catalog.Args[T], s catalog.Shape, atEnd bool) catalog.Args[T] {
	a := k.NewArgs(s)
	a.Scalars = pages.Scalars
	for j, x := range a.In {
		a.In[j] = cut(pages.In[j], len(x), atEnd)
	}
	for j, x := range a.Out {
		a.Out[j] = cut(pages.Out[j], len(x), atEnd)
	}
	a.Keep = cut(pages.Keep, len(a.Keep), atEnd)
	catalog.FillClasses(a.Target, s.Cols, 5)
	return a
}

// cut takes n elements from the end of a page or from its start.
func cut[E any](page []E, n int, atEnd bool) []E {
	if atEnd {
		return page[len(page)-n:]
	}
	return page[:n:n]
}

// guardedMask is a mask of the largest shape between pages that may not be touched.
func guardedMask(t *testing.T, shapes []catalog.Shape) []bool {
	t.Helper()
	page := guarded[float32](t, largest(catalog.Operand{Name: "keep"}, shapes))
	keep := unsafe.Slice((*bool)(unsafe.Pointer(unsafe.SliceData(page))), 4*len(page))
	for i := range keep {
		keep[i] = i%3 > 0 && i/70%5 > 0 // both with few and with many neighbours
	}
	protect(t, page, syscall.PROT_READ)
	return keep
}

// The weights of a layer, too, are read to the last byte and no further.
func TestGuardPackedWeights(t *testing.T) {
	t.Run("float32", testGuardPackedWeights[float32])
	t.Run("float64", testGuardPackedWeights[float64])
}

func testGuardPackedWeights[T kernels.Float](t *testing.T) {
	k := catalog.Find[T]("AffineTo")
	page := guarded[T](t, 130*80)
	for n := 1; n <= 70; n++ {
		for _, depth := range []int{1, 2, 3, 64, 65, 130} {
			call := k.Ready(k.RandomArgs(product(1+n%25, depth, n), catalog.Usual, uint64(n)))
			want := k.Expect(call)
			data := call.Packed.Data()
			for _, place := range [][]T{page[:len(*data)], page[len(page)-len(*data):]} {
				copy(place, *data)
				*data = place
				for _, i := range tested() {
					what := fmt.Sprintf("%d outputs of %d inputs", n, depth)
					same(t, what, i, k, noFault(t, what, i, k, call), want)
				}
			}
		}
	}
}

// noFault turns a fault into a failure that names the call.
func noFault[T kernels.Float](
	t *testing.T, what string, i isa.ISA, k catalog.Kernel[T], a catalog.Args[T],
) catalog.Results[T] {
	t.Helper()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if fault := recover(); fault != nil {
			t.Fatalf("%v, %s: %v", i, what, fault)
		}
	}()
	return k.Run(i, a)
}

// guarded returns at least n elements, filling whole pages, with a forbidden page before and after.
func guarded[T kernels.Float](t *testing.T, n int) []T {
	t.Helper()
	var zero T
	page := os.Getpagesize()
	size := (n*int(unsafe.Sizeof(zero)) + page - 1) / page * page
	all, err := syscall.Mmap(-1, 0, size+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Munmap(all); err != nil {
			t.Error(err)
		}
	})
	for _, guard := range [][]byte{all[:page], all[page+size:]} {
		if err := syscall.Mprotect(guard, syscall.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&all[page])), size/int(unsafe.Sizeof(zero)))
}

func protect[T kernels.Float](t *testing.T, x []T, mode int) {
	t.Helper()
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*int(unsafe.Sizeof(x[0])))
	if err := syscall.Mprotect(bytes, mode); err != nil {
		t.Fatal(err)
	}
}

// The guard must be able to fail: one element beyond either end faults, and so does writing an input.
func TestGuardPagesGuard(t *testing.T) {
	page := guarded[float32](t, 1)
	before := unsafe.Slice((*float32)(unsafe.Add(unsafe.Pointer(&page[0]), -4)), 1)
	after := unsafe.Slice((*float32)(unsafe.Add(unsafe.Pointer(&page[len(page)-1]), 4)), 1)
	protect(t, page, syscall.PROT_READ)
	for name, touch := range map[string]func(){
		"before": func() { before[0]++ }, "after": func() { after[0]++ }, "read-only": func() { page[0]++ },
	} {
		func() {
			defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no fault", name)
				}
			}()
			touch()
		}()
	}
}

// Exact sums of products are no kernel of the catalog.
func TestGuardExactAddProducts(t *testing.T) {
	const most = 1300
	x, y := guarded[float32](t, most), guarded[float32](t, most)
	for i := range x {
		x[i], y[i] = float32(i%7), float32(i%5-2)
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	for _, i := range isa.Available() {
		restore := isa.Use(i)
		for n := range most {
			if n > 70 && n < most-300 && n%64 > 1 {
				continue
			}
			var s kernels.ExactSum
			kernels.ExactAddProducts(&s, x[:n], y[:n])
			kernels.ExactAddProducts(&s, x[len(x)-n:], y[len(y)-n:])
			want := kernels.Dot(x[:n], y[:n]) + kernels.Dot(x[len(x)-n:], y[len(y)-n:]) // of small integers: exact
			if got := s.Value(); got != want {
				t.Errorf("%d products, %v: %v, want %v", n, i, got, want)
			}
		}
		restore()
	}
}
