package kernels_test

import (
	"fmt"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// Every implementation gives the bits of Generic at every length around lane and block boundaries and at several
// alignments, writes nothing outside its outputs, and leaves its inputs alone.
func TestEqualBits(t *testing.T) {
	forEachKernel(t, testEqualBits[float32], testEqualBits[float64])
}

func testEqualBits[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	if k.Rows || k.Product {
		t.Skip("see TestRows, TestProducts")
	}
	list := lengths()
	longest := list[len(list)-1]
	for _, values := range bothValues {
		all := k.RandomArgs(catalog.Vector(longest), values, 7)
		e := expectation[T]{k, all, map[string]catalog.Results[T]{}}
		for at, n := range list {
			if n > 130 && (values == catalog.RandomBits) != (at%2 == 0) {
				continue // long ones: one kind of input each
			}
			a := all.Window(0, n)
			a.Scalars = k.ScalarsAt(n)
			checkOffsets(t, k, a, n, e.of(n, a.Scalars))
		}
	}
}

func checkOffsets[T kernels.Float](t *testing.T, k catalog.Kernel[T], a catalog.Args[T], n int, want catalog.Results[T]) {
	t.Helper()
	offsets := []int{0, n % 16, (n*7 + 3) % 16}
	if n > 300 {
		offsets = offsets[1:] // which are 0 for some
	}
	for _, offset := range offsets {
		for _, i := range tested() {
			if err := k.Check(i, a, offset, want); err != nil {
				t.Errorf("length %d, offset %d: %v", n, offset, err)
			}
		}
		if t.Failed() {
			t.FailNow() // which implementations differ tells what is wrong; at how many lengths does not
		}
	}
}

// expectation is what Generic gives for the first elements of a call.
type expectation[T kernels.Float] struct {
	k     catalog.Kernel[T]
	all   catalog.Args[T]
	whole map[string]catalog.Results[T] // elementwise kernels: results for all elements, by scalars
}

// of asks an elementwise kernel, which may not care for the length, once for all lengths.
func (e *expectation[T]) of(n int, scalars []T) catalog.Results[T] {
	a := e.all
	a.Scalars = scalars
	if !e.k.Elementwise() {
		return e.k.Expect(a.Window(0, n))
	}
	key := fmt.Sprint(scalars)
	r, known := e.whole[key]
	if !known {
		r = e.k.Expect(a)
		e.whole[key] = r
	}
	return catalog.Results[T]{Out: catalog.Args[T]{Out: r.Out}.Window(0, n).Out}
}
