package loss

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// evaluate evaluates all positions, writes what is wanted, and returns the sum.
func (c *classCall[T]) evaluate() float64 {
	var sum total.Sum
	row := c.cols
	for r, n := 0, c.targets; r < c.rows; r += n {
		from, to := r*row, (r+n)*row
		switch x := c.pred[from:to]; {
		case c.dst != nil:
			c.elementsTo(c.dst[r:r+n], x)
		case c.grad != nil:
			sum.Add(c.valueGrad(c.grad[from:to], x))
		default:
			sum.Add(c.value(x))
		}
	}
	return sum.Value()
}

// plain reports whether there are no options that the kernels of rows lack, which take least for few rows.
func (c *classCall[T]) plain() bool {
	return c.inner == 1 && c.prob == nil && c.smoothing == 0 && !c.focal && c.weight == nil && c.kept == len(c.class)
}

func (c *classCall[T]) elementsTo(dst, x []T) {
	if c.plain() {
		kernels.CrossEntropyRowsTo(dst, x, c.cols, c.class)
	} else {
		kernels.ClassLossTo(dst, x, c.targetsOf())
	}
}

func (c *classCall[T]) valueGrad(grad, x []T) float64 {
	if c.plain() {
		return kernels.CrossEntropyRowsGrad(grad, x, c.cols, c.class, T(c.scale))
	}
	return kernels.ClassLossGrad(grad, x, c.targetsOf(), T(c.scale))
}

func (c *classCall[T]) value(x []T) float64 {
	if c.plain() {
		return kernels.CrossEntropyRows(x, c.cols, c.class)
	}
	return kernels.ClassLoss(x, c.targetsOf())
}

// targetsOf is what the kernels compare the logits of a sample with.
func (c *classCall[T]) targetsOf() kernels.ClassTargets[T] {
	return kernels.ClassTargets[T]{
		Cols: c.cols, Positions: c.inner, Target: c.class, Ignore: &c.ignore, Prob: c.prob, Keep: c.mask,
		Weight: c.weight, Smoothing: c.smoothing, Focal: c.focal, Gamma: c.gamma, Alpha: c.alpha,
	}
}
