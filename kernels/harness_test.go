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

// TestImplementations says by name what this machine could not run. SIMMER_REQUIRE, a list such as "avx2,neon", makes
// it a failure, so that CI notices when a machine no longer tests what it should.
func TestImplementations(t *testing.T) {
	separates := func(r rune) bool { return r == ',' || r == ' ' }
	required := strings.FieldsFunc(strings.ToLower(os.Getenv("SIMMER_REQUIRE")), separates)
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

// tested lists the implementations to compare with Generic: all others, or, if there are none, Generic itself, which
// still must not care for alignment, neighbours or aliasing.
func tested() []isa.ISA {
	if list := isa.Available()[1:]; len(list) > 0 {
		return list
	}
	return isa.Available()
}

// forEachKernel runs a test for every kernel and both element types.
func forEachKernel(
	t *testing.T, test32 func(*testing.T, catalog.Kernel[float32]), test64 func(*testing.T, catalog.Kernel[float64]),
) {
	for _, k := range catalog.Kernels[float32]() {
		t.Run(k.Name+"/float32", func(t *testing.T) { test32(t, k) })
	}
	for _, k := range catalog.Kernels[float64]() {
		t.Run(k.Name+"/float64", func(t *testing.T) { test64(t, k) })
	}
}

// bothValues are the two kinds of input.
var bothValues = []catalog.Values{catalog.Usual, catalog.RandomBits}

// fresh takes away what an earlier call wrote.
func fresh[T kernels.Float](a catalog.Args[T]) {
	for _, x := range a.Out {
		catalog.FillWith(x, catalog.Canary[T]())
	}
	catalog.FillIndex(a.Index)
}

// same fails the test at the first bit that differs from what Generic gave.
func same[T kernels.Float](t *testing.T, what string, i isa.ISA, k catalog.Kernel[T], got, want catalog.Results[T]) {
	t.Helper()
	if err := k.Compare(i, got, want); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// lengths are all from 0 up to a few registers, then those around multiples of both block sizes: most of them around one
// block, since the next ones begin and end like it.
func lengths() []int {
	limit, blocks := 300, 3
	near, later := []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65}, []int{0, 1, 9, 17, 65}
	if testing.Short() {
		limit, blocks, near = 70, 1, []int{0, 1, 17}
	}
	var list []int
	for n := range limit + 1 {
		list = append(list, n)
	}
	for _, block := range []int{fallback.WorkBlock, fallback.Block} {
		for _, d := range near {
			list = append(list, block+d, block-d)
		}
		for k := 2; k <= blocks; k++ {
			for _, d := range later {
				list = append(list, k*block+d, k*block-d)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// matrix is the shape of a matrix.
func matrix(rows, cols int) catalog.Shape { return catalog.Shape{Rows: rows, Cols: cols} }

// product is the shape of a product of matrices, m×k by k×n.
func product(m, k, n int) catalog.Shape { return catalog.Shape{Rows: m, Cols: n, Depth: k} }
