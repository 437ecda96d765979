package kernels_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// The tests of this package loop over the rows of the catalog. Generic, the fallback, is what
// every other implementation must equal bit for bit.

// TestImplementations says by name what this machine could not run. SIMMER_REQUIRE, a list such
// as "avx2,neon", makes it a failure, so that CI notices when a machine no longer tests what it should.
func TestImplementations(t *testing.T) {
	required := strings.FieldsFunc(strings.ToLower(os.Getenv("SIMMER_REQUIRE")), func(r rune) bool { return r == ',' || r == ' ' })
	for _, name := range required {
		if !slices.ContainsFunc(isa.All, func(i isa.ISA) bool { return i.String() == name }) {
			t.Errorf("SIMMER_REQUIRE names %q, which is no instruction set", name)
		}
	}
	for _, i := range isa.All {
		t.Run(i.String(), func(t *testing.T) {
			switch {
			case slices.Contains(isa.Available(), i):
			case slices.Contains(required, i.String()):
				t.Errorf("%v is required (SIMMER_REQUIRE) and not available", i)
			default:
				t.Skipf("%v is not available, so it is not tested", i)
			}
		})
	}
}

// tested lists the implementations to compare with Generic: all others, or, if there are none,
// Generic itself, which still must not care for alignment, neighbours or aliasing.
func tested() []isa.ISA {
	if list := isa.Available()[1:]; len(list) > 0 {
		return list
	}
	return isa.Available()
}

// forEachKernel runs a test for every kernel and both element types.
func forEachKernel(t *testing.T, test32 func(*testing.T, catalog.Kernel[float32]), test64 func(*testing.T, catalog.Kernel[float64])) {
	for _, k := range catalog.Kernels[float32]() {
		t.Run(k.Name+"/float32", func(t *testing.T) { test32(t, k) })
	}
	for _, k := range catalog.Kernels[float64]() {
		t.Run(k.Name+"/float64", func(t *testing.T) { test64(t, k) })
	}
}

// on calls the kernel with one implementation.
func on[T kernels.Float](i isa.ISA, k catalog.Kernel[T], a catalog.Args[T]) float64 {
	defer isa.Use(i)()
	return k.Call(a)
}

// generic returns outputs and sum of Generic on slices of its own.
func generic[T kernels.Float](k catalog.Kernel[T], a catalog.Args[T]) (out [][]T, sum float64) {
	a.Out = newOutputs(k, size(k, a), a.Cols)
	sum = on(isa.Generic, k, a)
	return a.Out, sum
}

// size is the number of elements of a call, known by the first operand that is not per row.
func size[T kernels.Float](k catalog.Kernel[T], a catalog.Args[T]) int {
	for j, o := range k.Inputs {
		if !o.PerRow {
			return len(a.In[j])
		}
	}
	panic("no such operand")
}

func newOutputs[T kernels.Float](k catalog.Kernel[T], n, cols int) [][]T {
	out := make([][]T, len(k.Outputs))
	for j, o := range k.Outputs {
		out[j] = make([]T, o.Elements(n, cols))
	}
	return out
}

// newArgs makes usual inputs, or if bits is set values of random bits, for n elements in rows of cols.
// Scalars vary with seed.
func newArgs[T kernels.Float](k catalog.Kernel[T], n, cols int, bits bool, seed uint64) catalog.Args[T] {
	a := catalog.Args[T]{Cols: cols, Out: newOutputs(k, n, cols), Scalars: scalars(k, int(seed))}
	for j, o := range k.Inputs {
		x := make([]T, o.Elements(n, cols))
		if s := seed*31 + uint64(j); bits {
			catalog.FillBits(x, s)
		} else {
			catalog.Fill(x, o.Domain, s)
		}
		a.In = append(a.In, x)
	}
	if k.Classes {
		a.Target = make([]int, n/cols)
		catalog.FillClasses(a.Target, cols, seed)
	}
	return a
}

// scalars picks one value to try for each scalar.
func scalars[T kernels.Float](k catalog.Kernel[T], pick int) []T {
	list := make([]T, len(k.Scalars))
	for i, s := range k.Scalars {
		list[i] = T(s.Try[pick%len(s.Try)])
	}
	return list
}

// clone copies the slices of a call.
func clone[T kernels.Float](a catalog.Args[T]) catalog.Args[T] {
	copied := func(list [][]T) [][]T {
		out := make([][]T, len(list))
		for j, x := range list {
			out[j] = slices.Clone(x)
		}
		return out
	}
	a.In, a.Out = copied(a.In), copied(a.Out)
	return a
}

// compare fails the test at the first bit that differs from what Generic gave.
func compare[T kernels.Float](t *testing.T, what string, got, want [][]T, sum, wantSum float64) {
	t.Helper()
	if catalog.Bits(sum) != catalog.Bits(wantSum) {
		t.Fatalf("%s: returned %v (%#x), want %v (%#x)", what, sum, catalog.Bits(sum), wantSum, catalog.Bits(wantSum))
	}
	for j := range got {
		if at := catalog.Difference(got[j], want[j]); at >= 0 {
			t.Fatalf("%s: output %d, element %d: %v (%#x), want %v (%#x)", what, j, at,
				got[j][at], catalog.Bits(got[j][at]), want[j][at], catalog.Bits(want[j][at]))
		}
	}
}

// lengths are all from 0 up to a few registers, then those around multiples of both block sizes.
func lengths() []int {
	limit, blocks, near := 300, 3, []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65}
	if testing.Short() {
		limit, blocks, near = 70, 1, []int{0, 1, 17}
	}
	var list []int
	for n := range limit + 1 {
		list = append(list, n)
	}
	for _, block := range []int{fallback.WorkBlock, fallback.Block} {
		for k := 1; k <= blocks; k++ {
			for _, d := range near {
				list = append(list, k*block+d, k*block-d)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// shape is the shape of a matrix; for kernels over vectors the length is rows.
type shape struct{ rows, cols int }

func (s shape) n() int { return s.rows * s.cols }
