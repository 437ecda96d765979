package loss

import (
	"bytes"
	"unsafe"

	"github.com/simmer-go/simmer/kernels"
)

// A mask has an entry for each target, which is false if the target is left out; nil keeps all.

// checkMask demands an entry for each target.
func checkMask(mask []bool, targets int) error {
	if mask == nil || len(mask) == targets {
		return nil
	}
	return inputError("loss: len(Mask) = %d: want %d, one for each target", len(mask), targets)
}

// kept reports whether the target of element i counts; the mask is repeated for every sample.
func kept(mask []bool, i int) bool { return mask == nil || mask[i%len(mask)] }

// countKept is how many of so many targets count.
func countKept(mask []bool, targets int) int {
	if mask == nil {
		return targets
	}
	// A bool is a byte, 1 or 0, and bytes.Count has a kernel.
	return bytes.Count(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(mask))), len(mask)), []byte{1})
}

// keep copies src to dst with neutral in place of what is left out, and returns dst; or src where there is no mask.
func keep[T Float](dst, src []T, mask []bool, neutral T) []T {
	if mask == nil {
		return src
	}
	return kernels.SelectTo(dst, src, mask, neutral)
}
