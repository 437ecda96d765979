package loss

// total adds the sums that the kernels return. It carries the rounding errors
// along, so that the error of a value does not grow with the number of samples
// or blocks.
type total struct{ sum, rest float64 }

func (t *total) add(x float64) {
	s := t.sum + x
	b := s - t.sum
	t.rest += (t.sum - (s - b)) + (x - b)
	t.sum = s
}

func (t *total) value() float64 {
	if v := t.sum + t.rest; v == v {
		return v
	}
	return t.sum // the rest of an infinite sum is NaN
}
