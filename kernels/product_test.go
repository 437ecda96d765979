package kernels_test

import (
	"slices"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// Products give the bits of Generic for every number of rows and columns around those of tiles, and for depths around
// multiples of a chunk.
func TestProducts(t *testing.T) {
	forEachProduct(t, testProducts[float32], testProducts[float64])
}

// forEachProduct is forEachKernel without the others, of which nobody wants to read that they are skipped.
func forEachProduct(
	t *testing.T, test32 func(*testing.T, catalog.Kernel[float32]), test64 func(*testing.T, catalog.Kernel[float64]),
) {
	for at, k := range catalog.Kernels[float32]() {
		if k.Product {
			t.Run(k.Name+"/float32", func(t *testing.T) { test32(t, k) })
			t.Run(k.Name+"/float64", func(t *testing.T) { test64(t, catalog.Kernels[float64]()[at]) })
		}
	}
}

var (
	allValues    = []catalog.Values{catalog.Usual, catalog.RandomBits, catalog.AllExponents}
	finiteValues = []catalog.Values{catalog.Usual, catalog.AllExponents}
)

func testProducts[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	for at, s := range slices.Concat(allProducts(), edgeProducts(), manyRows()) {
		if k.Terms() > 1 && k.Work(s) > 1<<16 {
			continue // for the sake of Generic
		}
		values := allValues[at%3]
		if values == catalog.RandomBits && s.Depth > 20 {
			values = catalog.Usual // instead of nothing but NaN
		}
		a := k.RandomArgs(s, values, uint64(at))
		want := k.Expect(a)
		for _, i := range tested() {
			if err := k.Check(i, a, at%16, want); err != nil {
				t.Fatalf("%d×%d by %d×%d, inputs %d: %v", s.Rows, s.Depth, s.Depth, s.Cols, values, err)
			}
		}
	}
}

// allProducts are all numbers of rows up to twice the height of the highest tile and more, with every second number of
// columns up to two registers and around those of tiles, and depths in turn; and those that are split over calls.
func allProducts() (list []catalog.Shape) {
	step := 2
	if testing.Short() {
		step = 5
	}
	cols := []int{39, 40, 41, 47, 48, 49, 56, 63, 64, 65, 70}
	depths := []int{1, 65, 2, 17, 3, 64, 5, 130, 4, 7, 128}
	for n := range 36 {
		cols = append(cols, n)
	}
	for rows := range 27 {
		for at, n := range cols {
			if (rows+at)%step == 0 {
				list = append(list, product(rows, depths[(rows+at)%len(depths)], n))
			}
		}
	}
	if testing.Short() {
		return append(list, product(25, 641, 33), product(49, 1300, 5))
	}
	return append(list,
		product(100, 2100, 33), product(97, 1281, 17), product(49, 1280, 40), product(24, 1279, 70), product(25, 645, 64),
		product(250, 64, 65), product(239, 65, 9), product(1550, 10, 3), product(15400, 1, 2),
		product(9, 2113, 17), product(7, 5507, 9), product(1, 5507, 1), product(150, 5507, 2),
		product(97, 257, 129), product(96, 300, 65), product(200, 63, 140), product(121, 513, 161))
}

// manyRows are those from which on rows may be in lanes, or panels copied, with the columns for which that pays.
func manyRows() (list []catalog.Shape) {
	depths := []int{1, 65, 0, 7, 63, 64, 128, 130, 256, 257, 320}
	for at, m := range []int{15, 16, 17, 31, 32, 33, 48, 64, 65, 95, 96, 97, 143, 144, 145, 193} {
		for n := 1; n <= 8; n++ {
			if !testing.Short() || (at+n)%3 == 0 {
				list = append(list, product(m, depths[(at+3*n)%len(depths)], n))
			}
		}
	}
	return list
}

// edgeProducts are all depths around chunks and calls, with the rows and columns that matter most.
func edgeProducts() (list []catalog.Shape) {
	for at, k := range []int{0, 1, 2, 3, 63, 64, 65, 66, 127, 128, 129, 130, 193, 256, 257, 639, 640, 641} {
		for i, m := range []int{1, 2, 5, 7, 9, 15, 16, 17, 25, 31, 32, 33, 48, 65} {
			for j, n := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 33} {
				if (at+i+j)%5 == 0 && (k < 256 || m == 9 || n == 3) {
					list = append(list, product(m, k, n))
				}
			}
		}
	}
	return append(list, product(0, 3, 4), product(3, 4, 0), product(0, 0, 0))
}

// The rows of a product are the same in any batch and at any place in it.
func TestBatches(t *testing.T) {
	forEachProduct(t, testBatches[float32], testBatches[float64])
}

