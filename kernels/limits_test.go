package kernels_test

import (
	"math"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/ref"
	"github.com/simmer-go/simmer/kernels"
)

// limit is what a kernel has for one value of each input: an element, or, without an output, what it returns. NaN
// stands for any NaN, and zeros have their signs.
type limit[T kernels.Float] struct {
	name    string // in the catalog
	in      []T
	scalars []T
	want    float64
}

var (
	inf  = math.Inf(1)
	nan  = math.NaN()
	zero = math.Copysign(0, -1) // −0
)

// TestLimits holds the kernels to the special values in their doc comments, on every implementation, alone, and in
// slices that fill registers.
func TestLimits(t *testing.T) {
	t.Run("float32", testLimits[float32])
	t.Run("float64", testLimits[float64])
}

func testLimits[T kernels.Float](t *testing.T) {
	named := map[string]int{}
	for _, l := range limits[T]() {
		named[l.name]++
		k := catalog.Find[T](l.name)
		if len(l.in) != len(k.Inputs) || len(l.scalars) != len(k.Scalars) {
			t.Errorf("%s: %d values, %d scalars, want %d, %d", l.name, len(l.in), len(l.scalars), len(k.Inputs), len(k.Scalars))
			continue
		}
		for _, n := range []int{1, 3, 70} {
			if len(k.Outputs) == 0 && n > 1 {
				continue // a sum of copies has other limits
			}
			for _, i := range isa.Available() {
				if got, ok := l.holds(k, i, n); !ok {
					t.Errorf("%s(%v; %v) = %v by %v, %d of them, want %v", l.name, l.in, l.scalars, got, i, n, l.want)
				}
			}
		}
	}
	for _, k := range catalog.Kernels[T]() {
		if len(k.Inputs) == 0 || k.Rows || k.Product || k.Masks {
			continue // nothing goes in; see testRowLimits, TestProductSpecials, TestSelectTo
		}
		if named[k.Name] == 0 {
			t.Errorf("%s: its special values are in no line of limits: add one in kernels/limits_table_test.go", k.Name)
		}
		testNaN(t, k)
	}
}

// holds reports whether an implementation has the limit at each of n elements, and what it gives first.
func (l limit[T]) holds(k catalog.Kernel[T], i isa.ISA, n int) (got float64, ok bool) {
	a := k.NewArgs(catalog.Vector(n))
	a.Scalars = l.scalars
	for j, v := range l.in {
		catalog.FillWith(a.In[j], v)
	}
	r := k.Run(i, a)
	if len(k.Outputs) == 0 {
		return r.Sum, sameBits(r.Sum, l.want)
	}
	for _, v := range r.Out[0] {
		if !sameBits(float64(v), float64(T(l.want))) {
			return float64(v), false
		}
	}
	return float64(r.Out[0][0]), true
}

func sameBits(x, y float64) bool { return catalog.Bits(x) == catalog.Bits(y) }

// takesNaN are kernels whose result is a number for NaN.
var takesNaN = map[string]bool{"CountOutside": true, "ArgMax": true}

// oddNaN is a NaN whose sign and payload, taken for numbers, would do harm.
var oddNaN = math.Float64frombits(0xfff8000020000001)

// testNaN puts NaN into each input among ordinary values.
func testNaN[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	for in := range k.Inputs {
		for _, n := range []int{1, 19} {
			a := k.RandomArgs(catalog.Vector(n), catalog.Usual, 0)
			a.In[in][n-1] = T(oddNaN)
			for _, i := range isa.Available() {
				r := k.Run(i, a)
				for j, out := range r.Out {
					if v := out[n-1]; v == v {
						t.Errorf("%s by %v of %s = NaN: %s is %v", k.Name, i, k.Inputs[in].Name, k.Outputs[j].Name, v)
					}
				}
				if k.Returns && r.Sum == r.Sum && !takesNaN[k.Name] {
					t.Errorf("%s by %v of %s = NaN returns %v", k.Name, i, k.Inputs[in].Name, r.Sum)
				}
			}
		}
	}
}

// TestThresholds tries the numbers next to those where a function of one argument, or how it is computed, changes:
// where it over- or underflows, where its tail ends, the smallest and the largest numbers of each kind.
func TestThresholds(t *testing.T) {
	for _, f := range ref.Functions() {
		testThresholds[float32](t, f)
		testThresholds[float64](t, f)
	}
}

func testThresholds[T kernels.Float](t *testing.T, f ref.Function) {
	k := catalog.Find[T](f.Name)
	var x []T
	for _, edge := range append(f.Edges, extremes[T]()...) {
		for v, i := T(edge), 0; i < 3; i++ {
			x = append(x, v, -v)
			v = next(v)
		}
	}
	a := k.NewArgs(catalog.Vector(len(x)))
	copy(a.In[0], x)
	if f.Slope {
		catalog.FillWith(a.In[1], 1)
	}
	want := k.Expect(a)
	bound := boundOf[T](f.Name)
	for i, y := range want.Out[0] {
		v, e := float64(x[i]), 0.0
		switch {
		case ulp[T](1) > 0x1p-30:
			e = f.Error32(float32(y), v)
		case v > f.Above && v-v == 0:
			e = f.Error64(float64(y), v, 0)
		}
		if !(e <= bound) {
			t.Errorf("%s %s(%x) = %x: %.4g ULP, more than %g", catalog.TypeName[T](), f.Name, v, y, e, bound)
		}
	}
	for _, i := range isa.Available()[1:] {
		if err := k.Compare(i, k.Run(i, a), want); err != nil {
			t.Error(err)
		}
	}
}

// extremes are where the numbers of a kind begin or end.
func extremes[T kernels.Float]() (list []float64) {
	for _, v := range catalog.Specials[T]() {
		list = append(list, float64(v))
	}
	return list
}

// next is the number after x, away from 0, of the same sign.
func next[T kernels.Float](x T) T {
	if y, ok := any(x).(float32); ok {
		return T(math.Float32frombits(math.Float32bits(y) + 1))
	}
	return T(math.Float64frombits(math.Float64bits(float64(x)) + 1))
}
