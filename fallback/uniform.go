package fallback

// Uniform numbers in [0, 1): the upper bits of a random word, as many as the mantissa of a number in [1, 2) has, or
// one more in float32.

// UniformToF32 writes multiples of 2⁻²⁴: four of each block, four blocks for sixteen elements, in the order of
// NormalToF32. Words are those of ThreefryWords; len(dst) is a multiple of 16.
func UniformToF32(dst []float32, words *[ThreefryCount]uint32) {
	for i := 0; i < len(dst); i += 16 {
		for lane := range 4 {
			for j, x := range threefry(words, uint32(i/4+lane)) {
				dst[i+4*j+lane] = float32(int32(x>>8)) * 0x1p-24
			}
		}
	}
}

// UniformToF64 writes multiples of 2⁻⁵²: four of each pair of blocks, two pairs for eight elements, in the order of
// NormalToF64. Words are those of ThreefryWords; len(dst) is a multiple of 8.
func UniformToF64(dst []float64, words *[ThreefryCount]uint32) {
	for i := 0; i < len(dst); i += 8 {
		for pair := range 2 {
			for j, x := range threefryPair(words, uint32(i/2+2*pair)) {
				dst[i+2*j+pair] = float64of(x>>12|One64) - 1
			}
		}
	}
}
