package indices

import (
	"math"
	"testing"
)

// Every place of every short slice, and the ends of the range of int: its least number may count as both.
func TestOutside(t *testing.T) {
	for n := range 10 {
		for at := range n {
			for _, c := range []struct {
				v            int
				below, above bool
			}{
				{0, false, false}, {6, false, false}, {7, false, true}, {math.MaxInt, false, true},
				{-1, true, false}, {-100, true, false},
			} {
				y := make([]int, n)
				y[at] = c.v
				if below, above := Outside(y, 7); below != c.below || above != c.above {
					t.Errorf("%v: %v, %v", y, below, above)
				}
			}
			y := make([]int, n)
			y[at] = math.MinInt
			if below, _ := Outside(y, 7); !below {
				t.Error(y)
			}
		}
	}
	if below, above := Outside(nil, 0); below || above {
		t.Error("nothing is outside")
	}
}
