package fallback

import "math"

// The logits of a masked softmax: scale·x + bias, and −Inf in the places that are masked, whatever x is there; and the
// largest of them, NaN left out, −Inf if there is none. Of zeros of both signs it may be either.

// LogitsToF32 writes scale·x.
func LogitsToF32(dst, x []float32, scale float32) (largest float64) { return logitsTo(dst, x, scale) }

// LogitsToF64 writes scale·x.
func LogitsToF64(dst, x []float64, scale float64) (largest float64) { return logitsTo(dst, x, scale) }

func logitsTo[T float32 | float64](dst, x []T, scale T) float64 {
	m := T(math.Inf(-1))
	for i := range dst {
		dst[i] = scale * x[i]
		m = pickMax(dst[i], m)
	}
	return float64(m)
}

// BiasedLogitsToF32 writes scale·x + bias, rounded once; −Inf where bias is −Inf.
func BiasedLogitsToF32(dst, x, bias []float32, scale float32) (largest float64) {
	m := -inf32
	for i := range dst {
		z := bias[i]
		if z != -inf32 {
			z = fma32(x[i], scale, z)
		}
		dst[i] = z
		m = pickMax(z, m)
	}
	return float64(m)
}

// BiasedLogitsToF64 writes scale·x + bias, rounded once; −Inf where bias is −Inf.
func BiasedLogitsToF64(dst, x, bias []float64, scale float64) (largest float64) {
	m := -inf64
	for i := range dst {
		z := bias[i]
		if z != -inf64 {
			z = fma64(x[i], scale, z)
		}
		dst[i] = z
		m = pickMax(z, m)
	}
	return m
}

// KeptLogitsToF32 writes scale·x where keep is set, else −Inf.
//
//go:noinline
func KeptLogitsToF32(dst, x []float32, keep []bool, scale float32) (largest float64) {
	return keptLogitsTo(dst, x, keep, scale)
}

// KeptLogitsToF64 writes scale·x where keep is set, else −Inf.
//
//go:noinline
func KeptLogitsToF64(dst, x []float64, keep []bool, scale float64) (largest float64) {
	return keptLogitsTo(dst, x, keep, scale)
}

// keptLogitsTo is both. Were its callers inlined, package simd would let their slices escape: the compiler knows of a
// generic function of another package what it takes, but not what it keeps.
func keptLogitsTo[T float32 | float64](dst, x []T, keep []bool, scale T) float64 {
	m := T(math.Inf(-1))
	for i := range dst {
		z := T(math.Inf(-1))
		if keep[i] {
			z = scale * x[i]
		}
		dst[i] = z
		m = pickMax(z, m)
	}
	return float64(m)
}
