package loss

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// BCEWithLogitsVR is the variance-reduced binary cross-entropy of a Gaussian output
// layer against targets t in [0, 1],
//
//	t·softplus(−m+v/2) + (1−t)·softplus(m+v/2)
//
// with m and v the predictive mean and variance of the logit: an upper bound of the
// expected cross-entropy, by Jensen's inequality. inferno.loss_fns.BCEWithLogitsLossVR,
// which mixes outputs if there are several; here each has its own targets.
//
// Shapes: phi, the input of the layer, is *sample × batch × In, target batch ×
// Out, dst of ElementsTo *sample × batch × Out, all row-major; the targets are
// repeated for every sample. The mean divides by the number of elements.
//
// The caller owns work, of length [BCEWithLogitsVR.WorkLen] at least; it must not
// be shared between concurrent calls and overlaps nothing else.
//
// Errors: lengths that do not fit, targets outside [0, 1] or NaN, and whatever the
// layer reports, such as parameters that are not finite. Nothing is written then
// but to work.
type BCEWithLogitsVR[T Float] struct {
	Reduction Reduction
	Layer     GaussianLayer[T]
}

// WorkLen is the length of work for so many rows of phi, samples times batch.
func (l BCEWithLogitsVR[T]) WorkLen(rows int) int { return workLen(l.Layer, rows) }

// Value returns the mean or the sum of the elements.
func (l BCEWithLogitsVR[T]) Value(phi, target, work []T) (float64, error) {
	p, err := l.predict(phi, target, work)
	if err != nil {
		return 0, err
	}
	sum := p.logits(nil, target, false, 0)
	return l.Reduction.reduce(sum, float64(len(p.mean))), nil
}

// ElementsTo writes the elements to dst.
func (l BCEWithLogitsVR[T]) ElementsTo(dst, phi, target, work []T) error {
	p, err := l.predict(phi, target, work)
	if err != nil {
		return err
	}
	if err := checkLen("dst", len(dst), "all elements", len(p.mean)); err != nil {
		return err
	}
	p.logits(dst, target, false, 0)
	return nil
}

// ValueGrad returns Value, writes its gradient by phi to dPhi, and adds its
// gradient by the layer's parameters to dParams, in the order of
// [GaussianLayer]; either may be nil.
func (l BCEWithLogitsVR[T]) ValueGrad(dPhi, dParams, phi, target, work []T) (float64, error) {
	if err := checkGrads(l.Layer, dPhi, dParams, phi); err != nil {
		return 0, err
	}
	p, err := l.predict(phi, target, work)
	if err != nil {
		return 0, err
	}
	size := float64(len(p.mean))
	sum := p.logits(nil, target, true, l.Reduction.gradScale(size))
	return l.Reduction.reduce(sum, size), p.grad(l.Layer, dPhi, dParams, phi)
}

func (l *BCEWithLogitsVR[T]) predict(phi, target, work []T) (predictive[T], error) {
	if err := checkProbabilities("target", target, false); err != nil {
		return predictive[T]{}, err
	}
	return predict(l.Reduction, l.Layer, phi, work, len(target), l.Layer.Out())
}

// logits adds up the elements, in blocks of float64 so that −m+v/2 keeps what m has
// of it. It writes them to dst unless nil, and scale times the derivatives if
// wanted.
func (p *predictive[T]) logits(dst, target []T, grad bool, scale float64) float64 {
	var above, below, value, work [blockLen]float64
	var sum total.Sum
	for i, n := 0, 0; i < len(p.mean); i += n {
		j := i % len(target)
		n = min(blockLen, len(target)-j)
		t := target[j : j+n]
		a, b, e, w := above[:n], below[:n], value[:n], work[:n]
		for k := range n {
			m, half := float64(p.mean[i+k]), float64(p.variance[i+k])/2
			a[k], b[k] = half+m, half-m
		}
		kernels.SoftplusTo(e, a)
		kernels.SoftplusTo(w, b)
		for k := range n {
			e[k] = share(float64(t[k]), w[k]) + share(1-float64(t[k]), e[k])
		}
		sum.Add(kernels.Sum(e))
		if dst != nil {
			convert(dst[i:i+n], e)
		}
		if grad {
			p.logitGrads(i, kernels.SigmoidTo(a, a), kernels.SigmoidTo(b, b), t, scale)
		}
	}
	return sum.Value()
}

// share is weight·x, rounded, where a weight of 0 counts for more than an infinity.
func share(weight, x float64) float64 {
	if weight == 0 {
		return 0
	}
	return float64(weight * x)
}

// logitGrads writes the derivatives by mean and variance of some elements, from at
// on, given σ(m+v/2) and σ(−m+v/2).
func (p *predictive[T]) logitGrads(at int, above, below []float64, target []T, scale float64) {
	for k, t := range target {
		up := float64((1 - float64(t)) * above[k])
		down := float64(float64(t) * below[k])
		p.dMean[at+k] = T(scale * (up - down))
		p.dVar[at+k] = T(scale * 0.5 * (up + down))
	}
}
