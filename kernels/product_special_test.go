package kernels_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// A special value in an operand has the effect on all results which it is part of that exact arithmetic gives it, and
// none on the others.
func TestProductSpecials(t *testing.T) {
	forEachProduct(t, testProductSpecials[float32], testProductSpecials[float64])
}

func testProductSpecials[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	for _, s := range []catalog.Shape{product(3, 5, 9), product(2, 66, 2)} {
		if k.Work(s) > 1000 {
			continue
		}
		call := k.RandomArgs(s, catalog.Usual, 3)
		step := 1 + s.Depth/2 // of what is tried, for the sake of time
		if testing.Short() {
			step *= 4
		}
		plain := k.Expect(call).Out[0]
		for in, x := range call.In {
			for at := range x {
				usual := x[at]
				for v, special := range catalog.Specials[T]() {
					if (at+v)%step == 0 {
						x[at] = special
						checkSpecial(t, k, call, plain, fmt.Sprintf("%s[%d] = %v", k.Inputs[in].Name, at, special))
					}
				}
				x[at] = usual
			}
		}
	}
}

func checkSpecial[T kernels.Float](t *testing.T, k catalog.Kernel[T], call catalog.Args[T], plain []T, what string) {
	t.Helper()
	want := make([]T, len(plain))
	for e := range want {
		want[e] = plain[e]
		if el := elementOf(t, k, call, e); el.special() {
			want[e] = el.inOrder()
		}
	}
	for _, i := range isa.Available() {
		same(t, what, i, k, k.Run(i, call), catalog.Results[T]{Out: [][]T{want}})
	}
}

// special reports whether one of the numbers is one of Specials.
func (el element[T]) special() bool {
	isSpecial := func(v T) bool {
		m := math.Abs(float64(v))
		return !(m > 0x1p-100 && m < 0x1p100) || m == 1
	}
	for _, s := range el.sums {
		if isSpecial(s.start) {
			return true
		}
		for p := range s.n {
			if isSpecial(*s.a.at(p)) || isSpecial(*s.b.at(p)) {
				return true
			}
		}
	}
	return false
}

// NaN and Inf reach every result which they are part of, also when they are multiplied by 0.
func TestZeroTimesNaN(t *testing.T) {
	forEachProduct(t, testZeroTimesNaN[float32], testZeroTimesNaN[float64])
}

func testZeroTimesNaN[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	if len(k.Inputs) < 2 || k.Function == "AddColumnSumsTo" {
		t.Skip("multiplies by 1")
	}
	for _, s := range []catalog.Shape{product(3, 5, 9), product(9, 66, 35)} {
		if k.Work(s) > 50_000 {
			continue
		}
		for in, o := range k.Inputs {
			if o.Size != catalog.Left && o.Size != catalog.Right {
				continue
			}
			call := k.NewArgs(s)
			for at := 0; at < len(call.In[in]); at += 1 + s.Depth/2 {
				call.In[in][at] = catalog.Specials[T]()[at%3] // NaN, Inf, −Inf
				want := k.NewArgs(s).Out
				for e := range want[0] {
					if elementOf(t, k, call, e).uses(&call.In[in][at]) {
						want[0][e] = T(math.NaN())
					}
				}
				for _, i := range isa.Available() {
					what := fmt.Sprintf("0·%s[%d], which is %v", o.Name, at, call.In[in][at])
					same(t, what, i, k, k.Run(i, call), catalog.Results[T]{Out: want})
				}
				call.In[in][at] = 0
			}
		}
	}
}

// A start of -0 stays if there is nothing to add, and if what is added is -0 by underflow; from +0, nothing gives -0.
func TestProductZeros(t *testing.T) {
	t.Run("float32", testProductZeros[float32])
	t.Run("float64", testProductZeros[float64])
}

func testProductZeros[T kernels.Float](t *testing.T) {
	zero, tiny := T(math.Copysign(0, -1)), T(ulp[T](0))
	for _, c := range []struct {
		name        string
		k           int
		x, w, start T
		negative    bool
	}{
		{"nothing to add", 0, 0, 0, zero, true},
		{"nothing to add", 0, 0, 0, 0, false},
		{"products of +0", 1, 0, 1, zero, false},
		{"products of -0", 1, zero, 1, zero, false}, // a chain begins at +0
		{"products that underflow to -0", 1, tiny, -tiny, zero, true},
		{"products that underflow to -0", 1, tiny, -tiny, 0, false},
		{"products that underflow to -0", 130, tiny, -tiny, zero, true},
		{"products that underflow to -0", 130, tiny, -tiny, 0, false},
		{"products that underflow to +0", 130, tiny, tiny, zero, false},
	} {
		const rows, n = 9, 35
		x, w, bias := full(rows*c.k, c.x), full(c.k*n, c.w), full(n, c.start)
		for _, i := range isa.Available() {
			restore := isa.Use(i)
			packed := kernels.Pack(w, n, c.k, c.k)
			for function, got := range map[string][]T{
				"AffineTo":         kernels.AffineTo(make([]T, rows*n), x, packed, bias),
				"AffineReLUTo":     kernels.AffineReLUTo(make([]T, rows*n), x, packed, bias),
				"AddTransMatMulTo": kernels.AddTransMatMulTo(full(rows*n, c.start), x, w, rows, c.k, n),
			} {
				for e, v := range got {
					if v != 0 || math.Signbit(float64(v)) != c.negative {
						t.Fatalf("%s by %v: %v and %d %s: result %d is %v", function, i, c.start, c.k, c.name, e, v)
					}
				}
			}
			for e, v := range kernels.MatMulTo(make([]T, rows*n), x, w, rows, c.k, n) {
				if catalog.Bits(v) != 0 {
					t.Fatalf("MatMulTo by %v: %d %s: result %d is %v", i, c.k, c.name, e, v)
				}
			}
			restore()
		}
	}
}

// full is n times v.
func full[T kernels.Float](n int, v T) []T {
	x := make([]T, n)
	catalog.FillWith(x, v)
	return x
}
