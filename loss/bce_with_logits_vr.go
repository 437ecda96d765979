package loss

import (
	"math"

	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// BCEWithLogitsVR is the variance-reduced binary cross-entropy of a Gaussian output layer against targets t in [0, 1],
//
//	t·softplus(−m+v/2) + (1−t)·softplus(m+v/2)
//
// with m and v the predictive mean and variance of the logit: an upper bound of the expected cross-entropy, by Jensen's
// inequality. inferno.loss_fns.BCEWithLogitsLossVR, which mixes outputs if there are several; here each has its own
// targets.
//
// Shapes: phi, the input of the layer, is [sample × …] batch × In, target batch × Out, dst of ElementsTo [sample × …]
// batch × Out, all row-major, with Samples times as many rows in phi as in target. The mean divides by the number of
// elements, or of those that the mask keeps.
//
// The caller owns work, of length [BCEWithLogitsVR.WorkLen] at least; it must not be shared between concurrent calls
// and overlaps nothing else.
//
// Errors: lengths that do not fit, targets outside [0, 1] or NaN, and whatever the layer reports, such as parameters
// that are not finite. On error only work may have changed.
type BCEWithLogitsVR[T Float] struct {
	Reduction Reduction
	Layer     GaussianLayer[T]

	// Samples is the number of samples; 0 means 1.
	Samples int

	// Mask has one entry for each target, which is false if it is left out, whatever it
	// and its predictions are; nil keeps all.
	Mask []bool
}

// WorkLen is the length of work for a phi of that many rows, samples times batch.
func (l BCEWithLogitsVR[T]) WorkLen(rows int) int { return workLen(l.Layer, rows) }

// Value returns the mean or the sum of the elements.
func (l BCEWithLogitsVR[T]) Value(phi, target, work []T) (float64, error) {
	return l.run(nil, nil, phi, target, work)
}

// ElementsTo writes the elements to dst.
func (l BCEWithLogitsVR[T]) ElementsTo(dst, phi, target, work []T) error {
	_, err := l.run(&dst, nil, phi, target, work)
	return err
}

// Accumulate adds the elements to a, and writes them to dst as ElementsTo does.
func (l BCEWithLogitsVR[T]) Accumulate(a *Accumulator, dst, phi, target, work []T) error {
	p := l.pairs()
	k, err := layerKind(ofBCEWithLogitsVR, p, l.Layer)
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
func (l BCEWithLogitsVR[T]) ValueGrad(dPhi, dParams, phi, target, work []T) (float64, error) {
	return l.run(nil, &layerGrads[T]{dPhi, dParams}, phi, target, work)
}

func (l *BCEWithLogitsVR[T]) pairs() pairs { return pairs{l.Reduction, l.Samples, l.Mask} }

func (l *BCEWithLogitsVR[T]) run(dst *[]T, grads *layerGrads[T], phi, target, work []T) (float64, error) {
	if err := checkFields(l.Layer, l.Mask, len(target)); err != nil {
		return 0, err
	}
	if err := checkProbabilities("target", target, false, l.Mask); err != nil {
		return 0, err
	}
	p, err := varianceReduced[T]{l.pairs(), l.Layer, l.Layer.Out()}.predict(dst, grads, phi, work, len(target))
	if err != nil {
		return 0, err
	}
	return p.finish(p.bceWithLogits(dst, target, grads != nil), grads, phi, len(target))
}

// bceWithLogits adds up the elements, in blocks of float64 so that −m+v/2 keeps what m has of it. It writes them to dst
// unless nil, and the derivatives if wanted.
func (p *predictive[T]) bceWithLogits(dst *[]T, target []T, grad bool) float64 {
	var above, below, value, work [blockLen]float64
	var targets [blockLen]T
	var sum total.Sum
	for i, n := 0, 0; i < len(p.mean); i += n {
		j := i % len(target)
		n = min(blockLen, len(target)-j)
		t := target[j : j+n]
		a, b, e, w := above[:n], below[:n], value[:n], work[:n]
		for k := range n {
			m, half := float64(p.mean[i+k]), float64(float64(p.variance[i+k])/2)
			a[k], b[k] = half+m, half-m
		}
		if p.mask != nil { // softplus and sigmoid of −Inf are 0
			mask := p.mask[j : j+n]
			t = kernels.SelectTo(targets[:n], t, mask, 0)
			kernels.SelectTo(a, a, mask, math.Inf(-1))
			kernels.SelectTo(b, b, mask, math.Inf(-1))
		}
		kernels.SoftplusTo(e, a)
		kernels.SoftplusTo(w, b)
		for k := range n {
			e[k] = weigh(float64(t[k]), w[k]) + weigh(1-float64(t[k]), e[k])
		}
		sum.Add(kernels.Sum(e))
		if dst != nil {
			convert((*dst)[i:i+n], e)
		}
		if grad {
			p.bceWithLogitsGrad(i, kernels.SigmoidTo(a, a), kernels.SigmoidTo(b, b), t)
		}
	}
	return sum.Value()
}

// bceWithLogitsGrad writes the derivatives with respect to mean and variance of some elements, from at on, given
// σ(m+v/2) and σ(−m+v/2).
func (p *predictive[T]) bceWithLogitsGrad(at int, above, below []float64, target []T) {
	for k, t := range target {
		up := float64((1 - float64(t)) * above[k])
		down := float64(float64(t) * below[k])
		p.dMean[at+k] = T(p.scale * (up - down))
		p.dVariance[at+k] = T(p.scale * 0.5 * (up + down))
	}
}
