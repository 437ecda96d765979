package fallback

// Transposition: dst[c][r] = src[r][c] for r < rows, c < columns. Rows of src are srcRow elements apart, those of dst
// dstRow.

// TransposeF32 copies columns to rows.
func TransposeF32(dst, src []float32, rows, columns, srcRow, dstRow int) {
	transpose(dst, src, rows, columns, srcRow, dstRow)
}

// TransposeF64 copies columns to rows.
func TransposeF64(dst, src []float64, rows, columns, srcRow, dstRow int) {
	transpose(dst, src, rows, columns, srcRow, dstRow)
}

func transpose[T float32 | float64](dst, src []T, rows, columns, srcRow, dstRow int) {
	for r := range rows {
		for c, v := range src[r*srcRow:][:columns] {
			dst[c*dstRow+r] = v
		}
	}
}
