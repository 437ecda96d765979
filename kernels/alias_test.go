package kernels_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// An output may be the same slice as any input of its length, unless the catalog says otherwise.
func TestAliasing(t *testing.T) {
	forEachKernel(t, testAliasing[float32], testAliasing[float64])
}

func testAliasing[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	shapes := []shape{{1, 1}, {7, 1}, {8, 1}, {33, 1}, {130, 1}, {fallback.WorkBlock + 1, 1}, {fallback.Block + 9, 1}}
	if k.Rows {
		shapes = []shape{{1, 1}, {5, 1}, {1, 7}, {9, 3}, {70, 10}, {3, 64}, {2, fallback.Block + 3}}
	}
	if len(k.Outputs) == 0 {
		t.Skip("writes nothing")
	}
	for _, s := range shapes {
		for _, bits := range []bool{false, true} {
			a := newArgs(k, s.n(), s.cols, bits, 11)
			want, wantSum := generic(k, a)
			for out, o := range k.Outputs {
				for in, x := range k.Inputs {
					if o.PerRow == x.PerRow && !x.Alone {
						checkAlias(t, k, a, out, in, want, wantSum)
					}
				}
			}
		}
	}
}

func checkAlias[T kernels.Float](t *testing.T, k catalog.Kernel[T], a catalog.Args[T], out, in int, want [][]T, wantSum float64) {
	t.Helper()
	for _, i := range append(tested(), 0) {
		b := clone(a)
		b.Out[out] = b.In[in]
		sum := on(i, k, b)
		what := fmt.Sprintf("%v, %s is %s, length %d", i, k.Outputs[out].Name, k.Inputs[in].Name, len(b.In[in]))
		compare(t, what, b.Out, want, sum, wantSum)
		for j := range b.In {
			if j != in && catalog.Difference(b.In[j], a.In[j]) >= 0 {
				t.Fatalf("%s: changed %s", what, k.Inputs[j].Name)
			}
		}
	}
}

// The inputs may be one slice among themselves.
func TestInputsAlias(t *testing.T) {
	forEachKernel(t, testInputsAlias[float32], testInputsAlias[float64])
}

func testInputsAlias[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	if len(k.Inputs) < 2 || k.Rows {
		t.Skip("one input")
	}
	for _, n := range []int{1, 9, 130, fallback.Block + 1} {
		a := newArgs(k, n, 0, false, 5)
		apart := clone(a)
		for j := range a.In {
			a.In[j], apart.In[j] = a.In[0], slices.Clone(a.In[0])
		}
		want, wantSum := generic(k, apart)
		for _, i := range tested() {
			sum := on(i, k, a)
			compare(t, fmt.Sprintf("%v, length %d", i, n), a.Out, want, sum, wantSum)
		}
	}
}
