package loss

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// The direct way: without smoothing and without positions after the class axis the
// kernels work on the rows of pred where they are, in T. CrossEntropy takes it.

// direct evaluates all rows, writes what is wanted, and returns the sum.
func (c *classCall[T]) direct() float64 {
	if c.weight == nil && c.kept == len(c.class) {
		return c.unweighted()
	}
	return c.weighted()
}

// unweighted is direct where every row counts as much as any other.
func (c *classCall[T]) unweighted() float64 {
	var sum total.Sum
	scale := T(c.scale)
	for r, n := 0, c.targets; r < c.rows; r += n {
		from, to := r*c.cols, (r+n)*c.cols
		switch x := c.pred[from:to]; {
		case c.dst != nil:
			kernels.CrossEntropyRowsTo(c.dst[r:r+n], x, c.cols, c.class)
		case c.grad != nil:
			sum.Add(kernels.CrossEntropyRowsGrad(c.grad[from:to], x, c.cols, c.class, scale))
		default:
			sum.Add(kernels.CrossEntropyRows(x, c.cols, c.class))
		}
	}
	return sum.Value()
}

// weighted is direct with class weights or rows that are left out, which the kernels leave out.
func (c *classCall[T]) weighted() float64 {
	var (
		values, factors [blockLen]T
		classes         [blockLen]int
		sum             total.Sum
	)
	for r, n := 0, 0; r < c.rows; r += n {
		j := r % c.targets
		n = min(blockLen, c.targets-j)
		from, to := r*c.cols, (r+n)*c.cols
		v, f, x := values[:n], factors[:n], c.pred[from:to]
		t := c.part(j, n)
		y := t.kernelTargets(classes[:n])
		if c.grad == nil {
			kernels.CrossEntropyRowsTo(v, x, c.cols, y)
		} else {
			rowWeights(f, t, c.weight, T(c.scale))
			kernels.CrossEntropyRowsGradTo(c.grad[from:to], v, x, c.cols, y, f)
		}
		rowWeights(f, t, c.weight, 1)
		sum.Add(kernels.Dot(v, f))
		if c.dst != nil {
			kernels.MulTo(c.dst[r:r+n], v, f)
		}
	}
	return sum.Value()
}
