package kernels_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/isa"
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
		for _, values := range bothValues {
			a := k.RandomArgs(s.n(), s.cols, values, 11)
			want := k.Expect(a)
			for out, o := range k.Outputs {
				for in, x := range k.Inputs {
					if o.PerRow == x.PerRow && !x.Alone {
						checkAlias(t, k, a, out, in, want)
					}
				}
			}
		}
	}
}

func checkAlias[T kernels.Float](
	t *testing.T, k catalog.Kernel[T], a catalog.Args[T], out, in int, want catalog.Results[T],
) {
	t.Helper()
	for _, i := range append(tested(), isa.Generic) {
		b := a.Clone()
		b.Out[out] = b.In[in]
		what := fmt.Sprintf("%s is %s, length %d", k.Outputs[out].Name, k.Inputs[in].Name, len(b.In[in]))
		same(t, what, i, k, k.Run(i, b), want)
		for j := range b.In {
			if j != in && catalog.Difference(b.In[j], a.In[j]) >= 0 {
				t.Fatalf("%v, %s: changed %s", i, what, k.Inputs[j].Name)
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
		a := k.RandomArgs(n, 0, catalog.Usual, 5)
		apart := a.Clone()
		for j := range a.In {
			a.In[j], apart.In[j] = a.In[0], slices.Clone(a.In[0])
		}
		want := k.Expect(apart)
		for _, i := range tested() {
			same(t, fmt.Sprintf("length %d", n), i, k, k.Run(i, a), want)
		}
	}
}
