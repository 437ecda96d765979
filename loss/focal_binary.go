package loss

import (
	"math"

	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// FocalBinary is the focal loss of predicted logits x against targets t in [0, 1],
//
//	α_t · (1−p_t)^γ · (t·softplus(−x) + (1−t)·softplus(x))
//	p_t = t·σ(x) + (1−t)·σ(−x),  α_t = t·α + (1−t)·(1−α)
//
// after Lin et al., "Focal loss for dense object detection" (2017); without Alpha, α_t is 1.
// inferno.loss_fns.FocalLoss(task="binary"), which has neither α nor weights; torchvision.ops.sigmoid_focal_loss, whose
// default is α = 0.25. Soft targets are allowed. [Focal] is the one with task="multiclass".
//
// Shapes: pred is [sample × …] batch × feature × position…, target batch × feature × position…, both row-major, so that
// len(pred) is Samples times len(target). The mean divides by len(pred), or by the number of elements that the mask
// keeps.
//
// Error: a value is within 1e-13 (float64) or 1e-6 (float32) of the exact one, relatively, for γ up to 5, the most
// confident predictions included: 1−p_t is formed as t·σ(−x) + (1−t)·σ(x), without a subtraction. In float32, (1−p_t)^γ
// and the cross-entropy are float32 before they are multiplied: where one is below 1.2e-38, as for γ = 2 and a logit
// that is right by more than 43.7, the element is off by up to 1.4e-45 instead, in a sum too. 0⁰ is 1, so γ = 0 is
// [BCEWithLogits]. The gradient for γ < 1 at 1−p_t = 0, NaN in inferno, is its limit 0. Infinite logits have the
// limits, NaN propagates; times an α_t of 0 the +Inf is NaN.
//
// Errors: lengths that do not fit, targets outside [0, 1] or NaN, γ negative or not finite, α outside [0, 1]. Slices
// that are written must not overlap the others. The zero value has γ = 0; safe for concurrent use.
type FocalBinary[T Float] struct {
	Reduction Reduction

	// Samples is the number of samples; 0 means 1.
	Samples int

	// Gamma is γ ≥ 0. The zero value is plain cross-entropy; Lin et al. use 2.
	Gamma float64

	// Alpha is α, the weight of the positive class beside the weight 1−α of the negative one: one for each feature or
	// one for all; nil means that both are 1.
	Alpha []T

	// Features is the length of the axis that Alpha is along. 0 means len(Alpha).
	Features int

	// Positions is the product of the dimensions after the axis of features; 0 means 1.
	Positions int

	// Mask has one entry for each target, which is false if it is left out, whatever it
	// and its predictions are; nil keeps all.
	Mask []bool
}

// Value returns the mean or the sum of the elements.
func (l FocalBinary[T]) Value(pred, target []T) (float64, error) {
	return l.run(nil, nil, pred, target)
}

// ElementsTo writes the elements to dst, which has the length of pred.
func (l FocalBinary[T]) ElementsTo(dst, pred, target []T) error {
	if err := checkLen("dst", len(dst), "pred", len(pred)); err != nil {
		return err
	}
	_, err := l.run(dst, nil, pred, target)
	return err
}

// Accumulate adds the elements to a, and writes them to dst as ElementsTo does.
func (l FocalBinary[T]) Accumulate(a *Accumulator, dst, pred, target []T) error {
	p := l.pairs()
	k, size := withWeights(kindOf[T](ofFocalBinary, p.samplesOption(), l.Gamma), l.Alpha), p.size(len(target))
	if err := a.admitBatch(k, len(dst), size); err != nil {
		return err
	}
	if err := l.ElementsTo(dst, pred, target); err != nil {
		return err
	}
	add(a, k, dst, size, size)
	return nil
}

// ValueGrad returns Value and writes its gradient with respect to pred to grad.
func (l FocalBinary[T]) ValueGrad(grad, pred, target []T) (float64, error) {
	if err := checkLen("grad", len(grad), "pred", len(pred)); err != nil {
		return 0, err
	}
	return l.run(nil, grad, pred, target)
}

func (l FocalBinary[T]) checkGrad(grad, pred, target []T) error {
	if err := checkLen("grad", len(grad), "pred", len(pred)); err != nil {
		return err
	}
	return l.check(pred, target)
}

func (l *FocalBinary[T]) pairs() pairs { return pairs{l.Reduction, l.Samples, l.Mask} }

func (l *FocalBinary[T]) alpha() weights[T] {
	return weights[T]{features: l.Features, positions: l.Positions, positive: l.Alpha}
}

func (l *FocalBinary[T]) check(pred, target []T) error {
	if err := checkScalar[T]("Gamma", l.Gamma); err != nil {
		return err
	}
	p, w := l.pairs(), l.alpha()
	if err := p.check(len(pred), len(target)); err != nil {
		return err
	}
	if err := w.check(len(pred), len(target), "Alpha"); err != nil {
		return err
	}
	for i, a := range l.Alpha {
		if !(a >= 0 && a <= 1) {
			return paramsError("loss: Alpha[%d] = %v: want a number in [0, 1]", i, a)
		}
	}
	return checkProbabilities("target", target, false, l.Mask)
}

// run writes elements and gradient, each unless nil, and returns the value.
func (l *FocalBinary[T]) run(dst, grad, pred, target []T) (float64, error) {
	if err := l.check(pred, target); err != nil {
		return 0, err
	}
	p, w := l.pairs(), l.alpha()
	size := p.size(len(target))
	scale := T(p.gradScale(size))
	var alphas, keptPred, keptTarget [blockLen]T
	var sum total.Sum
	for i, n := 0, 0; i < len(pred); i += n {
		j := i % len(target)
		n = min(blockLen, len(target)-j)
		x, t := pred[i:i+n], target[j:j+n]
		if l.Mask != nil { // the loss of +Inf is 0 where the target is 1
			mask := l.Mask[j : j+n]
			x, t = kernels.SelectTo(keptPred[:n], x, mask, T(math.Inf(1))), kernels.SelectTo(keptTarget[:n], t, mask, 1)
		}
		alpha := w.fillPositive(alphas[:n], i)
		switch {
		case dst != nil:
			kernels.BinaryFocalTo(dst[i:i+n], x, t, alpha, l.Gamma)
		case grad != nil:
			sum.Add(kernels.BinaryFocalGrad(grad[i:i+n], x, t, alpha, l.Gamma, scale))
		default:
			sum.Add(kernels.BinaryFocal(x, t, alpha, l.Gamma))
		}
	}
	return l.Reduction.reduce(sum.Value(), size), nil
}
