package kernels

import "github.com/simmer-go/simmer/kernels/internal/simd"

// MulTo writes x·y to dst, element by element, and returns dst. dst may be x or y.
//
// Correctly rounded. It panics if the lengths differ. It is floats.MulTo of gonum.
func MulTo[T Float](dst, x, y []T) []T {
	sameLength("MulTo: len(dst), len(x)", len(dst), len(x))
	sameLength("MulTo: len(x), len(y)", len(x), len(y))
	simd.MulTo(dst, x, y)
	return dst
}

// ScaleTo writes c·x to dst and returns dst. dst may be x.
//
// Correctly rounded. It panics if the lengths differ. It is floats.ScaleTo of gonum.
func ScaleTo[T Float](dst []T, c T, x []T) []T {
	sameLength("ScaleTo: len(dst), len(x)", len(dst), len(x))
	simd.ScaleTo(dst, x, c)
	return dst
}

// AddSquaresTo writes s + x² to dst, element by element, and returns dst: with s as dst, sums of squares of the rows of
// a matrix, one call a row. dst may be s or x.
//
// Rounded once, as by a fused multiply-add. It panics if the lengths differ. It is torch.addcmul(s, x, x), rounded
// once.
func AddSquaresTo[T Float](dst, s, x []T) []T {
	sameLength("AddSquaresTo: len(dst), len(s)", len(dst), len(s))
	sameLength("AddSquaresTo: len(s), len(x)", len(s), len(x))
	simd.AddSquaresTo(dst, s, x)
	return dst
}

// AddScaledTo writes y + alpha·s to dst, element by element, and returns dst. dst may be y or s.
//
// Rounded once, as by a fused multiply-add. It panics if the lengths differ. It is floats.AddScaledTo of gonum, rounded
// once.
func AddScaledTo[T Float](dst, y []T, alpha T, s []T) []T {
	sameLength("AddScaledTo: len(dst), len(y)", len(dst), len(y))
	sameLength("AddScaledTo: len(y), len(s)", len(y), len(s))
	simd.AddScaledTo(dst, y, s, alpha)
	return dst
}

// SelectTo writes x to dst where keep is set, else other, and returns dst. dst may be x.
//
// The bits of x are copied, whatever they are. It panics if the lengths differ. It is torch.where(keep, x, other).
func SelectTo[T Float](dst, x []T, keep []bool, other T) []T {
	sameLength("SelectTo: len(dst), len(x)", len(dst), len(x))
	sameLength("SelectTo: len(keep), len(x)", len(keep), len(x))
	simd.SelectTo(dst, x, keep, other)
	return dst
}
