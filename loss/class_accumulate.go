package loss

import "github.com/simmer-go/simmer/kernels"

// admit checks that the elements of a prepared call may be added to a, where their mean has this divisor.
func (c *classCall[T]) admit(a *Accumulator, of source, divisor float64) error {
	c.kind = kindOf[T](of, float64(c.cols), c.samples(), float64(c.ignore), c.smoothing, c.gamma)
	c.kind = withWeights(withWeights(c.kind, c.weight), c.alpha)
	return a.admitBatch(c.kind, len(c.dst), c.count(divisor))
}

// count is the number of elements that are not left out. With probability targets it is what the mean divides by.
func (c *classCall[T]) count(divisor float64) float64 {
	if c.prob != nil {
		return divisor
	}
	return float64(c.kept) * c.samples()
}

// addTo adds the elements, which dst holds, and their weights.
func (c *classCall[T]) addTo(a *Accumulator, divisor float64) {
	if c.weight == nil || c.prob != nil {
		add(a, c.kind, c.dst, c.count(divisor), divisor)
		return
	}
	add(a, c.kind, c.dst, c.count(divisor), 0)
	var weights [blockLen]T
	for r, n := 0, 0; r < c.rows; r += n {
		j := r % c.targets
		n = min(blockLen, c.targets-j)
		classWeights(weights[:n], c.part(j, n), c.weight, c.kept == len(c.class))
		kernels.ExactAdd(&a.weight, weights[:n])
	}
}
