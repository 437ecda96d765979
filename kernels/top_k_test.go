package kernels_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// TopKRows gives the first k of a stable sort.
func TestTopK(t *testing.T) {
	t.Run("float32", testTopK[float32])
	t.Run("float64", testTopK[float64])
}

func testTopK[T kernels.Float](t *testing.T) {
	for at, cols := range []int{1, 2, 5, 31, 63, 64, 65, 100, 129, 1000, 2047, 2048, 2100, 5000} {
		for _, k := range []int{1, 2, 5, 40, 128, 129, 300, cols - 1, cols} {
			if k < 1 || k > cols {
				continue
			}
			for _, order := range []int{-1, 0, 1, 2} {
				x := make([]T, 3*cols)
				catalog.Fill(x, catalog.Real, uint64(at))
				for i, v := range x { // ascending, descending, many equal ones, as they are
					switch {
					case order == 2:
						x[i] = T(math.Floor(float64(v)))
					case order != 0:
						x[i] = T(order * i)
					}
				}
				x[cols] = T(math.Inf(-1))
				x[2*cols-1] = T(math.Inf(1))
				for _, i := range isa.Available() {
					restore := isa.Use(i)
					checkTopK(t, x, cols, k)
					restore()
				}
			}
		}
	}
}

func checkTopK[T kernels.Float](t *testing.T, x []T, cols, k int) {
	t.Helper()
	rows := len(x) / cols
	values, index := make([]T, rows*k), make([]int, rows*k)
	kernels.TopKRows(values, index, x, cols, k)
	for r := range rows {
		row := x[r*cols : (r+1)*cols]
		order := make([]int, cols)
		for c := range order {
			order[c] = c
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(row[b], row[a]) })
		for i, c := range order[:k] {
			if v, at := values[r*k+i], index[r*k+i]; at != c || v != row[c] {
				t.Fatalf("%d of %d columns, row %d: place %d is %v of column %d, want %v of column %d", k, cols, r, i, v, at, row[c], c)
			}
		}
	}
}

// A row with NaN, wherever it is, gives NaN and −1, and its neighbours what they have.
func TestTopKNaN(t *testing.T) {
	for _, cols := range []int{3, 64, 100, 3000} {
		for _, k := range []int{1, 3, cols/3 + 1} {
			for at := 0; at < cols; at += 1 + cols/70 {
				x := make([]float32, 2*cols)
				for i := range x {
					x[i] = float32(-i)
				}
				x[at] = float32(math.NaN())
				values, index := make([]float32, 2*k), make([]int, 2*k)
				kernels.TopKRows(values, index, x, cols, k)
				for i := range k {
					if values[i] == values[i] || index[i] != -1 || index[k+i] != i {
						t.Fatalf("%d of %d columns, NaN at %d: %v, %v", k, cols, at, values, index)
					}
				}
			}
		}
	}
}

func TestTopKMisuse(t *testing.T) {
	for _, c := range []struct{ values, index, k int }{{2, 2, 0}, {2, 2, -1}, {8, 8, 4}, {5, 6, 3}, {6, 5, 3}, {6, 6, 2}} {
		message := panicOf(func() { kernels.TopKRows(make([]float32, c.values), make([]int, c.index), make([]float32, 6), 3, c.k) })
		if !strings.HasPrefix(message, "kernels: TopKRows: ") || !strings.Contains(message, fmt.Sprint(c.k)) &&
			!strings.Contains(message, fmt.Sprint(c.values)) && !strings.Contains(message, fmt.Sprint(c.index)) {
			t.Errorf("%+v: %q", c, message)
		}
	}
}
