package loss

import (
	"math"

	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// The mixed way for a row that does not fit the buffers (class_mixed.go calls it),
// piece by piece in four passes: the maximum m, s = Σ exp(x−m) without one of the
// maxima, the value, the gradient. lp_c = −((m − x_c) + log1p(s)).

// longRow evaluates a row.
func (c *classCall[T]) longRow(r int) float64 {
	var piece, masses [blockLogits]float64
	m, arg := c.rowMax(r)
	rest := [1]float64{math.NaN()}
	if !math.IsInf(m, 0) && m == m {
		var s total.Sum
		for k := 0; k < c.cols; k += blockLogits {
			e := piece[:min(blockLogits, c.cols-k)]
			c.gather(e, c.pred, r, k)
			for i := range e {
				e[i] -= m
			}
			kernels.ExpTo(e, e)
			if arg >= k && arg < k+len(e) {
				e[arg-k] = 0
			}
			s.Add(kernels.Sum(e))
		}
		rest[0] = s.Value()
		kernels.Log1pTo(rest[:], rest[:])
	}
	if c.soft() {
		return c.longSoft(r, m, rest[0], piece[:], masses[:])
	}
	return c.longHard(r, m, rest[0], piece[:])
}

// rowMax finds a maximum of a row; NaN wins.
func (c *classCall[T]) rowMax(r int) (m float64, arg int) {
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

func (c *classCall[T]) longHard(r int, m, rest float64, piece []float64) float64 {
	var value, slope [1]float64
	y := c.class[r%c.targets]
	if !c.ignored(r) {
		value[0] = (m - float64(c.pred[c.base(r)+y*c.inner])) + rest
	}
	c.finish(value[:], slope[:], r)
	if c.grad == nil {
		return value[0]
	}
	for k := 0; k < c.cols; k += blockLogits {
		p := c.longSoftmax(piece, r, k, m, rest)
		if !c.ignored(r) && y >= k && y < k+len(p) {
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

// longSoftmax gives the probabilities of some classes of a row, from class k on.
func (c *classCall[T]) longSoftmax(piece []float64, r, k int, m, rest float64) []float64 {
	p := piece[:min(len(piece), c.cols-k)]
	c.gather(p, c.pred, r, k)
	for i := range p {
		p[i] = (p[i] - m) - rest
	}
	return kernels.ExpTo(p, p)
}

func (c *classCall[T]) longSoft(r int, m, rest float64, piece, masses []float64) float64 {
	var sum, all total.Sum
	for k := 0; k < c.cols; k += blockLogits {
		d, q := piece[:min(blockLogits, c.cols-k)], masses[:min(blockLogits, c.cols-k)]
		c.gather(d, c.pred, r, k)
		c.masses(q, r, k)
		for i := range d {
			d[i] = (m - d[i]) + rest
			if c.prob != nil && q[i] == 0 && math.IsInf(d[i], 1) { // as in expectation
				d[i] = 0
			}
		}
		sum.Add(kernels.Dot(q, d))
		all.Add(kernels.Sum(q))
	}
	for k := 0; c.grad != nil && k < c.cols; k += blockLogits {
		p := c.longSoftmax(piece, r, k, m, rest)
		q := masses[:len(p)]
		c.masses(q, r, k)
		c.softGrad(p, q, all.Value(), r, k)
	}
	if c.ignored(r) {
		return 0
	}
	return sum.Value()
}
