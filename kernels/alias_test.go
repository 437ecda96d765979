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
	var shapes []catalog.Shape
	switch {
	case k.Product:
		shapes = []catalog.Shape{product(1, 1, 1), product(9, 5, 3), product(25, 66, 35)}
	case k.Rows:
		shapes = []catalog.Shape{
			matrix(1, 1), matrix(5, 1), matrix(1, 7), matrix(9, 3), matrix(70, 10), matrix(3, 64), matrix(2, fallback.Block+3),
		}
	default:
		for _, n := range []int{1, 7, 8, 33, 130, fallback.WorkBlock + 1, fallback.Block + 9} {
			shapes = append(shapes, catalog.Vector(n))
		}
	}
	if len(k.Outputs) == 0 {
		t.Skip("writes nothing")
	}
	for _, s := range shapes {
		for _, values := range bothValues {
			a := k.RandomArgs(s, values, 11)
			want := k.Expect(a)
			for out, o := range k.Outputs {
				for in, x := range k.Inputs {
					if o.Size == x.Size && !x.Alone {
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
		s := catalog.Vector(n)
		if k.Product {
			s = product(n%100, n%100, n%100)
		}
		a := k.RandomArgs(s, catalog.Usual, 5)
		apart := a.Clone()
		for j, x := range a.In {
			if len(x) == len(a.In[0]) {
				a.In[j], apart.In[j] = a.In[0], slices.Clone(a.In[0])
			}
		}
		want := k.Expect(apart)
		for _, i := range tested() {
			same(t, fmt.Sprintf("length %d", len(a.In[0])), i, k, k.Run(i, a), want)
		}
	}
}
