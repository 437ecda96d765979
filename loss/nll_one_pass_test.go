package loss_test

import (
	"errors"
	"math"
	"testing"

	"github.com/simmer-go/simmer/loss"
)

// Value, which looks at each target once, has the bits of ValueGrad, which checks all of them first.
func TestNLLOnePass(t *testing.T) {
	t.Run("float32", testNLLOnePass[float32])
	t.Run("float64", testNLLOnePass[float64])
}

func testNLLOnePass[T loss.Float](t *testing.T) {
	const classes = 3
	weight := []T{0.3, 1.7, 1.1}
	for _, positions := range []int{1, 2, 255, 256, 300, 512} {
		for _, items := range []int{1, 2, 3, 255, 256, 257, 600} {
			target := make([]int, items*positions)
			pred, grad := make([]T, classes*len(target)), make([]T, classes*len(target))
			for i := range target {
				target[i] = i * 7919 % 101 % classes
			}
			for i := range pred {
				pred[i] = -T(i*7919%2003) / 1000
			}
			for _, w := range [][]T{nil, weight} {
				for _, reduction := range []loss.Reduction{loss.Mean, loss.Sum} {
					l := loss.NLL[T]{Reduction: reduction, Classes: classes, Positions: positions, Weight: w}
					value, err := l.Value(pred, target)
					want, errGrad := l.ValueGrad(grad, pred, target)
					if err != nil || errGrad != nil || math.Float64bits(value) != math.Float64bits(want) {
						t.Fatalf("%d items, %d positions, weights %v, %v: %v, %v, want %v, %v",
							items, positions, w, reduction, value, err, want, errGrad)
					}
				}
			}
		}
	}
}

// The last target of several blocks is seen as the first is.
func TestNLLOnePassTargets(t *testing.T) {
	target := make([]int, 600)
	pred := make([]float64, 2*len(target))
	for i := range pred {
		pred[i] = -1
	}
	for _, weight := range [][]float64{nil, {1, 1}} {
		l := loss.NLL[float64]{Reduction: loss.Sum, Classes: 2, Weight: weight}
		for _, at := range []int{0, 255, 256, len(target) - 1} {
			for _, bad := range []int{-1, 2, math.MinInt, math.MaxInt} {
				target[at] = bad
				if _, err := l.Value(pred, target); !errors.Is(err, loss.ErrInput) {
					t.Errorf("target[%d] = %d: %v, want ErrInput", at, bad, err)
				}
			}
			target[at] = -100
			if value, err := l.Value(pred, target); value != float64(len(target)-1) || err != nil {
				t.Errorf("target[%d] ignored: %v, %v, want %d", at, value, err, len(target)-1)
			}
			target[at] = 0
		}
	}
}
