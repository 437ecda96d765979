package loss

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// MSEVR is the variance-reduced squared error of a Gaussian output layer: the expectation of (f−t)² over its weights,
// in closed form,
//
//	(m−t)² + v
//
// with m and v the predictive mean and variance. inferno.loss_fns.MSELossVR, which wants one output and a low-rank
// covariance; here any layer will do.
//
// Shapes: phi, the input of the layer, is [sample × …] batch × In, target batch × Out, dst of ElementsTo [sample × …]
// batch × Out, all row-major, with Samples times as many rows in phi as in target. The mean divides by the number of
// elements, or of those that the mask keeps.
//
// The caller owns work, of length [MSEVR.WorkLen] at least; it must not be shared between concurrent calls and overlaps
// nothing else.
//
// Errors: lengths that do not fit, NaN in target, and whatever the layer reports, such as parameters that are not
// finite. On error only work may have changed.
type MSEVR[T Float] struct {
	Reduction Reduction
	Layer     GaussianLayer[T]

	// Samples is the number of samples; 0 means 1.
	Samples int

	// Mask has one entry for each target, which is false if it is left out, whatever it
	// and its predictions are; nil keeps all.
	Mask []bool
}

// WorkLen is the length of work for a phi of that many rows, samples times batch.
func (l MSEVR[T]) WorkLen(rows int) int { return workLen(l.Layer, rows) }

// Value returns the mean or the sum of the elements.
func (l MSEVR[T]) Value(phi, target, work []T) (float64, error) {
	return l.run(nil, nil, phi, target, work)
}

// ElementsTo writes the elements to dst.
func (l MSEVR[T]) ElementsTo(dst, phi, target, work []T) error {
	_, err := l.run(&dst, nil, phi, target, work)
	return err
}

// Accumulate adds the elements to a, and writes them to dst as ElementsTo does.
func (l MSEVR[T]) Accumulate(a *Accumulator, dst, phi, target, work []T) error {
	p := l.pairs()
	k, err := layerKind(ofMSEVR, p, l.Layer)
	if err != nil {
		return err
	}
	size := p.size(len(target))
	if err := a.admitBatch(k, len(dst), size); err != nil {
		return err
	}
	if err := l.ElementsTo(dst, phi, target, work); err != nil {
		return err
	}
	add(a, k, dst, size, size)
	return nil
}

// ValueGrad returns Value, writes its gradient with respect to phi to dPhi, and adds its gradient with respect to the
// layer's parameters to dParams, in the order of [GaussianLayer]; either may be nil.
func (l MSEVR[T]) ValueGrad(dPhi, dParams, phi, target, work []T) (float64, error) {
	return l.run(nil, &layerGrads[T]{dPhi, dParams}, phi, target, work)
}

func (l *MSEVR[T]) pairs() pairs { return pairs{l.Reduction, l.Samples, l.Mask} }

func (l *MSEVR[T]) run(dst *[]T, grads *layerGrads[T], phi, target, work []T) (float64, error) {
	if err := checkFields(l.Layer, l.Mask, len(target)); err != nil {
		return 0, err
	}
	if err := checkNumbers("target", target, l.Mask); err != nil {
		return 0, err
	}
	p, err := varianceReduced[T]{l.pairs(), l.Layer, l.Layer.Out()}.predict(dst, grads, phi, work, len(target))
	if err != nil {
		return 0, err
	}
	return p.finish(p.squaredError(dst, target, grads != nil), grads, phi, len(target))
}

// squaredError adds up the elements, or writes them unless dst is nil, and writes the derivatives if wanted.
func (p *predictive[T]) squaredError(dst *[]T, target []T, grad bool) float64 {
	scale := T(p.scale)
	if p.mask != nil {
		target = p.keepTargets(p.dVariance, target) // which is free until the end
	}
	var sum total.Sum
	for i, n := 0, len(target); i < len(p.mean); i += n {
		switch mean := p.mean[i : i+n]; {
		case dst != nil:
			kernels.SquaredErrorTo((*dst)[i:i+n], mean, target)
		case grad:
			sum.Add(kernels.SquaredErrorGrad(p.dMean[i:i+n], mean, target, scale))
		default:
			sum.Add(kernels.SquaredError(mean, target))
		}
	}
	if dst != nil {
		kernels.AddScaledTo(*dst, *dst, 1, p.variance)
		return 0
	}
	if grad {
		cycleTo(p.dVariance, []T{scale}, 0)
		for dVariance := p.dVariance; p.mask != nil && len(dVariance) > 0; dVariance = dVariance[len(target):] {
			kernels.SelectTo(dVariance[:len(target)], dVariance[:len(target)], p.mask, 0)
		}
	}
	sum.Add(kernels.Sum(p.variance))
	return sum.Value()
}
