// Package simd holds the assembly that asm generates, and the choice between it and the fallback.
// Its functions check nothing: kernels does.
package simd

import "math"

//go:generate go run ../../../asm ../../..

// The fuzz targets come after it: the catalog that they are made from does not compile without this package.
//go:generate go test ../../../fuzz -run ^TestTargets$ -update

// maximum is the largest of the blocks' largest elements.
type maximum struct {
	largest float64
	any     bool
}

func (m *maximum) Add(x float64) {
	if !m.any || x > m.largest {
		m.largest, m.any = x, true
	}
}

func (m *maximum) Value() float64 {
	if !m.any {
		return math.Inf(-1)
	}
	return m.largest
}

// Fits32 reports whether a sum of squares or magnitudes, at most a block of them, added up in float32 lanes without
// overflow, and without underflow that could be felt: each term lost at most 2^-150.
func Fits32(sum float64) bool { return sum >= 0x1p-100 && sum <= 0x1p+127 }
