package kernels

import (
	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// SoftmaxRowsGradTo backpropagates a gradient through the softmax of scale·x, masked or not: for each row of y, the
// probabilities, and dy, the gradient with respect to these, row-major matrices of cols columns, it writes scale·y·(dy
// − Σ dy·y), the gradient with respect to x, to dst and returns dst. dst may be y or dy.
//
// Error: ≤ 1 ULP (float32), ≤ 2 ULP (float64), plus scale·y times the error of [Dot](dy, y). An entry of which y is 0,
// such as a masked one, has gradient 0, unless scale is infinite. NaN and Inf propagate, to the whole row. It panics if
// cols is not positive or does not divide len(y), or if the lengths differ. It is the backward pass of
// torch.softmax(scale*x, dim=-1).
func SoftmaxRowsGradTo[T Float](dst, y, dy []T, cols int, scale T) []T {
	const name = "SoftmaxRowsGradTo"
	sameLength(name+": len(dst), len(y)", len(dst), len(y))
	sameLength(name+": len(dy), len(y)", len(dy), len(y))
	rows := checkColumns(name, len(y), cols)
	if cols <= fallback.FewColumns {
		if rows == 0 {
			return dst
		}
		d := dst
		for ; rows > shortRows; rows -= shortRows {
			const now = shortRows
			simd.SoftmaxGradRowsTo(d, y, dy, cols, now, scale)
			d, y, dy = d[now*cols:], y[now*cols:], dy[now*cols:]
		}
		simd.SoftmaxGradRowsTo(d, y, dy, cols, rows, scale)
		return dst
	}
	for first := 0; first < len(y); first += cols {
		d, row, up := dst[first:first+cols], y[first:first+cols], dy[first:first+cols]
		simd.SoftmaxGradTo(d, row, up, scale, simd.Dot(up, row)+0)
	}
	return dst
}

// LogSoftmaxRowsGradTo backpropagates a gradient through the log-softmax of scale·x, masked or not: for each row of y,
// the logarithms of probabilities, and dy, the gradient with respect to these, row-major matrices of cols columns, it
// writes scale·(dy − exp(y)·Σ dy), the gradient with respect to x, to dst and returns dst. dst may be y or dy.
//
// Error: ≤ 2 ULP (float32), ≤ 3 ULP (float64), of the larger of |scale·dy| and |scale·exp(y)·Σ dy|, plus scale·exp(y)
// times the error of [Sum](dy). An entry of which y is -Inf, such as a masked one, has gradient 0; a positive y, which
// is no logarithm of a probability, counts as 0. NaN and Inf propagate, to the whole row. It panics if cols is not
// positive or does not divide len(y), or if the lengths differ. It is the backward pass of torch.log_softmax(scale*x,
// dim=-1).
func LogSoftmaxRowsGradTo[T Float](dst, y, dy []T, cols int, scale T) []T {
	const name = "LogSoftmaxRowsGradTo"
	sameLength(name+": len(dst), len(y)", len(dst), len(y))
	sameLength(name+": len(dy), len(y)", len(dy), len(y))
	checkColumns(name, len(y), cols)
	for first := 0; first < len(y); first += cols {
		d, row, up := dst[first:first+cols], y[first:first+cols], dy[first:first+cols]
		simd.LogSoftmaxGradTo(d, row, up, simd.Sum(up), float64(scale))
	}
	return dst
}
