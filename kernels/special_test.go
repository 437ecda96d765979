package kernels_test

import (
	"slices"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// Special values at every position of slices of 1 to 130 elements (see specialLengths): in elementwise kernels each one
// has the effect that it has alone, and none on its neighbours; in the others the bits are those of Generic.
func TestSpecialValues(t *testing.T) {
	forEachKernel(t, testSpecialValues[float32], testSpecialValues[float64])
}

func testSpecialValues[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	if k.Rows || k.Product {
		t.Skip("see TestRows, TestProductSpecials")
	}
	longest := 130
	if testing.Short() || tested()[0] == isa.Generic { // Generic has no registers whose ends could be wrong
		longest = 35
	}
	a := k.RandomArgs(catalog.Vector(longest), catalog.Usual, 17)
	for in := range k.Inputs {
		if k.Elementwise() {
			specialElements(t, k, a, in)
		} else {
			specialSums(t, k, a, in)
		}
	}
}

// specialLengths are all up to two of the widest registers and more, then every fifth: what is left over after whole
// registers is still of every size, and TestEqualBits tries the lengths between.
func specialLengths(longest int) (list []int) {
	for n := 1; n <= longest; n++ {
		if n <= 40 || n%5 == 0 {
			list = append(list, n)
		}
	}
	return list
}

// specialElements puts special values on every second element, turning through all values and both parities, so that
// each value stands at each position of each length between usual neighbours.
func specialElements[T kernels.Float](t *testing.T, k catalog.Kernel[T], a catalog.Args[T], in int) {
	special := catalog.Specials[T]()
	usual := slices.Clone(a.In[in])
	for turn := range 2 * len(special) {
		for at := range usual {
			a.In[in][at] = usual[at]
			if at%2 == turn%2 {
				a.In[in][at] = special[(at/2+turn/2)%len(special)]
			}
		}
		alone := oneByOne(k, a)
		for _, n := range specialLengths(len(usual)) {
			part := a.Window(0, n)
			for _, i := range tested() {
				fresh(part)
				k.Run(i, part)
				if at := catalog.Difference(part.Out[0], alone[:n]); at >= 0 {
					t.Fatalf("%v, %s[%d] = %v of %d: element is %v, alone %v",
						i, k.Inputs[in].Name, at, a.In[in][at], n, part.Out[0][at], alone[at])
				}
			}
		}
	}
	copy(a.In[in], usual)
}

// oneByOne asks Generic for each element alone.
func oneByOne[T kernels.Float](k catalog.Kernel[T], a catalog.Args[T]) []T {
	want := make([]T, len(a.In[0]))
	for at := range want {
		want[at] = k.Expect(a.Window(at, at+1)).Out[0][0]
	}
	return want
}

// specialSums tries NaN at every position of each length, and the other values in turns.
func specialSums[T kernels.Float](t *testing.T, k catalog.Kernel[T], a catalog.Args[T], in int) {
	special := catalog.Specials[T]()
	for _, n := range specialLengths(len(a.In[in])) {
		for at := range n {
			usual := a.In[in][at]
			for _, v := range []T{special[0], special[1+(n+at)%(len(special)-1)]} {
				a.In[in][at] = v
				part := a.Window(0, n)
				want := k.Expect(part)
				for _, i := range tested() {
					fresh(part)
					if err := k.Compare(i, k.Run(i, part), want); err != nil {
						t.Fatalf("%s[%d] = %v of %d: %v", k.Inputs[in].Name, at, v, n, err)
					}
				}
			}
			a.In[in][at] = usual
		}
	}
}
