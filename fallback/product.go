package fallback

// Products of matrices, for rows i and columns j:
//
//	dst[i][j] = s,  s = start[i][j] + Σ over p < k of a[i][p]·b[p][j]
//
// in an order that depends on k alone, so that a result does not depend on the shape of tiles, on the batch or on the
// place in it: for each Chunk neighbouring p, the last ones possibly fewer,
//
//	c = a chain of fused multiply-adds from +0, in ascending p,  s = s + c
//
// Next to one long chain that rounds less, and lets the chunks of a single row overlap.
//
// Rows are so many elements apart: dstRow, startRow (0: one row for all), aRow, bRow; the neighbours of a row of a are
// aStep apart, those of all others 1. scratch is for assembly. The result is the number of columns that were done: here
// all, in assembly as many as fit a tile.

// Chunk is the number of products in a chain.
const Chunk = 64

// ProductF32 writes start + a·b.
func ProductF32(dst, start, a, b, scratch []float32, rows, n, k, dstRow, startRow, aRow, aStep, bRow int) (done int) {
	for i := range rows {
		d, s, x := dst[i*dstRow:][:n], start[i*startRow:][:n], a[i*aRow:]
		j := 0
		for ; j+4 <= n; j += 4 {
			four32((*[4]float32)(d[j:]), (*[4]float32)(s[j:]), x, b[j:], k, aStep, bRow)
		}
		for ; j < n; j++ {
			d[j] = product32(s[j], x, b[j:], k, aStep, bRow)
		}
	}
	return n
}

// ProductReluF32 writes max(start + a·b, 0): NaN and −0 stay.
func ProductReluF32(dst, start, a, b, scratch []float32, rows, n, k, dstRow, startRow, aRow, aStep, bRow int) (done int) {
	ProductF32(dst, start, a, b, scratch, rows, n, k, dstRow, startRow, aRow, aStep, bRow)
	relu(dst, rows, n, dstRow)
	return n
}

// ProductF64 writes start + a·b.
func ProductF64(dst, start, a, b, scratch []float64, rows, n, k, dstRow, startRow, aRow, aStep, bRow int) (done int) {
	for i := range rows {
		d, s, x := dst[i*dstRow:][:n], start[i*startRow:][:n], a[i*aRow:]
		j := 0
		for ; j+4 <= n; j += 4 {
			four64((*[4]float64)(d[j:]), (*[4]float64)(s[j:]), x, b[j:], k, aStep, bRow)
		}
		for ; j < n; j++ {
			d[j] = product64(s[j], x, b[j:], k, aStep, bRow)
		}
	}
	return n
}

// ProductReluF64 writes max(start + a·b, 0): NaN and −0 stay.
func ProductReluF64(dst, start, a, b, scratch []float64, rows, n, k, dstRow, startRow, aRow, aStep, bRow int) (done int) {
	ProductF64(dst, start, a, b, scratch, rows, n, k, dstRow, startRow, aRow, aStep, bRow)
	relu(dst, rows, n, dstRow)
	return n
}

// ProductColumnF32 writes start + a·b for a vector b, whose elements are bStep apart, to elements of dst that are
// dstRow apart. The result is the number of rows that were done: here all, in assembly as many as fill registers.
func ProductColumnF32(dst, a, b []float32, rows, k, dstRow, aRow, bStep int, start float32) (done int) {
	for i := range rows {
		dst[i*dstRow] = product32(start, a[i*aRow:], b, k, 1, bStep)
	}
	return rows
}

// ProductColumnReluF32 writes max(start + a·b, 0): NaN and −0 stay.
func ProductColumnReluF32(dst, a, b []float32, rows, k, dstRow, aRow, bStep int, start float32) (done int) {
	for i := range rows {
		dst[i*dstRow] = pickMax(0, product32(start, a[i*aRow:], b, k, 1, bStep))
	}
	return rows
}

// ProductColumnF64 writes start + a·b.
func ProductColumnF64(dst, a, b []float64, rows, k, dstRow, aRow, bStep int, start float64) (done int) {
	for i := range rows {
		dst[i*dstRow] = product64(start, a[i*aRow:], b, k, 1, bStep)
	}
	return rows
}

