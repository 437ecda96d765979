package kernels

// NormalTo is documented later.
func NormalTo[T Float](dst []T, key Key, offset uint64) []T {
	draw(normal, dst, key, offset)
	return dst
}

// UniformTo is documented later.
func UniformTo[T Float](dst []T, key Key, offset uint64) []T {
	draw(uniform, dst, key, offset)
	return dst
}
