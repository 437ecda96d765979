package loss

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// CrossEntropyVR is the variance-reduced cross-entropy of a Gaussian output layer against class indices y,
//
//	log Σ_c exp(m_c + v_c/2) − m_y
//
// with m and v the predictive means and variances of the logits: an upper bound of the expected cross-entropy, by
// Jensen's inequality. inferno.loss_fns.CrossEntropyLossVR; like that it has no class weights, ignored index or
// smoothing.
//
// Shapes: phi, the input of the layer, is [sample × …] batch × In, target batch, dst of ElementsTo [sample × …] batch,
// all row-major: phi has Samples times len(target) rows. The mean divides by the number of elements, or of those that
// the mask keeps.
//
// It is evaluated as the cross-entropy of the logits m+v/2, plus v_y/2, both of which are never negative, so that
// nothing cancels.
//
// The caller owns work, of length [CrossEntropyVR.WorkLen] at least; it must not be shared between concurrent calls and
// overlaps nothing else.
//
// Errors: lengths that do not fit, a target that is no class, and whatever the layer reports, such as parameters that
// are not finite. On error only work may have changed.
type CrossEntropyVR[T Float] struct {
	Reduction Reduction
	Layer     GaussianLayer[T]

	// Samples is the number of samples; 0 means 1.
	Samples int

	// Mask has one entry for each target, which is false if it is left out, whatever it
	// and its predictions are; nil keeps all.
	Mask []bool
}

// WorkLen is the length of work for a phi of that many rows, samples times batch.
func (l CrossEntropyVR[T]) WorkLen(rows int) int { return workLen(l.Layer, rows) }

// Value returns the mean or the sum of the elements.
func (l CrossEntropyVR[T]) Value(phi []T, target []int, work []T) (float64, error) {
	return l.run(nil, nil, phi, target, work)
}

// ElementsTo writes the elements to dst.
func (l CrossEntropyVR[T]) ElementsTo(dst, phi []T, target []int, work []T) error {
	_, err := l.run(&dst, nil, phi, target, work)
	return err
}

// Accumulate adds the elements to a, and writes them to dst as ElementsTo does.
func (l CrossEntropyVR[T]) Accumulate(a *Accumulator, dst, phi []T, target []int, work []T) error {
	p := l.pairs()
	k, err := layerKind(ofCrossEntropyVR, p, l.Layer)
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
func (l CrossEntropyVR[T]) ValueGrad(dPhi, dParams, phi []T, target []int, work []T) (float64, error) {
	return l.run(nil, &layerGrads[T]{dPhi, dParams}, phi, target, work)
}

func (l *CrossEntropyVR[T]) pairs() pairs { return pairs{l.Reduction, l.Samples, l.Mask} }

func (l *CrossEntropyVR[T]) run(dst *[]T, grads *layerGrads[T], phi []T, target []int, work []T) (float64, error) {
	if err := checkFields(l.Layer, l.Mask, len(target)); err != nil {
		return 0, err
	}
	t := classTargets{target, l.Mask, noIgnore}
	if _, err := t.check(l.Layer.Out()); err != nil {
		return 0, err
	}
	p, err := varianceReduced[T]{l.pairs(), l.Layer, 1}.predict(dst, grads, phi, work, len(target))
	if err != nil {
		return 0, err
	}
	return p.finish(p.crossEntropy(dst, t, grads != nil), grads, phi, len(target))
}

// crossEntropy adds up the elements, writes them to dst unless nil, and writes the derivatives if wanted.
func (p *predictive[T]) crossEntropy(dst *[]T, targets classTargets, grad bool) float64 {
	var values, scales [blockLen]T
	var classes [blockLen]int
	scale := T(p.scale)
	cycleTo(scales[:], []T{scale}, 0)
	var sum total.Sum
	for r, n := 0, 0; r < p.rows; r += n {
		j := r % len(targets.class)
		n = min(blockLen, len(targets.class)-j)
		t := targets.part(j, n)
		v, y, at, end := values[:n], t.kernelTargets(classes[:n]), r*p.out, (r+n)*p.out
		// m + v/2, where there is room until the derivatives are written
		z := kernels.AddScaledTo(p.dVariance[at:end], p.mean[at:end], 0.5, p.variance[at:end])
		if grad {
			kernels.CrossEntropyRowsGradTo(p.dMean[at:end], v, z, p.out, y, scales[:n])
		} else {
			kernels.CrossEntropyRowsTo(v, z, p.out, y)
		}
		for i, c := range y {
			if c >= 0 {
				v[i] += T(p.variance[at+i*p.out+c] / 2)
			}
		}
		sum.Add(kernels.Sum(v))
		if dst != nil {
			copy((*dst)[r:], v)
		}
		if grad {
			kernels.ScaleTo(p.dVariance[at:end], 0.5, p.dMean[at:end])
			for i, c := range y {
				if c >= 0 {
					p.dVariance[at+i*p.out+c] += T(scale / 2)
				}
			}
		}
	}
	return sum.Value()
}