// ProductColumnReluF64 writes max(start + a·b, 0): NaN and −0 stay.
func ProductColumnReluF64(dst, a, b []float64, rows, k, dstRow, aRow, bStep int, start float64) (done int) {
	for i := range rows {
		dst[i*dstRow] = pickMax(0, product64(start, a[i*aRow:], b, k, 1, bStep))
	}
	return rows
}

// product32 is one element.
func product32(s float32, a, b []float32, k, aStep, bRow int) float32 {
	for first := 0; first < k; first += Chunk {
		c := 0.0
		for p := first; p < min(first+Chunk, k); p++ {
			c = chain32(float64(a[p*aStep]), float64(b[p*bRow]), c)
		}
		s += float32(c)
	}
	return s
}

// four32 is four neighbours at a time, since one would wait for its own sums, and a test for ties serves all.
func four32(dst, start *[4]float32, a, b []float32, k, aStep, bRow int) {
	s := *start
	for first := 0; first < k; first += Chunk {
		var c0, c1, c2, c3 float64
		i, j := first*aStep, first*bRow
		for range min(Chunk, k-first) {
			x, y := float64(a[i]), (*[4]float32)(b[j:])
			p0, p1, p2, p3 := x*float64(y[0]), x*float64(y[1]), x*float64(y[2]), x*float64(y[3])
			s0, s1, s2, s3 := float64(p0)+c0, float64(p1)+c1, float64(p2)+c2, float64(p3)+c3
			switch {
			case x == 1: // as in sums of columns: a sum of two float32 is often on a tie, and rounded once anyway
				c0, c1, c2, c3 = rounded(s0), rounded(s1), rounded(s2), rounded(s3)
			case onTie(s0) || onTie(s1) || onTie(s2) || onTie(s3):
				c0, c1, c2, c3 = tied(p0, c0, s0), tied(p1, c1, s1), tied(p2, c2, s2), tied(p3, c3, s3)
			default:
				c0, c1, c2, c3 = rounded(s0), rounded(s1), rounded(s2), rounded(s3)
			}
			i, j = i+aStep, j+bRow
		}
		s[0] += float32(c0)
		s[1] += float32(c1)
		s[2] += float32(c2)
		s[3] += float32(c3)
	}
	*dst = s
}

// chain32 is fma32 of numbers that float32 holds, which stay in float64: to convert them takes as long as the product.
func chain32(x, y, c float64) float64 {
	p := x * y
	return tied(p, c, float64(p)+c)
}

// onTie reports whether a sum in float64 must not be rounded as it is; see fma32. 0 is exact.
func onTie(s float64) bool {
	u := bits64(s)
	return u<<35 == 1<<63 || u<<1-1 < 2*0x3810000000000000-1
}

// rounded rounds to float32.
func rounded(s float64) float64 { return float64(float32(s)) }

// tied is p + c, whose sum in float64 is s, rounded to float32.
//
//go:noinline
func tied(p, c, s float64) float64 {
	if onTie(s) {
		return float64(fma32Tie(p, s, c))
	}
	return rounded(s)
}

// product64 is one element.
func product64(s float64, a, b []float64, k, aStep, bRow int) float64 {
	for first := 0; first < k; first += Chunk {
		c := 0.0
		for p := first; p < min(first+Chunk, k); p++ {
			c = fma64(a[p*aStep], b[p*bRow], c)
		}
		s += c
	}
	return s
}

// four64 is four neighbours at a time.
func four64(dst, start *[4]float64, a, b []float64, k, aStep, bRow int) {
	s := *start
	for first := 0; first < k; first += Chunk {
		var c0, c1, c2, c3 float64
		for p := first; p < min(first+Chunk, k); p++ {
			x, y := a[p*aStep], (*[4]float64)(b[p*bRow:])
			c0 = fma64(x, y[0], c0)
			c1 = fma64(x, y[1], c1)
			c2 = fma64(x, y[2], c2)
			c3 = fma64(x, y[3], c3)
		}
		s[0] += c0
		s[1] += c1
		s[2] += c2
		s[3] += c3
	}
	*dst = s
}

func relu[T float32 | float64](dst []T, rows, n, dstRow int) {
	for i := range rows {
		row := dst[i*dstRow:][:n]
		for j, v := range row {
			row[j] = pickMax(0, v)
		}
	}
}
