package bnn

import "unsafe"

// How the slices that callers own are cut into parts.

// cut returns the first n of x and the rest; nil, a gradient or normals that nobody has, stays nil.
func cut[T Float](x []T, n int) (first, rest []T) {
	if x == nil {
		return nil, nil
	}
	return x[:n], x[n:]
}

// room cuts n elements off work, and what aligned adds.
func room[T Float](work []T, n int) (first, rest []T) { return work[:n], work[aligned(n):] }

// aligned is n rounded up to a line of the cache of any element, since vectors that lie across two are slow.
func aligned(n int) int { return (n + 15) &^ 15 }

// scratch64 makes n float64 out of work, which needs scratch64Len[T](n) elements: divergences are computed in float64
// whatever the parameters are, and the interface between loss and bnn has only a []T to offer.
func scratch64[T Float](work []T, n int) []float64 {
	switch w := any(work).(type) {
	case []float64:
		return w[:n]
	case []float32:
		if n == 0 {
			return nil
		}
		// float64 wants 8 bytes of alignment, float32 has 4.
		if uintptr(unsafe.Pointer(&w[0]))%8 != 0 {
			w = w[1:]
		}
		w = w[:2*n]
		return unsafe.Slice((*float64)(unsafe.Pointer(&w[0])), n)
	}
	panic("unreachable")
}

func scratch64Len[T Float](n int) int {
	if unsafe.Sizeof(T(0)) == 4 {
		return 2*n + 1
	}
	return n
}
