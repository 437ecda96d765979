package bnn

import (
	"math"

	"github.com/simmer-go/simmer/kernels"
)

// KaimingNormal draws the mean weights from N(0, 2/In): K. He, X. Zhang, S. Ren and J. Sun, “Delving deep into
// rectifiers”, ICCV 2015, for layers followed by [ReLU] and its relatives. It is kaiming_normal_(w,
// nonlinearity="relu") in torch. The mean biases become 0; covariances keep their values. Set these before training
// with a divergence: where a covariance is 0 its gradient is 0, or, without eps, the divergence is infinite. Parameter
// i of Params gets number i of the stream of the key, on every machine the same; give draws another key.
func (s *Sequential[T]) KaimingNormal(key Key) {
	s.initialise(kernels.NormalTo[T], key, func(l *Linear[T]) float64 { return 2 / float64(l.in) })
}

// KaimingUniform draws the mean weights from U(−a, a) with a = √(6/In), which have the variance of those of
// [Sequential.KaimingNormal], and is like it otherwise: kaiming_uniform_(w, nonlinearity="relu") in torch.
func (s *Sequential[T]) KaimingUniform(key Key) {
	s.initialise(symmetricUniformTo[T], key, func(l *Linear[T]) float64 { return 6 / float64(l.in) })
}

// XavierNormal draws the mean weights from N(0, 2/(In + Out)): X. Glorot and Y. Bengio, “Understanding the difficulty
// of training deep feedforward neural networks”, AISTATS 2010, for layers followed by [Tanh] or [Sigmoid]. It is like
// [Sequential.KaimingNormal] otherwise, and xavier_normal_(w) in torch.
func (s *Sequential[T]) XavierNormal(key Key) {
	s.initialise(kernels.NormalTo[T], key, func(l *Linear[T]) float64 { return 2 / float64(l.in+l.out) })
}

// XavierUniform draws the mean weights from U(−a, a) with a = √(6/(In + Out)), which have the variance of those of
// [Sequential.XavierNormal], and is like it otherwise: xavier_uniform_(w) in torch.
func (s *Sequential[T]) XavierUniform(key Key) {
	s.initialise(symmetricUniformTo[T], key, func(l *Linear[T]) float64 { return 6 / float64(l.in+l.out) })
}

// initialise gives the weights of each layer numbers of a distribution times the root of square.
func (s *Sequential[T]) initialise(drawTo func(dst []T, key Key, offset uint64) []T, key Key,
	square func(l *Linear[T]) float64) {
	at := 0
	for _, l := range s.linears {
		if l == nil {
			continue
		}
		bias, weight := l.biasAndWeight(l.params)
		clear(bias)
		drawTo(weight, key, uint64(at+len(bias)))
		kernels.ScaleTo(weight, T(math.Sqrt(square(l))), weight)
		at += len(l.params)
	}
}

// symmetricUniformTo draws from U(−1, 1).
func symmetricUniformTo[T Float](dst []T, key Key, offset uint64) []T {
	for i, u := range kernels.UniformTo(dst, key, offset) {
		dst[i] = T(2*u) - 1 // exact
	}
	return dst
}
