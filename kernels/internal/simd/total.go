// Package simd holds the assembly that asm generates, and the choice between it and the fallback.
// Its functions check nothing: kernels does.
package simd

import "math"

//go:generate go run ../../../asm ../../..

// total adds up the sums of blocks, compensated (Knuth's TwoSum), so that the error of a
// sum does not grow with the number of blocks.
type total struct {
	sum, lost float64
	any       bool
}

func (t *total) add(x float64) {
	if !t.any { // most slices are one block
		t.sum, t.any = x, true
		return
	}
	s := t.sum + x
	part := s - t.sum
	t.lost += (t.sum - (s - part)) + (x - part)
	t.sum = s
}

func (t *total) value() float64 {
	if v := t.sum + t.lost; v == v {
		return v
	}
	return t.sum // infinite or NaN, which leaves no meaning in what was lost
}

// maximum is the largest of the blocks' largest elements.
type maximum struct {
	largest float64
	any     bool
}

func (m *maximum) add(x float64) {
	if !m.any || x > m.largest {
		m.largest, m.any = x, true
	}
}

func (m *maximum) value() float64 {
	if !m.any {
		return math.Inf(-1)
	}
	return m.largest
}

// fits32 says that a sum of squares or magnitudes, at most a block of them, added up in float32 lanes
// without overflow, and without underflow that could be felt: each term lost at most 2^-150.
func fits32(sum float64) bool { return sum >= 0x1p-100 && sum <= 0x1p+127 }

// Total adds up blocks as the functions of this package do.
type Total struct{ total total }

// Add adds the sum of a block.
func (t *Total) Add(x float64) { t.total.add(x) }

// Value is the sum of all blocks.
func (t *Total) Value() float64 { return t.total.value() }
