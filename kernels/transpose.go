package kernels

import "github.com/simmer-go/simmer/kernels/internal/simd"

// TransposeTo writes the transpose of src, a row-major matrix of rows × cols, to dst, which becomes cols × rows, and
// returns dst. dst must not overlap src. Bits are copied.
//
// It panics if a size is negative or the lengths do not fit. It is src.T.contiguous() in torch.
func TransposeTo[T Float](dst, src []T, rows, cols int) []T {
	checkMatrix("TransposeTo", "dst", len(dst), cols, rows)
	checkMatrix("TransposeTo", "src", len(src), rows, cols)
	if len(src) == 0 {
		return dst
	}
	const high, width = 64, 128 // rows and columns at a time: assembly cannot be preempted
	for r := 0; r < rows; r += high {
		for c := 0; c < cols; c += width {
			simd.Transpose(dst[c*rows+r:], src[r*cols+c:], min(high, rows-r), min(width, cols-c), cols, rows)
		}
	}
	return dst
}
