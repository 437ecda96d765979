package loss

import (
	"math"
	"slices"
)

// Integer is what class indices may be stored as.
type Integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

// Indices converts class indices of another type, such as the int64 of torch's labels or the uint8 of MNIST's, to the
// int that the losses and metrics of classes take. It returns them in dst, or, if dst is too short, in a new slice: nil
// will do, and a slice that is kept from call to call allocates once.
//
// Negative indices, such as an ignored −100, stay what they are. A value out of the range of int becomes the largest or
// the least int, which no loss takes for a class.
func Indices[I Integer](dst []int, target []I) []int {
	dst = slices.Grow(dst[:0], len(target))[:len(target)]
	for i, y := range target {
		dst[i] = int(y)
		if I(dst[i]) != y || dst[i] < 0 != (y < 0) {
			dst[i] = math.MaxInt
			if y < 0 {
				dst[i] = math.MinInt
			}
		}
	}
	return dst
}
