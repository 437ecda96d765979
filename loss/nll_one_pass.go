package loss

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// onePass is Value where each target is looked at once: it is checked, and its prediction and its weight are read. It
// adds up in the order of run and keptWeight. It is not ok if a target is no class, a mask or samples are given, or
// anything else is wrong.
func (l *NLL[T]) onePass(pred []T, target []int) (value float64, ok bool) {
	c, o := l.call(nil, nil, pred, target)
	if c.mask != nil || c.prepareShape(l.Reduction, o) != nil || c.rows != c.targets || uint(c.ignore) < uint(c.cols) {
		return 0, false
	}
	var values, factors [blockLen]T
	var sum, mass total.Sum
	for r, n := 0, 0; r < c.rows; r += n {
		n = min(blockLen, c.rows-r)
		if c.inner > 1 {
			n = min(n, c.inner-r%c.inner)
		}
		v, w := values[:n], factors[:n]
		if c.weight == nil {
			ok = c.gatherClasses(v, r)
			sum.Add(kernels.Sum(v))
		} else {
			ok = c.gatherWeighted(v, w, r)
			sum.Add(kernels.Dot(v, w))
			mass.Add(kernels.Sum(w))
		}
		if !ok {
			return 0, false
		}
	}
	divisor := float64(c.rows)
	switch {
	case c.weight == nil || l.Reduction != Mean:
	case c.inner > 1 && c.inner%blockLen != 0: // keptWeight has other blocks
		divisor = keptWeight(c.classTargets, c.weight, c.rows)
	default:
		divisor = mass.Value()
	}
	return l.Reduction.reduce(0-sum.Value(), divisor), true
}

// gatherClasses is gather that reports whether all targets are classes.
func (c *classCall[T]) gatherClasses(dst []T, r int) bool {
	at, step, inner, cols, pred := c.base(r), c.step(), c.inner, uint(c.cols), c.pred
	class := c.class[r:][:len(dst)]
	for i, y := range class {
		if uint(y) >= cols {
			return false
		}
		dst[i] = pred[at+y*inner]
		at += step
	}
	return true
}

// gatherWeighted is gatherClasses that reads the weights, too.
func (c *classCall[T]) gatherWeighted(dst, factors []T, r int) bool {
	at, step, inner, weight, pred := c.base(r), c.step(), c.inner, c.weight, c.pred
	class := c.class[r:][:len(dst)]
	factors = factors[:len(dst)]
	for i, y := range class {
		if uint(y) >= uint(len(weight)) {
			return false
		}
		dst[i], factors[i] = pred[at+y*inner], weight[y]
		at += step
	}
	return true
}
