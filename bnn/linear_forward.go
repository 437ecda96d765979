package bnn

import "github.com/simmer-go/simmer/kernels"

// backward takes dy back through y = x Wᵀ + b: it writes dx.
func (l *Linear[T]) backward(dx, dy, theta []T, rows int) {
	_, w := l.biasAndWeight(theta)
	kernels.MatMulTo(dx, dy, w, rows, l.out, l.in)
}

// setAffine packs the parameters that forward takes: those of the mean; or with eps, unless the layer is deterministic,
// a draw of them, which is made in theta.
func (l *Linear[T]) setAffine(memory, theta, eps, work []T) {
	params := l.params
	if l.draws(eps != nil) {
		params = theta[:l.NumMeanParams()]
		l.draw(params, eps, work)
	}
	affineIn(memory, l.dims).set(params[:l.NumMeanParams()])
}

// forward writes what the layer makes of x with the parameters that setAffine has packed; relu follows it.
func (l *Linear[T]) forward(y, x, memory []T, drawn, relu bool) {
	affineIn(memory, l.dims).forward(y, x, l.factor(drawn), relu)
}

// draws reports whether the layer draws its parameters when parameters are drawn: if it has a covariance.
func (l *Linear[T]) draws(drawn bool) bool { return drawn && l.cov != nil }

// isGaussian reports whether there is a layer, and it is not deterministic.
func (l *Linear[T]) isGaussian() bool { return l != nil && l.cov != nil }

// factor is what outputs are multiplied with. A draw has it in its mean already.
func (l *Linear[T]) factor(drawn bool) T {
	if l.draws(drawn) {
		return 1
	}
	return l.inverseTemperature()
}

// inverseTemperature is what the mean is multiplied with.
func (l *Linear[T]) inverseTemperature() T {
	if l.eval {
		return 1 / l.temp[0]
	}
	return 1
}
