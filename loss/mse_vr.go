package loss

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// MSEVR is the variance-reduced squared error of a Gaussian output layer: the
// expectation of (f−t)² over its weights, in closed form,
//
//	(m−t)² + v
//
// with m and v the predictive mean and variance. inferno.loss_fns.MSELossVR, which
// wants one output and a low-rank covariance; here any layer will do.
//
// Shapes: phi, the input of the layer, is *sample × batch × In, target batch ×
// Out, dst of ElementsTo *sample × batch × Out, all row-major; the targets are
// repeated for every sample. The mean divides by the number of elements.
//
// The caller owns work, of length [MSEVR.WorkLen] at least; it must not be shared
// between concurrent calls and overlaps nothing else.
//
// Errors: lengths that do not fit, NaN in target, and whatever the layer reports,
// such as parameters that are not finite. Nothing is written then but to work.
type MSEVR[T Float] struct {
	Reduction Reduction
	Layer     GaussianLayer[T]
}

// WorkLen is the length of work for so many rows of phi, samples times batch.
func (l MSEVR[T]) WorkLen(rows int) int { return workLen(l.Layer, rows) }

// Value returns the mean or the sum of the elements.
func (l MSEVR[T]) Value(phi, target, work []T) (float64, error) {
	p, err := l.predict(phi, target, work)
	if err != nil {
		return 0, err
	}
	var sum total.Sum
	for i, n := 0, len(target); i < len(p.mean); i += n {
		sum.Add(kernels.SquaredError(p.mean[i:i+n], target))
	}
	return p.addVariance(l.Reduction, sum), nil
}

// ElementsTo writes the elements to dst.
func (l MSEVR[T]) ElementsTo(dst, phi, target, work []T) error {
	p, err := l.predict(phi, target, work)
	if err != nil {
		return err
	}
	if err := checkLen("dst", len(dst), "all elements", len(p.mean)); err != nil {
		return err
	}
	for i, n := 0, len(target); i < len(p.mean); i += n {
		kernels.SquaredErrorTo(dst[i:i+n], p.mean[i:i+n], target)
	}
	for i, v := range p.variance {
		dst[i] += v
	}
	return nil
}

// ValueGrad returns Value, writes its gradient by phi to dPhi, and adds its
// gradient by the layer's parameters to dParams, in the order of
// [GaussianLayer]; either may be nil.
func (l MSEVR[T]) ValueGrad(dPhi, dParams, phi, target, work []T) (float64, error) {
	if err := checkGrads(l.Layer, dPhi, dParams, phi); err != nil {
		return 0, err
	}
	p, err := l.predict(phi, target, work)
	if err != nil {
		return 0, err
	}
	scale := T(l.Reduction.gradScale(float64(len(p.mean))))
	var sum total.Sum
	for i, n := 0, len(target); i < len(p.mean); i += n {
		sum.Add(kernels.SquaredErrorGrad(p.dMean[i:i+n], p.mean[i:i+n], target, scale))
	}
	for i := range p.dVar {
		p.dVar[i] = scale
	}
	return p.addVariance(l.Reduction, sum), p.grad(l.Layer, dPhi, dParams, phi)
}

func (l *MSEVR[T]) predict(phi, target, work []T) (predictive[T], error) {
	if err := checkNumbers("target", target); err != nil {
		return predictive[T]{}, err
	}
	return predict(l.Reduction, l.Layer, phi, work, len(target), l.Layer.Out())
}

func (p *predictive[T]) addVariance(r Reduction, sum total.Sum) float64 {
	sum.Add(kernels.Sum(p.variance))
	return r.reduce(sum.Value(), float64(len(p.mean)))
}
