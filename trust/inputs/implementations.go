package main

import (
	"bytes"
	"log"
	"math/big"
	"runtime"
	"sync"
	"unsafe"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/ref"
	"github.com/simmer-go/simmer/kernels"
)

// piece is how many elements one call of a kernel takes here.
const piece = 1 << 10

// caller calls the kernel of a function: a derivative with ones.
func caller[T kernels.Float](f ref.Function) func(dst, x []T) {
	k := catalog.Find[T](f.Name)
	ones := make([]T, piece)
	catalog.FillWith(ones, 1)
	return func(dst, x []T) {
		a := catalog.Args[T]{Out: [][]T{dst}, In: [][]T{x}}
		if f.Slope {
			a.In = append(a.In, ones[:len(x)])
		}
		k.Call(a)
	}
}

// exactOf is the exact result of a function of one argument.
func exactOf(f ref.Function) func([]float64) *big.Float {
	return func(args []float64) *big.Float { return f.Big(ref.Big(args[0])) }
}

// parallel calls work for each piece of n elements, on all processors.
func parallel(n int, work func(worker, first, last int)) {
	var wait sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wait.Go(func() {
			for first := w * piece; first < n; first += workers * piece {
				work(w, first, min(first+piece, n))
			}
		})
	}
	wait.Wait()
}

// compareAll stops the program unless every implementation gives the bits of want. Generic gave these.
func compareAll[T kernels.Float](f ref.Function, call func(dst, x []T), x, want []T) {
	for _, i := range isa.Available()[1:] {
		restore := isa.Use(i)
		parallel(len(x), func(_, first, last int) {
			var got [piece]T
			call(got[:last-first], x[first:last])
			if at := difference(got[:last-first], want[first:last]); at >= 0 {
				log.Fatalf("%s %s(%x): %v gives %x, generic %x", catalog.TypeName[T](), f.Name, x[first+at], i, got[at], want[first+at])
			}
		})
		restore()
	}
}

// difference is catalog.Difference, faster where all bits are the same.
func difference[T kernels.Float](got, want []T) int {
	if bytes.Equal(bitsOf(got), bitsOf(want)) {
		return -1
	}
	return catalog.Difference(got, want)
}

func bitsOf[T kernels.Float](x []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*int(unsafe.Sizeof(x[0])))
}
