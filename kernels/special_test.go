package kernels_test

import (
	"fmt"
	"testing"

	"github.com/simmer-go/simmer/internal/catalog"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/kernels"
)

// Special values at every position of every length from 1 to 130: in elementwise kernels each one has the
// effect that it has alone, and none on its neighbours; in the others the bits are those of Generic.
func TestSpecialValues(t *testing.T) {
	forEachKernel(t, testSpecialValues[float32], testSpecialValues[float64])
}

func testSpecialValues[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	if k.Rows {
		t.Skip("see TestRows")
	}
	longest := 130
	if testing.Short() || tested()[0] == isa.Generic { // Generic has no registers whose ends could be wrong
		longest = 35
	}
	a := newArgs(k, longest, 0, false, 17)
	for in := range k.Inputs {
		if k.Elementwise() {
			specialElements(t, k, a, in)
		} else {
			specialSums(t, k, a, in)
		}
	}
}

func specialElements[T kernels.Float](t *testing.T, k catalog.Kernel[T], a catalog.Args[T], in int) {
	base, _ := generic(k, a)
	for _, v := range catalog.Specials[T]() {
		for at := range a.In[in] {
			usual := a.In[in][at]
			a.In[in][at] = v
			alone, _ := generic(k, window(a, at, at+1))
			for n := at + 1; n <= len(base[0]); n++ {
				for _, i := range tested() {
					part := window(a, 0, n)
					on(i, k, part)
					checkSpecial(t, k, i, in, v, at, n, part.Out[0], base[0], alone[0][0])
				}
			}
			a.In[in][at] = usual
		}
	}
}

func checkSpecial[T kernels.Float](t *testing.T, k catalog.Kernel[T], i isa.ISA, in int, v T, at, n int, got, base []T, alone T) {
	t.Helper()
	what := func() string { return fmt.Sprintf("%v, %s[%d] = %v of %d", i, k.Inputs[in].Name, at, v, n) }
	if catalog.Bits(got[at]) != catalog.Bits(alone) {
		t.Fatalf("%s: element is %v, alone %v", what(), got[at], alone)
	}
	got[at] = base[at]
	if other := catalog.Difference(got[:n], base[:n]); other >= 0 {
		t.Fatalf("%s: changes element %d from %v to %v", what(), other, base[other], got[other])
	}
}

// specialSums tries NaN and +Inf at every position of every length, and the other values in turns.
func specialSums[T kernels.Float](t *testing.T, k catalog.Kernel[T], a catalog.Args[T], in int) {
	special := catalog.Specials[T]()
	for n := 1; n <= len(a.In[in]); n++ {
		for at := range n {
			usual := a.In[in][at]
			for _, v := range []T{special[0], special[1], special[2+(n+at)%(len(special)-2)]} {
				a.In[in][at] = v
				part := window(a, 0, n)
				want, wantSum := generic(k, part)
				for _, i := range tested() {
					sum := on(i, k, part)
					if catalog.Bits(sum) != catalog.Bits(wantSum) || len(want) > 0 && catalog.Difference(part.Out[0], want[0]) >= 0 {
						compare(t, fmt.Sprintf("%v, %s[%d] = %v of %d", i, k.Inputs[in].Name, at, v, n), part.Out, want, sum, wantSum)
					}
				}
			}
			a.In[in][at] = usual
		}
	}
}

// window is the call on elements from first to last only.
func window[T kernels.Float](a catalog.Args[T], first, last int) catalog.Args[T] {
	cut := func(list [][]T) [][]T {
		out := make([][]T, len(list))
		for j, x := range list {
			out[j] = x[first:last:last]
		}
		return out
	}
	a.In, a.Out = cut(a.In), cut(a.Out)
	return a
}
