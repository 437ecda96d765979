package fallback

// Products x·y, c·x, shifts (x−m) − l, sums y + x², y + α·s, and a choice by a mask, element by element.

// MulToF32 writes x·y.
func MulToF32(dst, x, y []float32) { mulTo(dst, x, y) }

// MulToF64 writes x·y.
func MulToF64(dst, x, y []float64) { mulTo(dst, x, y) }

func mulTo[T float32 | float64](dst, x, y []T) {
	for i := range dst {
		dst[i] = x[i] * y[i]
	}
}

// ScaleToF32 writes c·x.
func ScaleToF32(dst, x []float32, c float32) { scaleTo(dst, x, c) }

// ScaleToF64 writes c·x.
func ScaleToF64(dst, x []float64, c float64) { scaleTo(dst, x, c) }

func scaleTo[T float32 | float64](dst, x []T, c T) {
	for i := range dst {
		dst[i] = c * x[i]
	}
}

// ShiftToF32 writes (x−m) − l.
func ShiftToF32(dst, x []float32, m, l float32) { shiftTo(dst, x, m, l) }

// ShiftToF64 writes (x−m) − l.
func ShiftToF64(dst, x []float64, m, l float64) { shiftTo(dst, x, m, l) }

func shiftTo[T float32 | float64](dst, x []T, m, l T) {
	for i := range dst {
		dst[i] = (x[i] - m) - l
	}
}

// AddSquaresToF32 writes y + x², rounded once.
func AddSquaresToF32(dst, y, x []float32) {
	for i := range dst { // fma32, inlined
		v, c := float64(x[i]), float64(y[i])
		p := float64(v * v)
		sum := p + c
		if onTie(sum) {
			dst[i] = fma32Tie(p, sum, c)
		} else {
			dst[i] = float32(sum)
		}
	}
}

// AddSquaresToF64 writes y + x², rounded once.
func AddSquaresToF64(dst, y, x []float64) {
	for i := range dst {
		dst[i] = fma64(x[i], x[i], y[i])
	}
}

// AddScaledToF32 writes y + α·s, rounded once.
func AddScaledToF32(dst, y, s []float32, alpha float32) {
	for i := range dst { // fma32, inlined
		p, c := float64(float64(s[i])*float64(alpha)), float64(y[i])
		sum := p + c
		if onTie(sum) {
			dst[i] = fma32Tie(p, sum, c)
		} else {
			dst[i] = float32(sum)
		}
	}
}

// AddScaledToF64 writes y + α·s, rounded once.
func AddScaledToF64(dst, y, s []float64, alpha float64) {
	for i := range dst {
		dst[i] = fma64(s[i], alpha, y[i])
	}
}

// SelectToF32 writes x where keep is set, else other.
func SelectToF32(dst, x []float32, keep []bool, other float32) { selectTo(dst, x, keep, other) }

// SelectToF64 writes x where keep is set, else other.
func SelectToF64(dst, x []float64, keep []bool, other float64) { selectTo(dst, x, keep, other) }

// selectTo has no branch, which a mask without a pattern would mislead.
func selectTo[T float32 | float64](dst, x []T, keep []bool, other T) {
	x, keep = x[:len(dst)], keep[:len(dst)]
	for i, v := range x {
		choice := 0
		if keep[i] {
			choice = 1
		}
		dst[i] = [2]T{other, v}[choice]
	}
}
