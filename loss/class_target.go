package loss

import (
	"fmt"
	"math"

	"github.com/simmer-go/simmer/internal/indices"
	"github.com/simmer-go/simmer/internal/total"
)

const (
	defaultIgnore = -100        // what torch ignores unless told otherwise
	noIgnore      = math.MinInt // ignores nothing
)

func ignoreIndex(p *int) int {
	if p == nil {
		return defaultIgnore
	}
	return *p
}

// checkClasses refuses targets that are neither a class nor ignored and returns
// how many are not ignored.
func checkClasses(target []int, cols, ignore int) (kept int, err error) {
	below, above := indices.Outside(target, cols)
	if !below && !above && uint(ignore) >= uint(cols) {
		return len(target), nil
	}
	for i, y := range target {
		if y == ignore {
			continue
		}
		if uint(y) >= uint(cols) {
			return 0, classError(i, y, cols, ignore)
		}
		kept++
	}
	return kept, nil
}

func classError(i, y, cols, ignore int) error {
	if ignore == noIgnore {
		return fmt.Errorf("loss: target[%d] = %d: want a class in [0, %d)", i, y, cols)
	}
	return fmt.Errorf("loss: target[%d] = %d: want a class in [0, %d) or the ignored index %d", i, y, cols, ignore)
}

// keptWeight is what the mean divides by: the sum of the class weights over the
// targets that are not ignored, of which there are so many.
func keptWeight[T Float](target []int, weight []T, ignore, kept int) float64 {
	if weight == nil {
		return float64(kept)
	}
	var sum total.Sum
	for _, y := range target {
		if y != ignore {
			sum.Add(float64(weight[y]))
		}
	}
	return sum.Value()
}

// leaveOut copies the targets to dst with −1 in place of the ignored ones: the
// kernels leave those rows out, value and gradient, whatever they hold.
func leaveOut(dst, target []int, ignore int) []int {
	for i, y := range target {
		if y == ignore {
			y = -1
		}
		dst[i] = y
	}
	return dst
}

// rowWeights writes scale times the weight of each target, 0 if it is ignored.
func rowWeights[T, W Float](dst []T, target []int, weight []W, ignore int, scale T) {
	for i, y := range target {
		switch {
		case y == ignore:
			dst[i] = 0
		case weight == nil:
			dst[i] = scale
		default:
			dst[i] = scale * T(weight[y])
		}
	}
}
