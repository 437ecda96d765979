package loss

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// BCEWithLogits is the binary cross-entropy of predicted logits x against
// targets t,
//
//	w · (q·t·softplus(−x) + (1−t)·softplus(x)),
//
// inferno.loss_fns.BCEWithLogitsLoss, torch.nn.BCEWithLogitsLoss. inferno refuses
// weight w and pos_weight q; here they are what they are in torch. Its gradient
// by x is w·((1−t)·σ(x) − q·t·σ(−x)).
//
// Shapes: pred is *sample × batch × …, target batch × …, both row-major; the
// targets are repeated for every sample, and the number of samples follows from
// the lengths. The mean divides by len(pred), not by the weights.
//
// Error: a value is within 1e-13 (float64) or 1e-6 (float32) of the exact one,
// relatively, confident predictions included (torch 1.13 gives 0 beyond x = 37).
// An infinite logit has the limit: +Inf where it is wrong, 0 where it is right or
// its factor, q·t or 1−t, is 0; times a weight w of 0 the +Inf is NaN.
//
// Targets outside [0, 1] are errors, NaN too, and so are weights that are not
// finite; NaN in pred propagates. Slices that are written must not overlap the
// others. The zero value is ready for use; safe for concurrent use.
type BCEWithLogits[T Float] struct {
	Reduction Reduction

	// The weight w of an element is the product of the following, of which nil
	// ones are 1. (torch has one weight, which it broadcasts.)
	Weight        []T // one for each element of target, or each of pred
	DatumWeight   []T // one for each entry of the batch axis
	FeatureWeight []T // one for each entry of the last axis

	// PosWeight is the weight q of the positive class, one for each entry of the
	// last axis or one for all; nil is 1.
	PosWeight []T
}

// Value returns the mean or the sum of the elements.
func (l BCEWithLogits[T]) Value(pred, target []T) (float64, error) {
	if err := l.check(pred, target); err != nil {
		return 0, err
	}
	var sum total.Sum
	if l.plain() {
		for i, n := 0, len(target); i < len(pred); i += n {
			sum.Add(kernels.BCEWithLogits(pred[i:i+n], target, nil))
		}
	} else {
		l.blocks(&sum, nil, nil, pred, target, 0)
	}
	return l.Reduction.of(sum.Value(), float64(len(pred))), nil
}

// ElementsTo writes the elements to dst, which has the length of pred.
func (l BCEWithLogits[T]) ElementsTo(dst, pred, target []T) error {
	if err := checkLen("dst", len(dst), "pred", len(pred)); err != nil {
		return err
	}
	if err := l.check(pred, target); err != nil {
		return err
	}
	if l.plain() {
		for i, n := 0, len(target); i < len(pred); i += n {
			kernels.BCEWithLogitsTo(dst[i:i+n], pred[i:i+n], target, nil)
		}
	} else {
		l.blocks(nil, dst, nil, pred, target, 0)
	}
	return nil
}

// ValueGrad returns Value and writes its gradient by pred to grad.
func (l BCEWithLogits[T]) ValueGrad(grad, pred, target []T) (float64, error) {
	if err := l.checkGrad(grad, pred, target); err != nil {
		return 0, err
	}
	size := float64(len(pred))
	scale := T(l.Reduction.scale(size))
	var sum total.Sum
	if l.plain() {
		for i, n := 0, len(target); i < len(pred); i += n {
			sum.Add(kernels.BCEWithLogitsGrad(grad[i:i+n], pred[i:i+n], target, nil, scale))
		}
	} else {
		l.blocks(&sum, nil, grad, pred, target, scale)
	}
	return l.Reduction.of(sum.Value(), size), nil
}

// blocks is the way of all three methods with weights: it adds up, writes the
// elements, writes the gradient, each unless nil.
func (l *BCEWithLogits[T]) blocks(sum *total.Sum, dst, grad, pred, target []T, scale T) {
	var factors, positive, elements [blockLen]T
	w := l.weights()
	for i, n := 0, 0; i < len(pred); i += n {
		j := i % len(target)
		n = min(blockLen, len(target)-j)
		x, t, f, q := pred[i:i+n], target[j:j+n], factors[:n], l.positive(positive[:n], i)
		w.fill(f, i, len(target))
		e := kernels.BCEWithLogitsTo(elements[:n], x, t, q)
		if dst != nil {
			kernels.MulTo(dst[i:i+n], e, f)
		}
		if sum != nil {
			sum.Add(kernels.Dot(e, f))
		}
		if grad != nil {
			g := grad[i : i+n]
			kernels.BCEWithLogitsGrad(g, x, t, q, scale)
			kernels.MulTo(g, g, f)
		}
	}
}

// positive fills dst with the positive weights from position at on, or returns nil.
func (l *BCEWithLogits[T]) positive(dst []T, at int) []T {
	if l.PosWeight == nil {
		return nil
	}
	w := weights[T]{element: l.PosWeight}
	w.fill(dst, at, 0)
	return dst
}

func (l *BCEWithLogits[T]) weights() weights[T] {
	return weights[T]{l.Weight, l.DatumWeight, l.FeatureWeight}
}

func (l *BCEWithLogits[T]) plain() bool {
	w := l.weights()
	return w.none() && l.PosWeight == nil
}

func (l *BCEWithLogits[T]) check(pred, target []T) error {
	if err := checkPair(l.Reduction, pred, target); err != nil {
		return err
	}
	w := l.weights()
	if err := w.check(len(pred), len(target)); err != nil {
		return err
	}
	if err := checkAxis("PosWeight", l.PosWeight, len(target)); err != nil {
		return err
	}
	return checkProbabilities("target", target, false)
}

func (l BCEWithLogits[T]) checkGrad(grad, pred, target []T) error {
	if err := checkLen("grad", len(grad), "pred", len(pred)); err != nil {
		return err
	}
	return l.check(pred, target)
}
