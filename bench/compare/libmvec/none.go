//go:build !(cgo && linux && amd64)

package libmvec

// Widths is empty: there is no glibc for amd64, or no C compiler.
func Widths() []int { return nil }

// Softplus32 does nothing.
func Softplus32(width int, dst, x []float32, reps int) {}

// Softplus64 does nothing.
func Softplus64(width int, dst, x []float64, reps int) {}
