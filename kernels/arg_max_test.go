package kernels_test

import (
	"math"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// Max, ArgMax and ArgMaxRowsTo are what a loop finds that takes one element after the other.
func TestArgMax(t *testing.T) {
	t.Run("float32", testArgMax[float32])
	t.Run("float64", testArgMax[float64])
}

func testArgMax[T kernels.Float](t *testing.T) {
	for _, cols := range []int{1, 2, 3, 7, 16, 33, 40, 41, 64, 65, 100, 511, 512, 513, 1030, 5000} {
		for _, kind := range []catalog.Values{catalog.Usual, catalog.RandomBits} {
			a := catalog.Find[T]("ArgMaxRowsTo").RandomArgs(matrix(9, cols), kind, uint64(cols))
			x := a.In[0]
			for i := range x { // few values, so that many are the same, and no NaN in most rows
				if kind == catalog.Usual {
					x[i] = T(math.Floor(float64(x[i]) / 8))
				} else if x[i] != x[i] && i%cols != 0 {
					x[i] = T(math.Inf(-1))
				}
			}
			for _, i := range isa.Available() {
				checkArgMax(t, i, x, cols)
			}
		}
	}
}

func checkArgMax[T kernels.Float](t *testing.T, i isa.ISA, x []T, cols int) {
	t.Helper()
	defer isa.Use(i)()
	at := kernels.ArgMaxRowsTo(make([]int, len(x)/cols), x, cols)
	for r, got := range at {
		row := x[r*cols : (r+1)*cols]
		want, most := argMaxOf(row)
		if one := kernels.ArgMax(row); got != want || one != want {
			t.Fatalf("%v, row %d of %d: %d, ArgMax %d, want %d", i, r, cols, got, one, want)
		}
		if m := kernels.Max(row); catalog.Bits(m) != catalog.Bits(float64(most)) {
			t.Fatalf("%v, row %d of %d: Max is %v, want %v", i, r, cols, m, most)
		}
	}
}

// argMaxOf is what the doc comments say.
func argMaxOf[T kernels.Float](row []T) (int, T) {
	if slices.ContainsFunc(row, func(v T) bool { return v != v }) {
		return -1, T(math.NaN())
	}
	most := slices.Max(row)
	return slices.Index(row, most), most + 0
}

func TestArgMaxSpecialValues(t *testing.T) {
	t.Run("float32", testArgMaxSpecialValues[float32])
	t.Run("float64", testArgMaxSpecialValues[float64])
}

func testArgMaxSpecialValues[T kernels.Float](t *testing.T) {
	inf, nan, minusZero := T(math.Inf(1)), T(math.NaN()), T(math.Copysign(0, -1))
	for _, c := range []struct {
		x   []T
		max float64
		at  int
	}{
		{nil, math.Inf(-1), -1},
		{[]T{3}, 3, 0},
		{[]T{-inf}, math.Inf(-1), 0},
		{[]T{-inf, -inf}, math.Inf(-1), 0},
		{[]T{-inf, -2, -1, -1}, -1, 2},
		{[]T{1, inf, inf}, math.Inf(1), 1},
		{[]T{1, nan, inf}, math.NaN(), -1},
		{[]T{nan}, math.NaN(), -1},
		{[]T{minusZero, 0, minusZero}, 0, 0},
		{[]T{0, minusZero}, 0, 0},
		{[]T{minusZero}, 0, 0},
		{[]T{-1, minusZero}, 0, 1},
	} {
		long := slices.Clone(c.x) // and after many that are less
		for range 70 {
			long = append([]T{-inf}, long...)
		}
		for _, i := range isa.Available() {
			restore := isa.Use(i)
			if m, at := kernels.Max(c.x), kernels.ArgMax(c.x); catalog.Bits(m) != catalog.Bits(c.max) || at != c.at {
				t.Errorf("%v, %v: Max is %v, ArgMax %d, want %v, %d", i, c.x, m, at, c.max, c.at)
			}
			want := c.at
			if want >= 0 && c.max > math.Inf(-1) {
				want += 70
			} else if c.max == math.Inf(-1) {
				want = 0
			}
			if m, at := kernels.Max(long), kernels.ArgMax(long); catalog.Bits(m) != catalog.Bits(c.max) || at != want {
				t.Errorf("%v, 70 × -Inf and %v: Max is %v, ArgMax %d, want %v, %d", i, c.x, m, at, c.max, want)
			}
			restore()
		}
	}
}
