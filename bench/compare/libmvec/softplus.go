//go:build cgo && linux && amd64

// Package libmvec is softplus in C, as gcc vectorises it with glibc's vector maths.
package libmvec

// #cgo CFLAGS: -O3 -march=native -ffast-math
// #cgo LDFLAGS: -lm
// #include "softplus.h"
import "C"

import "unsafe"

// Widths lists the vector widths in bits that this build has: none where it is no comparison to make.
func Widths() []int {
	if C.has512() != 0 {
		return []int{256, 512}
	}
	return []int{256}
}

// Softplus32 writes softplus of x to dst, reps times.
func Softplus32(width int, dst, x []float32, reps int) {
	d, s := (*C.float)(unsafe.SliceData(dst)), (*C.float)(unsafe.SliceData(x))
	if width == 512 {
		C.softplus32_512(d, s, C.size_t(len(x)), C.size_t(reps))
	} else {
		C.softplus32_256(d, s, C.size_t(len(x)), C.size_t(reps))
	}
}

// Softplus64 writes softplus of x to dst, reps times.
func Softplus64(width int, dst, x []float64, reps int) {
	d, s := (*C.double)(unsafe.SliceData(dst)), (*C.double)(unsafe.SliceData(x))
	if width == 512 {
		C.softplus64_512(d, s, C.size_t(len(x)), C.size_t(reps))
	} else {
		C.softplus64_256(d, s, C.size_t(len(x)), C.size_t(reps))
	}
}
