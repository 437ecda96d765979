package kernels_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// The target's gradient of a confident row, p − 1, is what the other classes have: it is not what is left of p in T.
// All layouts are tried: a row alone, rows in lanes, turned and long rows, and positions.
func TestConfidentGradient(t *testing.T) {
	t.Run("float32", testConfidentGradient[float32])
	t.Run("float64", testConfidentGradient[float64])
}

func testConfidentGradient[T kernels.Float](t *testing.T) {
	u := 0x1p-53
	if catalog.TypeName[T]() == "float32" {
		u = 0x1p-24
	}
	for _, s := range [][3]int{
		{1, 4, 1}, {70, 4, 1}, {9, 16, 1}, {9, 40, 1}, {3, 300, 1}, {2, 1030, 1}, {2, 5, 9}, {1, 70, 70}, {1, 1030, 3},
	} {
		for _, gap := range []float64{1, 10, 18, 30, 80} {
			x, target := make([]T, s[0]*s[1]*s[2]), make([]int, s[0]*s[2])
			catalog.Fill(x, catalog.Probability, uint64(gap))
			for r := range target {
				target[r] = (r*7 + 2) % s[1]
				x[r/s[2]*s[1]*s[2]+target[r]*s[2]+r%s[2]] = T(1 + gap)
			}
			const scale = 0.25
			check := func(what string, grad []T) {
				t.Helper()
				for r, y := range target {
					row, others := classRow(x, s, r), 0.0
					for c, v := range row {
						if c != y {
							others += math.Exp(float64(v) - float64(row[y]))
						}
					}
					want, got := -scale*others/(1+others), float64(classRow(grad, s, r)[y])
					if !(math.Abs(got-want) <= 10*u*math.Abs(want)+0x1.8p-53*scale) {
						t.Errorf("%s, gap %v: the target's gradient of position %d is %v, want %v", what, gap, r, got, want)
					}
				}
			}
			for _, i := range isa.Available() {
				restore := isa.Use(i)
				name := fmt.Sprintf("%v, %v", i, s)
				grad, dst := make([]T, len(x)), make([]T, len(target))
				l := kernels.ClassTargets[T]{Cols: s[1], Positions: s[2], Target: target}
				kernels.ClassLossGrad(grad, x, l, scale)
				check(name+", ClassLossGrad", grad)
				if s[2] == 1 {
					kernels.CrossEntropyRowsGrad(grad, x, s[1], target, scale)
					check(name+", CrossEntropyRowsGrad", grad)
					scales := make([]T, len(target))
					catalog.FillWith(scales, scale)
					kernels.CrossEntropyRowsGradTo(grad, dst, x, s[1], target, scales)
					check(name+", CrossEntropyRowsGradTo", grad)
				}
				restore()
			}
		}
	}
}
