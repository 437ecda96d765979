package bnn

// addMoments adds x to means and to sums of squared deviations from them, to which so many were added before, as B. P.
// Welford does: “Note on a method for calculating corrected sums of squares and products”, Technometrics 4 (1962).
func addMoments[T Float](mean, squares []float64, x []T, before int) {
	inverse := 1 / float64(before+1)
	for i, v := range x {
		deviation := float64(v) - mean[i]
		mean[i] += float64(deviation * inverse)
		squares[i] += float64(deviation * (float64(v) - mean[i]))
	}
}

// addTo adds x to sums.
func addTo[T Float](sums []float64, x []T) {
	for i, v := range x {
		sums[i] += float64(v)
	}
}

// divide writes sums divided by n.
func divide[T Float](dst []T, sums []float64, n int) {
	for i, v := range sums {
		dst[i] = T(v / float64(n))
	}
}
