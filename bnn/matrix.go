package bnn

import "math"

// addTransposed adds the n×m transpose of src (m×n) to dst.
func addTransposed[T Float](dst, src []T, m, n int) {
	for j := range n {
		row := dst[j*m:][:m]
		for i := range row {
			row[i] += src[i*n+j]
		}
	}
}

// norm is the Euclidean norm, in float64.
func norm[T Float](x []T) float64 {
	sum := 0.0
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum)
}
