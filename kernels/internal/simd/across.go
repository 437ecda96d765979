package simd

// gather copies a column of a matrix whose rows are so far apart, beginning at its first element.
func gather[T Float](column, from []T, row int) {
	for c := range column {
		column[c] = from[c*row]
	}
}

// scatter is gather backwards.
func scatter[T Float](to, column []T, row int) {
	for c, v := range column {
		to[c*row] = v
	}
}
