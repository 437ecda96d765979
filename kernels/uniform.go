package kernels

// UniformTo writes uniform random numbers in [0, 1) to dst and returns dst: dst[i] is number offset+i of the stream of
// key. Keys, places and streams are as in [NormalTo].
//
// The numbers are multiples of 2⁻²⁴ (float32) or 2⁻⁵² (float64), all equally probable, 0 among them and 1 not: the
// upper bits of the words of Threefry4x32-20, exact.
func UniformTo[T Float](dst []T, key Key, offset uint64) []T {
	draw(uniform, dst, key, offset)
	return dst
}
