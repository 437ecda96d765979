package loss

import (
	"fmt"
	"math"

	"github.com/simmer-go/simmer/kernels"
)

// classRun is one evaluation of a loss over classes: its arguments, checked, and
// what to write.
type classRun[T Float] struct {
	classShape
	pred      []T
	class     []int // class targets, or nil
	prob      []T   // probability targets, or nil
	weight    []T
	ignore    int
	kept      int // class targets that are not ignored
	smoothing float64
	focal     bool
	gamma     float64
	scale     float64 // of the gradient
	dst, grad []T     // nil if not wanted
}

func (c *classRun[T]) samples() float64 { return float64(c.rows) / float64(max(c.targets, 1)) }

// prepare checks a loss with class indices before anything is written and returns
// what its mean divides by.
func (c *classRun[T]) prepare(r Reduction, classes, positions int, pred []T, dst, grad *[]T) (divisor float64, err error) {
	if err = r.check(); err != nil {
		return 0, err
	}
	c.pred = pred
	if c.classShape, err = newClassShape(classes, positions, len(c.weight), len(pred), len(c.class), false); err != nil {
		return 0, err
	}
	if err = c.checkOptions(); err != nil {
		return 0, err
	}
	if c.kept, err = checkClasses(c.class, c.cols, c.ignore); err != nil {
		return 0, err
	}
	if err = c.checkOutput(dst, grad); err != nil {
		return 0, err
	}
	divisor = 1
	if r == Mean {
		divisor = keptWeight(c.class, c.weight, c.ignore, c.kept) * c.samples()
	}
	c.scale = r.scale(divisor)
	return divisor, nil
}

func (c *classRun[T]) checkOptions() error {
	if err := checkFinite("Weight", c.weight); err != nil {
		return err
	}
	if !(c.smoothing >= 0 && c.smoothing <= 1) {
		return fmt.Errorf("loss: LabelSmoothing = %v: want a number in [0, 1]", c.smoothing)
	}
	return nil
}

func (c *classRun[T]) checkOutput(dst, grad *[]T) error {
	if dst != nil {
		if len(*dst) != c.rows {
			return checkLen("dst", len(*dst), "all positions", c.rows)
		}
		c.dst = *dst
	}
	if grad != nil {
		if len(*grad) != len(c.pred) {
			return checkLen("grad", len(*grad), "pred", len(c.pred))
		}
		c.grad = *grad
	}
	return nil
}

// The composed way: positions after the class axis, smoothing, probability
// targets, focal factors. It works in float64 whatever T is, on as many rows as
// fit its buffers, or else on pieces of one row.
const (
	rowBuffer = 512 // classes of all rows of a block
	rowBlock  = 64  // rows of a block
)

// sum evaluates all rows, writes what is wanted, and returns the sum.
func (c *classRun[T]) sum() float64 {
	var (
		sum    total
		values [rowBlock]float64
	)
	for r, n := 0, 0; r < c.rows; r += n {
		if c.cols > rowBuffer {
			n = 1
			values[0] = c.largeRow(r)
		} else {
			n = min(rowBlock, rowBuffer/c.cols, c.targets-r%c.targets)
			c.block(values[:n], r)
		}
		sum.add(kernels.Sum(values[:n]))
		if c.dst != nil {
			for i, v := range values[:n] {
				c.dst[r+i] = T(v)
			}
		}
	}
	return sum.value()
}

// soft says that a row has more than one term.
func (c *classRun[T]) soft() bool { return c.prob != nil || c.smoothing > 0 }

// ignored says whether a row has an ignored target.
func (c *classRun[T]) ignored(row int) bool {
	return c.class != nil && c.class[row%c.targets] == c.ignore
}

// block evaluates the rows from r on, so many as there are values.
func (c *classRun[T]) block(values []float64, r int) {
	if c.soft() {
		c.softBlock(values, r)
	} else {
		c.hardBlock(values, r)
	}
}

