package total

import (
	"math"
	"testing"
)

// One by one, the small terms would vanish beside the large one.
func TestSum(t *testing.T) {
	var s Sum
	s.Add(1)
	for range 1 << 20 {
		s.Add(0x1p-60)
	}
	s.Add(-1)
	if got := s.Value(); got != 0x1p-40 {
		t.Errorf("%g, want %g", got, 0x1p-40)
	}
}

func TestInfinite(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		terms []float64
		want  float64
	}{
		{nil, 0}, {[]float64{inf, 1, 2}, inf}, {[]float64{1, -inf}, -inf}, {[]float64{math.MaxFloat64, math.MaxFloat64, 1}, inf},
		{[]float64{inf, -inf}, math.NaN()}, {[]float64{1, math.NaN(), 1}, math.NaN()},
	} {
		var s Sum
		for _, x := range c.terms {
			s.Add(x)
		}
		if got := s.Value(); got != c.want && !(got != got && c.want != c.want) {
			t.Errorf("%v: %v, want %v", c.terms, got, c.want)
		}
	}
}