func testBatches[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	switch k.Function {
	case "AddTransMatMulTo", "AddTransMatMulRowsTo", "AddColumnSumsTo":
		t.Skip("sums over the rows, see TestAddInParts")
	case "TransposeTo":
		t.Skip("rows become columns")
	}
	const rows = 100
	for at, s := range []catalog.Shape{
		product(rows, 64, 10), product(rows, 129, 33), product(rows, 641, 17), product(rows, 66, 1), product(rows, 257, 140),
	} {
		if k.Work(s) > 1<<23 || testing.Short() && k.Work(s) > 1<<22 {
			continue // for the sake of Generic
		}
		a := k.Ready(k.RandomArgs(s, finiteValues[at%2], uint64(at)))
		want := k.Expect(a).Out[0]
		for _, i := range tested() {
			for _, batch := range []int{1, 2, 3, 7, 24, rows} {
				for first := 0; first < rows; first += batch {
					last := min(first+batch, rows)
					got := k.Run(i, rowsOf(k, a, first, last)).Out[0]
					if d := catalog.Difference(got, want[first*s.Cols:last*s.Cols]); d >= 0 {
						t.Fatalf("%v: %+v, rows %d to %d: element %d differs", i, s, first, last, d)
					}
				}
			}
		}
	}
}

// rowsOf is the product of some rows only, at a place of its own in memory.
func rowsOf[T kernels.Float](k catalog.Kernel[T], a catalog.Args[T], first, last int) catalog.Args[T] {
	part := k.NewArgs(product(last-first, a.Depth, a.Cols))
	part.Packed = a.Packed
	for j, o := range k.Inputs {
		switch part.In[j] = a.In[j]; o.Size {
		case catalog.Left:
			part.In[j] = a.In[j][first*a.Depth : last*a.Depth]
		case catalog.Whole:
			part.In[j] = a.In[j][first*a.Cols : last*a.Cols]
		}
	}
	return part
}

// Each output is the same whatever other outputs are packed beside it.
func TestOutputsAlone(t *testing.T) {
	t.Run("float32", testOutputsAlone[float32])
	t.Run("float64", testOutputsAlone[float64])
}

func testOutputsAlone[T kernels.Float](t *testing.T) {
	const rows, k, n = 9, 130, 70
	a := catalog.Find[T]("AffineTo").RandomArgs(product(rows, k, n), catalog.Usual, 4)
	x, w, bias := a.In[0], a.In[1], a.In[2]
	for _, i := range isa.Available() {
		restore := isa.Use(i)
		whole := kernels.AffineTo(make([]T, rows*n), x, kernels.Pack(w, n, k, k), bias)
		for _, width := range []int{1, 3, 8, 16, 33} {
			for j := 0; j+width <= n; j += width {
				part := kernels.AffineTo(make([]T, rows*width), x, kernels.Pack(w[j*k:], width, k, k), bias[j:j+width])
				for r := range rows {
					if d := catalog.Difference(part[r*width:(r+1)*width], whole[r*n+j:]); d >= 0 {
						t.Fatalf("%v: output %d of row %d, packed with %d, is %v, else %v",
							i, j+d, r, width, part[r*width+d], whole[r*n+j+d])
					}
				}
			}
		}
		restore()
	}
}

// What is added in parts of multiples of 64 rows is the same as at once.
func TestAddInParts(t *testing.T) {
	t.Run("float32", testAddInParts[float32])
	t.Run("float64", testAddInParts[float64])
}

func testAddInParts[T kernels.Float](t *testing.T) {
	for at, s := range []catalog.Shape{product(9, 64, 5), product(25, 1000, 33), product(6, 1985, 17), product(1, 16500, 3)} {
		a := catalog.Find[T]("AddTransMatMulTo").RandomArgs(s, finiteValues[at%2], uint64(at))
		for _, i := range isa.Available() {
			restore := isa.Use(i)
			for _, rows := range []int{64, 128, 640, 704} {
				dst, sums := a.Clone().In[0], a.Clone().In[0][:s.Cols]
				wantSums := kernels.AddColumnSumsTo(a.Clone().In[0][:s.Cols], a.In[2])
				want := kernels.AddTransMatMulTo(a.Clone().In[0], a.In[1], a.In[2], s.Rows, s.Depth, s.Cols)
				for first := 0; first < s.Depth; first += rows {
					k := min(rows, s.Depth-first)
					x, y := a.In[1][first*s.Rows:][:k*s.Rows], a.In[2][first*s.Cols:][:k*s.Cols]
					kernels.AddTransMatMulTo(dst, x, y, s.Rows, k, s.Cols)
					kernels.AddColumnSumsTo(sums, y)
				}
				if catalog.Difference(dst, want) >= 0 || catalog.Difference(sums, wantSums) >= 0 {
					t.Errorf("%v: %+v differs in parts of %d rows", i, s, rows)
				}
			}
			restore()
		}
	}
}
