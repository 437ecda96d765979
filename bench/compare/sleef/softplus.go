//go:build cgo && sleef && linux && amd64

// Package sleef is softplus in C with the library SLEEF, if built with -tags sleef.
package sleef

// #cgo CFLAGS: -O3 -march=native
// #cgo LDFLAGS: -lsleef
// #include "softplus.h"
import "C"

import "unsafe"

// Has says that this build has SLEEF.
const Has = true

// Softplus writes softplus of x to dst, reps times, 256 bits at a time. len(x) must be a multiple of 8.
func Softplus(dst, x []float32, reps int) {
	d, s := (*C.float)(unsafe.SliceData(dst)), (*C.float)(unsafe.SliceData(x))
	C.softplus256(d, s, C.size_t(len(x)), C.size_t(reps))
}