// hardBlock takes rows with one term each: a function of the cross-entropy.
func (c *classRun[T]) hardBlock(values []float64, r int) {
	var (
		logits, grads   [rowBuffer]float64
		slopes, scratch [rowBlock]float64
		classes         [rowBlock]int
	)
	n, j := len(values), r%c.targets
	x := logits[:n*c.cols]
	for i := range n {
		c.gather(x[i*c.cols:(i+1)*c.cols], c.pred, r+i, 0)
	}
	y := leaveOut(classes[:n], c.class[j:j+n], c.ignore)
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
func (c *classRun[T]) finish(values, slopes []float64, r int) {
	j := r % c.targets
	rowWeights(slopes, c.class[j:j+len(values)], c.weight, c.ignore, 1)
	kernels.MulTo(values, values, slopes)
	if c.focal {
		focalFactors(values, slopes, c.gamma)
	}
	kernels.ScaleTo(slopes, c.scale, slopes)
}

// softBlock takes rows with the value −Σ_c q_c·lp_c, lp = log softmax.
func (c *classRun[T]) softBlock(values []float64, r int) {
	var logits, masses [rowBuffer]float64
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
			values[i] = -kernels.Dot(q[i*c.cols:(i+1)*c.cols], lp[i*c.cols:(i+1)*c.cols])
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

// masses writes the q of some classes of a row, from class k on:
// q_c = w_c·((1−e)·t_c + e/C), t the target distribution.
func (c *classRun[T]) masses(q []float64, row, k int) {
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
		if y := c.class[row%c.targets]; y != c.ignore && y >= k && y < k+len(q) {
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
func (c *classRun[T]) softGrad(p, q []float64, all float64, row, k int) {
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
func (c *classRun[T]) gather(dst []float64, from []T, row, k int) {
	at := c.base(row) + k*c.inner
	for i := range dst {
		dst[i] = float64(from[at])
		at += c.inner
	}
}

// scatter writes some classes of a row of the gradient, from class k on.
func (c *classRun[T]) scatter(src []float64, row, k int) {
	at := c.base(row) + k*c.inner
	for _, v := range src {
		c.grad[at] = T(v)
		at += c.inner
	}
}

// largeRow evaluates a row that does not fit the buffers, in four passes: the
// maximum m, s = Σ exp(x−m) without one of the maxima, the value, the gradient.
// lp_c = −((m − x_c) + log1p(s)).
func (c *classRun[T]) largeRow(r int) float64 {
	var piece, masses [rowBuffer]float64
	m, arg := c.rowMax(r)
	rest := [1]float64{math.NaN()}
	if !math.IsInf(m, 0) && m == m {
		var s total
		for k := 0; k < c.cols; k += rowBuffer {
			e := piece[:min(rowBuffer, c.cols-k)]
			c.gather(e, c.pred, r, k)
			for i := range e {
				e[i] -= m
			}
			kernels.ExpTo(e, e)
			if arg >= k && arg < k+len(e) {
				e[arg-k] = 0
			}
			s.add(kernels.Sum(e))
		}
		rest[0] = s.value()
		kernels.Log1pTo(rest[:], rest[:])
	}
	if c.soft() {
		return c.largeSoft(r, m, rest[0], piece[:], masses[:])
	}
	return c.largeHard(r, m, rest[0], piece[:])
}

// rowMax finds a maximum of a row; NaN wins.
func (c *classRun[T]) rowMax(r int) (m float64, arg int) {
	m = math.Inf(-1)
	at := c.base(r)
	for k := range c.cols {
		v := float64(c.pred[at])
		if v != v {
			return v, k
		}
		if v > m {
			m, arg = v, k
		}
		at += c.inner
	}
	return m, arg
}

func (c *classRun[T]) largeHard(r int, m, rest float64, piece []float64) float64 {
	var value, slope [1]float64
	y := c.class[r%c.targets]
	if y != c.ignore {
		value[0] = (m - float64(c.pred[c.base(r)+y*c.inner])) + rest
	}
	c.finish(value[:], slope[:], r)
	if c.grad == nil {
		return value[0]
	}
	for k := 0; k < c.cols; k += rowBuffer {
		p := c.largeSoftmax(piece, r, k, m, rest)
		if y >= k && y < k+len(p) {
			p[y-k]--
		}
		kernels.ScaleTo(p, slope[0], p)
		if c.ignored(r) { // p and the slope may be NaN
			clear(p)
		}
		c.scatter(p, r, k)
	}
	return value[0]
}

// largeSoftmax gives the probabilities of some classes of a row, from class k on.
func (c *classRun[T]) largeSoftmax(piece []float64, r, k int, m, rest float64) []float64 {
	p := piece[:min(len(piece), c.cols-k)]
	c.gather(p, c.pred, r, k)
	for i := range p {
		p[i] = (p[i] - m) - rest
	}
	return kernels.ExpTo(p, p)
}

func (c *classRun[T]) largeSoft(r int, m, rest float64, piece, masses []float64) float64 {
	var sum, all total
	for k := 0; k < c.cols; k += rowBuffer {
		d, q := piece[:min(rowBuffer, c.cols-k)], masses[:min(rowBuffer, c.cols-k)]
		c.gather(d, c.pred, r, k)
		c.masses(q, r, k)
		for i := range d {
			d[i] = (m - d[i]) + rest
		}
		sum.add(kernels.Dot(q, d))
		all.add(kernels.Sum(q))
	}
	for k := 0; c.grad != nil && k < c.cols; k += rowBuffer {
		p := c.largeSoftmax(piece, r, k, m, rest)
		q := masses[:len(p)]
		c.masses(q, r, k)
		c.softGrad(p, q, all.value(), r, k)
	}
	if c.ignored(r) {
		return 0
	}
	return sum.value()
}
