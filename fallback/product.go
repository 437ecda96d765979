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

// In float32 a chain stays in float64, where its products are exact: to convert to and fro costs more than to multiply.

// product32 is one element.
func product32(s float32, a, b []float32, k, aStep, bRow int) float32 {
	for first := 0; first < k; first += Chunk {
		c := 0.0
		for p := first; p < min(first+Chunk, k); p++ {
			x, y := a[p*aStep], b[p*bRow]
			if sum := float64(float64(x)*float64(y)) + c; roundsTwice(sum) {
				c = float64(fma32(x, y, float32(c)))
			} else {
				c = float64(float32(sum))
			}
		}
		s += float32(c)
	}
	return s
}

// four32 is four neighbours at a time, since one would wait for its own sums.
func four32(dst, start *[4]float32, a, b []float32, k, aStep, bRow int) {
	s := *start
	for first := 0; first < k; first += Chunk {
		var c0, c1, c2, c3 float64
		for p := first; p < min(first+Chunk, k); p++ {
			x, y := a[p*aStep], (*[4]float32)(b[p*bRow:])
			if x == 1 { // as in sums of columns, which often are ties
				c0, c1 = float64(float32(c0)+y[0]), float64(float32(c1)+y[1])
				c2, c3 = float64(float32(c2)+y[2]), float64(float32(c3)+y[3])
				continue
			}
			s0, s1 := float64(float64(x)*float64(y[0]))+c0, float64(float64(x)*float64(y[1]))+c1
			s2, s3 := float64(float64(x)*float64(y[2]))+c2, float64(float64(x)*float64(y[3]))+c3
			if roundsTwice(s0) || roundsTwice(s1) || roundsTwice(s2) || roundsTwice(s3) {
				c0, c1 = float64(fma32(x, y[0], float32(c0))), float64(fma32(x, y[1], float32(c1)))
				c2, c3 = float64(fma32(x, y[2], float32(c2))), float64(fma32(x, y[3], float32(c3)))
				continue
			}
			c0, c1, c2, c3 = float64(float32(s0)), float64(float32(s1)), float64(float32(s2)), float64(float32(s3))
		}
		s[0] += float32(c0)
		s[1] += float32(c1)
		s[2] += float32(c2)
		s[3] += float32(c3)
	}
	*dst = s
}

// roundsTwice says of a sum in float64 that to round it to float32 may not be the same as to round the exact sum: it lies
// on a tie, or its float32 is subnormal. (As in fma32. A sum of 0 is exact.)
func roundsTwice(s float64) bool {
	u := bits64(s)
	return u<<35 == 1<<63 || u<<1-1 < 2*0x3810000000000000-1
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
