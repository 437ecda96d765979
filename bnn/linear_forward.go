package bnn

import (
	"gonum.org/v1/gonum/blas"

	"github.com/simmer-go/simmer/kernels"
)

// forward writes y = c (x Wᵀ + b), where theta and c come from forwardParams.
func (l *Linear[T]) forward(y, x, theta []T, rows int, c T) {
	b, w := l.biasAndWeight(theta)
	affine(y, x, w, b, rows, l.out, l.in)
	if c != 1 {
		y = y[:rows*l.out]
		kernels.ScaleTo(y, c, y)
	}
}

// backward takes dy back through y = x Wᵀ + b: it writes dx, and adds to the
// mean part of dTheta. Either may be nil.
func (l *Linear[T]) backward(dx, dTheta, dy, x, theta []T, rows int) {
	if dx != nil {
		_, w := l.biasAndWeight(theta)
		gemm(blas.NoTrans, blas.NoTrans, rows, l.in, l.out, dy, l.out, w, l.in, 0, dx, l.in)
	}
	if dTheta == nil {
		return
	}
	db, dw := l.biasAndWeight(dTheta)
	affineGrad(dw, db, dy, x, rows, l.out, l.in)
}

// forwardParams returns the parameters that forward takes, and their factor: those of the mean; or with eps, unless the
// layer is deterministic, a draw of them, which it writes to theta.
func (l *Linear[T]) forwardParams(theta, eps, work []T) (params []T, c T) {
	if !l.draws(eps) {
		return l.params, l.inverseTemperature()
	}
	theta = theta[:l.NumMeanParams()]
	l.draw(theta, eps[:l.NumNormals()], work)
	return theta, 1
}

// draws says whether the layer draws its parameters: with eps (not nil), if it has a covariance.
func (l *Linear[T]) draws(eps []T) bool { return eps != nil && l.cov != nil }

// inverseTemperature is what the mean is multiplied with.
func (l *Linear[T]) inverseTemperature() T {
	if l.eval {
		return 1 / l.temp[0]
	}
	return 1
}
