package loss

import (
	"math"

	"github.com/simmer-go/simmer/internal/indices"
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
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

// classTargets are class indices, of which some may be left out: by the ignored index, or by the mask.
type classTargets struct {
	class  []int
	mask   []bool // nil keeps all
	ignore int
}

// part is n targets from position j on.
func (t *classTargets) part(j, n int) classTargets {
	p := classTargets{class: t.class[j : j+n], ignore: t.ignore}
	if t.mask != nil {
		p.mask = t.mask[j : j+n]
	}
	return p
}

// leftOut reports whether a target is.
func (t *classTargets) leftOut(j int) bool {
	return t.class[j] == t.ignore || t.mask != nil && !t.mask[j]
}

// check refuses targets that are neither a class nor left out and returns how many are not left out.
func (t *classTargets) check(cols int) (kept int, err error) {
	if err := checkMask(t.mask, len(t.class)); err != nil {
		return 0, err
	}
	below, above := indices.Outside(t.class, cols)
	if !below && !above && uint(t.ignore) >= uint(cols) && t.mask == nil {
		return len(t.class), nil
	}
	for i, y := range t.class {
		if t.leftOut(i) {
			continue
		}
		if uint(y) >= uint(cols) {
			return 0, classError(i, y, cols, t.ignore)
		}
		kept++
	}
	return kept, nil
}

func classError(i, y, cols, ignore int) error {
	if ignore == noIgnore {
		return inputError("loss: target[%d] = %d: want a class in [0, %d)", i, y, cols)
	}
	return inputError("loss: target[%d] = %d: want a class in [0, %d) or the ignored index %d", i, y, cols, ignore)
}

// keptWeight is what the mean divides by: the sum of the class weights over the targets that are not left out, of which
// there are so many.
func keptWeight[T Float](t classTargets, weight []T, kept int) float64 {
	if weight == nil {
		return float64(kept)
	}
	var sum total.Sum
	var weights [blockLen]T
	for j, n := 0, 0; j < len(t.class); j += n {
		n = min(blockLen, len(t.class)-j)
		classWeights(weights[:n], t.part(j, n), weight, kept == len(t.class))
		sum.Add(kernels.Sum(weights[:n]))
	}
	return sum.Value()
}

// kernelTargets copies the targets to dst with −1 in place of those that are left out: the kernels leave those rows
// out, value and gradient, whatever they hold.
func (t *classTargets) kernelTargets(dst []int) []int {
	for i, y := range t.class {
		if t.leftOut(i) {
			y = -1
		}
		dst[i] = y
	}
	return dst
}

// classWeights writes the weight of each target, 0 if it is left out; all reports whether none is.
func classWeights[T Float](dst []T, t classTargets, weight []T, all bool) {
	if all {
		for i, y := range t.class {
			dst[i] = weight[y]
		}
		return
	}
	for i, y := range t.class {
		dst[i] = 0
		if !t.leftOut(i) {
			dst[i] = weight[y]
		}
	}
}

// checkProbabilities refuses targets outside [0, 1] but where they are left out.
func (c *classCall[T]) checkProbabilities() error {
	if kernels.CountOutside(c.prob, 0, 1) == 0 {
		return nil
	}
	row := c.cols * c.inner
	for i, v := range c.prob {
		if !(v >= 0 && v <= 1) && kept(c.mask, i/row*c.inner+i%c.inner) {
			return inputError("loss: target[%d] = %v: want a probability in [0, 1]", i, v)
		}
	}
	return nil
}
