package fallback

import "math"

// Sums Σ x and Σ x·y, the largest element, and the number of elements outside an interval. Sums of float32 are mixed:
// products are exact in float64.

// SumF32 is Σ x over at most a block.
func SumF32(x []float32) float64 {
	var lanes [WorkLanes32]float64
	for i, v := range x {
		lanes[i%WorkLanes32] += float64(v)
	}
	return fold(lanes[:], len(x))
}

// SumF64 is Σ x over at most a block.
func SumF64(x []float64) float64 {
	var lanes [Lanes64]float64
	for i, v := range x {
		lanes[i%Lanes64] += v
	}
	return fold(lanes[:], len(x))
}

// DotF32 is Σ x·y over at most a block.
func DotF32(x, y []float32) float64 {
	var lanes [WorkLanes32]float64
	for i, v := range x {
		lanes[i%WorkLanes32] += float64(float64(v) * float64(y[i]))
	}
	return fold(lanes[:], len(x))
}

// DotF64 is Σ x·y over at most a block.
func DotF64(x, y []float64) float64 {
	var lanes [Lanes64]float64
	for i, v := range x {
		l := &lanes[i%Lanes64]
		*l = fma64(v, y[i], *l)
	}
	return fold(lanes[:], len(x))
}

// MaxF32 is the largest element, NaN left out; -Inf if there is none. Of zeros of both signs it may return either.
func MaxF32(x []float32) float64 { return largest(x) }

// MaxF64 is the largest element, NaN left out; -Inf if there is none. Of zeros of both signs it may return either.
func MaxF64(x []float64) float64 { return largest(x) }

func largest[T float32 | float64](x []T) float64 {
	m := T(math.Inf(-1))
	for _, v := range x {
		m = pickMax(v, m)
	}
	return float64(m)
}

// CountOutsideF32 counts the elements not in [lo, hi], NaN included.
func CountOutsideF32(x []float32, lo, hi float32) float64 { return countOutside(x, lo, hi) }

// CountOutsideF64 counts the elements not in [lo, hi], NaN included.
func CountOutsideF64(x []float64, lo, hi float64) float64 { return countOutside(x, lo, hi) }

func countOutside[T float32 | float64](x []T, lo, hi T) float64 {
	n := 0
	for _, v := range x {
		if !(lo <= v && v <= hi) {
			n++
		}
	}
	return float64(n)
}
