package catalog

import (
	"fmt"
	"unsafe"

	"github.com/simmer-go/simmer/kernels"
)

// band is the number of canaries on either side of an output.
const band = 48

// aligned returns n elements of which the first lies offset elements after a multiple of 64 bytes, and the
// array around them, which has band more elements before and after.
func aligned[T kernels.Float](n, offset int) (x, whole []T) {
	all := make([]T, band+64+offset+n+band)
	start := band + offset
	for uintptr(unsafe.Pointer(&all[start-offset]))%64 != 0 {
		start++
	}
	whole = all[start-band : start+n+band]
	return whole[band : band+n], whole
}

// FillWith sets every element to v.
func FillWith[T kernels.Float](x []T, v T) {
	for i := range x {
		x[i] = v
	}
}

// IndexCanary is a number that no kernel writes.
const IndexCanary = -77

// FillIndex sets every element to IndexCanary.
func FillIndex(x []int) {
	for i := range x {
		x[i] = IndexCanary
	}
}

// Canary is a signalling NaN that no kernel writes.
func Canary[T kernels.Float]() T { return FromBits[T](0x7ff4c0de_7f80c0de) }

// IsCanary compares the payload too.
func IsCanary[T kernels.Float](v T) bool {
	if unsafe.Sizeof(v) == 4 {
		return *(*uint32)(unsafe.Pointer(&v)) == 0x7f80c0de
	}
	return *(*uint64)(unsafe.Pointer(&v)) == 0x7ff4c0de_7f80c0de
}

// bandError reports a canary around an output that was overwritten.
func bandError[T kernels.Float](whole []T) error {
	n := len(whole) - 2*band
	for i := range band {
		if !IsCanary(whole[i]) {
			return fmt.Errorf("wrote %d elements before its start", band-i)
		}
		if !IsCanary(whole[band+n+i]) {
			return fmt.Errorf("wrote %d elements after its end", i+1)
		}
	}
	return nil
}
