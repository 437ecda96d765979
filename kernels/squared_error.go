package kernels

import (
	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// SquaredError returns the sum of squared differences Σ (x−y)².
//
// Error: within 3 ULP of the exact sum of (x−y)² on random data, and by proof never beyond 70 ULP (float32) or 133 ULP
// (float64) of the slices' type, whatever the length: one rounding of each difference, at most 64 (128) additions in a
// lane, and a compensated sum of blocks. A sum of float32 neither overflows nor underflows: it is repeated in float64
// if partial sums in float32 over- or underflow.
//
// NaN and Inf propagate; an empty sum is 0. It panics if the lengths differ. It is floats.Distance(x, y, 2)² of gonum,
// and torch.nn.MSELoss(reduction="sum").
func SquaredError[T Float](x, y []T) float64 {
	sameLength("SquaredError: len(x), len(y)", len(x), len(y))
	return simd.SquaredError(x, y)
}

// SquaredErrorTo writes (x−y)² to dst and returns dst. dst may be x or y, but must not overlap them otherwise.
//
// Error: the difference and its square are each rounded once, at most 1.5 ULP. NaN and Inf propagate. It panics if the
// lengths differ.
func SquaredErrorTo[T Float](dst, x, y []T) []T {
	sameLength("SquaredErrorTo: len(dst), len(x)", len(dst), len(x))
	sameLength("SquaredErrorTo: len(x), len(y)", len(x), len(y))
	simd.SquaredErrorTo(dst, x, y)
	return dst
}

// SquaredErrorGrad writes the gradient scale·2(x−y) of scale·SquaredError(x, y) with respect to x to grad and returns
// SquaredError(x, y), unscaled, with the same bits. grad may be x or y.
//
// Error: the difference and its product with scale are each rounded once, at most 1.5 ULP. NaN and Inf propagate. It
// panics if the lengths differ.
func SquaredErrorGrad[T Float](grad, x, y []T, scale T) float64 {
	sameLength("SquaredErrorGrad: len(grad), len(x)", len(grad), len(x))
	sameLength("SquaredErrorGrad: len(x), len(y)", len(x), len(y))
	if len(x) <= fewDifferences {
		if sum := squaredErrorFew(x, y); fits[T](sum) {
			for i, v := range x {
				d := v - y[i]
				grad[i] = scale * (d + d)
			}
			return sum
		}
	}
	if len(x) <= fallback.Block {
		sum := simd.SquaredError(x, y) // first: grad may be x
		simd.SquaredErrorGrad(grad, x, y, scale)
		return sum
	}
	var sum total.Sum
	for len(x) > 0 { // block by block, so that memory is read once
		n := min(len(x), fallback.Block)
		sum.Add(simd.SquaredError(x[:n], y[:n]))
		simd.SquaredErrorGrad(grad[:n], x[:n], y[:n], scale)
		grad, x, y = grad[n:], x[n:], y[n:]
	}
	return sum.Value()
}

// squaredErrorFew is that of fewDifferences at most.
func squaredErrorFew[T Float](x, y []T) float64 {
	var squares [fewDifferences]T
	for i, v := range x {
		d := v - y[i]
		squares[i%len(squares)] = d * d
	}
	return shortSum(squares[:])
}
