package loss

import (
	"math"

	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// The mixed way: rows of pred are copied to float64, whatever T is, and worked on
// there, as many at a time as fit the buffers. CrossEntropy with smoothing or with
// positions after the class axis takes it, CrossEntropyProb and Focal always do.

const (
	blockLogits = 512 // of all rows of a block
	blockRows   = 64
)

// mixed evaluates all rows, writes what is wanted, and returns the sum.
func (c *classCall[T]) mixed() float64 {
	var (
		sum    total.Sum
		values [blockRows]float64
	)
	for r, n := 0, 0; r < c.rows; r += n {
		if c.cols > blockLogits {
			n = 1
			values[0] = c.longRow(r)
		} else {
			n = min(blockRows, blockLogits/c.cols, c.targets-r%c.targets)
			c.block(values[:n], r)
		}
		sum.Add(kernels.Sum(values[:n]))
		if c.dst != nil {
			convert(c.dst[r:r+n], values[:n])
		}
	}
	return sum.Value()
}

// soft says that a row has more than one term.
func (c *classCall[T]) soft() bool { return c.prob != nil || c.smoothing > 0 }

// ignored says whether the target of a row is left out.
func (c *classCall[T]) ignored(row int) bool {
	if c.class == nil {
		return !kept(c.mask, row)
	}
	return c.leftOut(row % c.targets)
}

// block evaluates the rows from r on, so many as there are values.
func (c *classCall[T]) block(values []float64, r int) {
	if c.soft() {
		c.softBlock(values, r)
	} else {
		c.hardBlock(values, r)
	}
}

// hardBlock takes rows with one term each: a function of the cross-entropy.
func (c *classCall[T]) hardBlock(values []float64, r int) {
	var (
		logits, grads   [blockLogits]float64
		slopes, scratch [blockRows]float64
		classes         [blockRows]int
	)
	n, j := len(values), r%c.targets
	x := logits[:n*c.cols]
	for i := range n {
		c.gather(x[i*c.cols:(i+1)*c.cols], c.pred, r+i, 0)
	}
	t := c.part(j, n)
	y := t.kernelTargets(classes[:n])
	kernels.CrossEntropyRowsTo(values, x, c.cols, y)
	c.finish(values, slopes[:n], r)
	if c.grad == nil {
		return
	}
	g := grads[:len(x)]
	kernels.CrossEntropyRowsGradTo(g, scratch[:n], x, c.cols, y, slopes[:n])
	for i := range n {
		c.scatter(g[i*c.cols:(i+1)*c.cols], r+i, 0)
	}
}

// finish turns the cross-entropies of rows, 0 for ignored ones, into values, and
// writes the derivative of the result by each.
func (c *classCall[T]) finish(values, slopes []float64, r int) {
	t := c.part(r%c.targets, len(values))
	rowWeights(slopes, t, c.weight, 1)
	kernels.MulTo(values, values, slopes)
	if c.focal {
		focalFactors(values, slopes, c.gamma)
	}
	if c.alpha != nil {
		var alpha [blockRows]float64
		a := alpha[:len(values)]
		rowWeights(a, t, c.alpha, 1)
		kernels.MulTo(values, values, a)
		kernels.MulTo(slopes, slopes, a)
	}
	kernels.ScaleTo(slopes, c.scale, slopes)
}

// softBlock takes rows with the value −Σ_c q_c·lp_c, lp = log softmax.
func (c *classCall[T]) softBlock(values []float64, r int) {
	var logits, masses [blockLogits]float64
	n := len(values)
	lp, q := logits[:n*c.cols], masses[:n*c.cols]
	for i := range n {
		row := lp[i*c.cols : (i+1)*c.cols]
		c.gather(row, c.pred, r+i, 0)
		c.masses(q[i*c.cols:(i+1)*c.cols], r+i, 0)
	}
	kernels.LogSoftmaxRowsTo(lp, lp, c.cols)
	for i := range n {
		values[i] = 0
		if !c.ignored(r + i) {
			values[i] = -c.expectation(q[i*c.cols:(i+1)*c.cols], lp[i*c.cols:(i+1)*c.cols])
		}
	}
	if c.grad == nil {
		return
	}
	p := kernels.ExpTo(lp, lp)
	for i := range n {
		row, mass := p[i*c.cols:(i+1)*c.cols], q[i*c.cols:(i+1)*c.cols]
		c.softGrad(row, mass, kernels.Sum(mass), r+i, 0)
	}
}

// expectation is Σ q·lp, in which a class probability of 0 leaves out a lp of −Inf. It overwrites such an lp by a
// number whose exponential is 0 as well.
func (c *classCall[T]) expectation(q, lp []float64) float64 {
	v := kernels.Dot(q, lp)
	if v == v || c.prob == nil {
		return v
	}
	for i, p := range q {
		if p == 0 && math.IsInf(lp[i], -1) {
			lp[i] = -math.MaxFloat64
		}
	}
	return kernels.Dot(q, lp)
}

// masses writes the q of some classes of a row, from class k on:
// q_c = w_c·((1−e)·t_c + e/C), t the target distribution.
func (c *classCall[T]) masses(q []float64, row, k int) {
	even := c.smoothing / float64(c.cols)
	if c.prob != nil {
		c.gather(q, c.prob, row%c.targets, k)
		for i, t := range q {
			q[i] = float64((1-c.smoothing)*t) + even
		}
	} else {
		for i := range q {
			q[i] = even
		}
		if y := c.class[row%c.targets]; !c.ignored(row) && y >= k && y < k+len(q) {
			q[y-k] += 1 - c.smoothing
		}
	}
	if c.weight != nil {
		for i := range q {
			q[i] *= float64(c.weight[k+i])
		}
	}
}

// softGrad writes the gradient of some classes of a row, scale·(Q·p − q) with
// Q = Σ q; it overwrites p.
func (c *classCall[T]) softGrad(p, q []float64, all float64, row, k int) {
	if c.ignored(row) {
		clear(p)
	} else {
		for i := range p {
			p[i] = c.scale * (float64(all*p[i]) - q[i])
		}
	}
	c.scatter(p, row, k)
}

// gather reads some classes of a row, from class k on.
func (c *classCall[T]) gather(dst []float64, from []T, row, k int) {
	at := c.base(row) + k*c.inner
	for i := range dst {
		dst[i] = float64(from[at])
		at += c.inner
	}
}

// scatter writes some classes of a row of the gradient, from class k on.
func (c *classCall[T]) scatter(src []float64, row, k int) {
	at := c.base(row) + k*c.inner
	for _, v := range src {
		c.grad[at] = T(v)
		at += c.inner
	}
}
