// Package indices checks class indices: once per row of every loss, so it must not cost more than looking at them.
package indices

// Outside reports whether some of y are negative, and whether some are n or more. The latter may also be said of a y
// near the least int, whose distance from n is no int.
func Outside(y []int, n int) (below, above bool) {
	low, high := 0, 0 // their signs tell
	last := n - 1
	for ; len(y) >= 4; y = y[4:] {
		low |= y[0] | y[1] | y[2] | y[3]
		high |= (last - y[0]) | (last - y[1]) | (last - y[2]) | (last - y[3])
	}
	for _, v := range y {
		low |= v
		high |= last - v
	}
	return low < 0, high < 0
}
