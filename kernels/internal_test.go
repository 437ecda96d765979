package kernels

import (
	"testing"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// TestCalls holds what one call of assembly, which cannot be preempted, handles at most. No result depends on it, but
// for the blocks of sums. (Package simd tests that its functions over slices of any length go by these blocks.)
func TestCalls(t *testing.T) {
	for _, c := range []struct {
		what       string
		size, most int
	}{
		{"elements", fallback.Block, 4096},
		{"elements of a sum that take many operations", fallback.WorkBlock, 1024},
		{"elements of a sum of binary cross-entropies", fallback.LogitBlock, 512},
		{"elements of rows that are taken together", tileRows * fallback.FewColumns, 1024},
		{"elements of short rows", shortRows * fallback.FewColumns, 4096},
		{"elements of positions that are taken together", tileRows * fallback.WorkBlock, 64 * 1024},
		{"elements of panels that are packed", packMost * panelLen[float32](), 16384},
		{"bytes of rows that meet a single output", lanesRows * lanesLen[float64]() * 8, 192 << 10},
		{"random numbers", mostGroups(16, 0) * 16, 4096},
		{"random numbers in float64", mostGroups(8, 0) * 8, 4096},
		{"random numbers before the counter is full", mostGroups(16, 1<<33-8), 2},
		{"elements that are searched", piece, 512},
	} {
		if c.size > c.most || c.size < 1 {
			t.Errorf("%s: %d in a call, want %d at most", c.what, c.size, c.most)
		}
	}
	t.Run("products", func(t *testing.T) {
		testCallsOfProducts[float32](t, 1<<19)
		testCallsOfProducts[float64](t, 1<<18)
	})
}

// testCallsOfProducts bounds the multiply-adds of a call by work.
func testCallsOfProducts[T Float](t *testing.T, work int) {
	for _, i := range isa.Available() {
		restore := isa.Use(i)
		_, bytes := simd.ProductTile()
		columns := panelLen[T]() * bytes / panelBytes
		for k := 1; k <= 1<<20; k += 1 + k/8 {
			c := newCalls[T](k)
			if n := c.rows * min(c.depth, k) * columns; n > work || n < 1 {
				t.Fatalf("%v: rows of %d: %d·%d·%d products in a call", i, k, c.rows, c.depth, columns)
			}
		}
		restore()
	}
}

// TestLayouts wants the layouts that are fastest, which no result shows.
func TestLayouts(t *testing.T) {
	for _, c := range []struct {
		targets   ClassTargets[float32]
		positions int
		want      layout
	}{
		{ClassTargets[float32]{Cols: 10}, 100, byRow}, // which columns serve
		{ClassTargets[float32]{Cols: 10, Smoothing: 0.1}, 7, byRow},
		{ClassTargets[float32]{Cols: 10, Smoothing: 0.1}, 8, turnedRows},
		{ClassTargets[float32]{Cols: 64}, 8, turnedRows},
		{ClassTargets[float32]{Cols: 65}, 100, byRow},
		{ClassTargets[float32]{Cols: 32, Prob: []float32{1}}, 100, turnedRows},
		{ClassTargets[float32]{Cols: 33, Prob: []float32{1}}, 100, byRow},
		{ClassTargets[float32]{Cols: 21, Positions: 100}, 100, inPlace},
		{ClassTargets[float32]{Cols: 21, Positions: 128 * 128}, 128 * 128, apart},
		{ClassTargets[float32]{Cols: 100, Positions: 128 * 128}, 128 * 128, inPlace},
	} {
		if got := c.targets.choose(c.positions); got != c.want {
			t.Errorf("%d classes, %d positions each, %d in all: layout %d, want %d",
				c.targets.Cols, c.targets.Positions, c.positions, got, c.want)
		}
	}
}
