package kernels_test

import (
	"testing"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// A row kernel gives the same bits on every implementation, for every number of rows and columns, and for each row
// those that it gives for a matrix of that row alone, whichever way it is vectorised.
func TestRows(t *testing.T) {
	forEachKernel(t, testRows[float32], testRows[float64])
}

func testRows[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	if !k.Rows {
		t.Skip("see TestEqualBits, TestProducts")
	}
	for at, s := range rowShapes() {
		for kind := range 3 {
			if kind != at%3 && (testing.Short() || s.Cols > narrow) {
				continue
			}
			a := rowArgs(k, s, kind, uint64(at))
			want := catalog.Results[T]{Out: rowByRow(k, a, s)}
			if k.Returns { // of all rows together
				want.Sum = k.Expect(a).Sum
			}
			for j, o := range k.Outputs {
				if o.Size == catalog.PerCol { // likewise
					want.Out[j] = k.Expect(a).Out[j]
				}
			}
			for _, i := range isa.Available() {
				if err := k.Check(i, a, at%16, want); err != nil {
					t.Fatalf("%d rows of %d, inputs %d: %v", s.Rows, s.Cols, kind, err)
				}
			}
		}
	}
}

// narrow is the number of columns up to which a matrix is tried with every kind of inputs and every number of rows, which
// may share registers. Wider ones take turns: a third of the numbers of rows, one kind.
const narrow = 10

func rowShapes() (list []catalog.Shape) {
	rows := []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 13, 15, 16, 17, 31, 32, 33, 63, 64, 65, 70}
	most := 70
	if testing.Short() {
		rows, most = []int{0, 1, 5, 16, 33, 70}, 20
	}
	for cols := 1; cols <= most; cols++ {
		for at, r := range rows {
			if cols <= narrow || (cols+at)%3 == 0 {
				list = append(list, matrix(r, cols))
			}
		}
	}
	for r := range 71 { // the number of rows matters most where registers hold several
		list = append(list, matrix(r, 2), matrix(r, 3), matrix(r, 10))
	}
	for _, cols := range []int{100, 127, 128, 129, 255, 256, 257, 1000} {
		list = append(list, matrix(3, cols))
	}
	for _, block := range []int{fallback.WorkBlock, fallback.Block} {
		list = append(list, matrix(2, block-1), matrix(2, block), matrix(2, block+1), matrix(1, 3*block+5))
	}
	return append(list, matrix(130, 7), matrix(300, 1), matrix(257, 16), matrix(129, 17))
}

// rowArgs makes usual values (0), random bits (1), or usual values with a special one in a third of the rows (2).
func rowArgs[T kernels.Float](k catalog.Kernel[T], s catalog.Shape, kind int, seed uint64) catalog.Args[T] {
	if kind == 1 {
		return k.RandomArgs(s, catalog.RandomBits, seed)
	}
	a := k.RandomArgs(s, catalog.Usual, seed)
	if kind == 0 {
		return a
	}
	special := catalog.Specials[T]()
	for r := int(seed % 3); r < s.Rows; r += 3 {
		at := r*s.Cols + (r*7+int(seed))%s.Cols
		a.In[0][at] = special[(r/3+int(seed))%len(special)]
	}
	return a
}

// A matrix without columns has no elements, and no rows.
func TestNoColumns(t *testing.T) {
	forEachKernel(t, testNoColumns[float32], testNoColumns[float64])
}

func testNoColumns[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	if !k.Rows {
		t.Skip("it takes no columns")
	}
	if sum := k.Do(k.NewArgs(matrix(0, 0))).Sum; sum != 0 {
		t.Errorf("the sum of nothing is %v", sum)
	}
	for _, o := range k.Outputs {
		if o.Size == catalog.PerRow {
			expectPanic(t, k, k.NewArgs(matrix(2, 0)), "2 rows without columns", "2")
		}
	}
}

// rowByRow asks Generic for one row at a time.
func rowByRow[T kernels.Float](k catalog.Kernel[T], a catalog.Args[T], s catalog.Shape) [][]T {
	want := k.NewArgs(s).Out
	defer isa.Use(isa.Generic)()
	row := k.NewArgs(matrix(1, s.Cols))
	row.Scalars = a.Scalars
	for r := range s.Rows {
		for j, o := range k.Inputs {
			row.In[j] = rowOf(k, o, a.In[j], r, s)
		}
		for j, o := range k.Outputs {
			row.Out[j] = rowOf(k, o, want[j], r, s)
		}
		if k.Masks {
			row.Keep = a.Keep[r*s.Cols : (r+1)*s.Cols]
		}
		if k.Classes {
			row.Target = a.Target[r : r+1]
		}
		k.Do(row)
		for j, o := range k.Outputs {
			if k.Columns && o.Size == catalog.Whole {
				for c, v := range row.Out[j] {
					want[j][c*s.Rows+r] = v
				}
			}
		}
	}
	return want
}

// rowOf is the part of x that belongs to row r, or a copy if that is a column.
func rowOf[T kernels.Float](k catalog.Kernel[T], o catalog.Operand, x []T, r int, s catalog.Shape) []T {
	switch {
	case o.Size == catalog.PerCol:
		return x
	case k.Columns && o.Size == catalog.Whole:
		return classRow(x, [3]int{1, s.Cols, s.Rows}, r)
	}
	n := o.Elements(matrix(1, s.Cols))
	return x[r*n : (r+1)*n]
}

// LogSumExpRowsTo is LogSumExp of each row, rounded once.
func TestRowsAreVectors(t *testing.T) {
	t.Run("float32", testRowsAreVectors[float32])
	t.Run("float64", testRowsAreVectors[float64])
}

func testRowsAreVectors[T kernels.Float](t *testing.T) {
	k := catalog.Find[T]("LogSumExpRowsTo")
	for at, s := range rowShapes() {
		a := rowArgs(k, s, at%3, uint64(at))
		for _, i := range isa.Available() {
			restore := isa.Use(i)
			kernels.LogSumExpRowsTo(a.Out[0], a.In[0], s.Cols)
			for r, got := range a.Out[0] {
				if want := T(kernels.LogSumExp(a.In[0][r*s.Cols : (r+1)*s.Cols])); catalog.Bits(got) != catalog.Bits(want) {
					t.Fatalf("%v: row %d of %d×%d: %v, LogSumExp gives %v", i, r, s.Rows, s.Cols, got, want)
				}
			}
			restore()
		}
	}
}
