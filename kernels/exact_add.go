package kernels

// ExactAdd adds all elements of x to s, exactly.
func ExactAdd[T Float](s *ExactSum, x []T) {
	for _, v := range x {
		s.Add(float64(v))
	}
}

// ExactAddProducts adds x[0]·y[0], x[1]·y[1], … to s, each exactly. It panics if the lengths differ.
func ExactAddProducts(s *ExactSum, x, y []float32) {
	sameLength("ExactAddProducts: len(x), len(y)", len(x), len(y))
	for i, v := range x {
		s.AddProduct(v, y[i])
	}
}
