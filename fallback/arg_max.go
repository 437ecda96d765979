package fallback

import "math"

// The largest element, whether there is NaN, and where an element stands.

// MaxUnorderedF32 returns the largest element, NaN left out, and the number of NaNs; −Inf if there is no other element.
// Of zeros of both signs it may return either.
func MaxUnorderedF32(x []float32) (largest, unordered float64) { return maxUnordered(x) }

// MaxUnorderedF64 returns the largest element, NaN left out, and the number of NaNs; −Inf if there is no other element.
// Of zeros of both signs it may return either.
func MaxUnorderedF64(x []float64) (largest, unordered float64) { return maxUnordered(x) }

func maxUnordered[T float32 | float64](x []T) (largest, unordered float64) {
	m, n := T(math.Inf(-1)), 0
	for _, v := range x {
		if v != v {
			n++
		}
		m = pickMax(v, m)
	}
	return float64(m), float64(n)
}

// PlaceOfF32 returns the largest index, none of them negative, of the elements that equal m; 0 if none does.
func PlaceOfF32(x, index []float32, m float32) float64 { return placeOf(x, index, m) }

// PlaceOfF64 returns the largest index, none of them negative, of the elements that equal m; 0 if none does.
func PlaceOfF64(x, index []float64, m float64) float64 { return placeOf(x, index, m) }

func placeOf[T float32 | float64](x, index []T, m T) float64 {
	largest := T(0)
	for i, v := range x {
		if v == m {
			largest = pickMax(index[i], largest)
		}
	}
	return float64(largest)
}
