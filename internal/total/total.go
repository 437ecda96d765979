// Package total adds up the sums of blocks and samples.
package total

// Sum carries its rounding errors along (Knuth's TwoSum), so that the error of the result does not grow with the number
// of terms. The zero value is 0.
type Sum struct{ sum, lost float64 }

// Add adds x.
func (t *Sum) Add(x float64) {
	s := t.sum + x
	part := s - t.sum
	t.lost += (t.sum - (s - part)) + (x - part)
	t.sum = s
}

// Value is the sum of all terms: infinite or NaN as if they were added one by one.
func (t *Sum) Value() float64 {
	if v := t.sum + t.lost; v == v {
		return v
	}
	return t.sum // infinite or NaN, which leaves no meaning in what was lost
}
