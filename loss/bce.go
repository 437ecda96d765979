package loss

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// BCE is the binary cross-entropy of predicted probabilities p against targets t,
//
//	−w · (t·max(log p, −100) + (1−t)·max(log(1−p), −100)),
//
// inferno.loss_fns.BCELoss, torch.nn.BCELoss. Use [BCEWithLogits] where the logits
// are at hand: it loses nothing to the rounding of p.
//
// Shapes: pred is *sample × batch × …, target batch × …, both row-major; the
// targets are repeated for every sample, and the number of samples follows from
// the lengths. The mean divides by len(pred), not by the weights.
//
// Error: a value is within 1e-13 (float64) or 1e-6 (float32) of the sum of the
// absolute terms; log(1−p) does not lose the digits of a small p, as torch's does.
//
// The gradient is that of torch: w·(p−t)/max(p·(1−p), 9.999999960041972e-13). It
// knows nothing of the clamp at −100, is up to 1e12 in size, and is 0 where p = t
// is 0 or 1.
//
// Predictions and targets outside [0, 1] are errors, as are a NaN in target and
// weights that are not finite; NaN in pred propagates. Slices that are written
// must not overlap the others. The zero value is ready for use; safe for
// concurrent use.
type BCE[T Float] struct {
	Reduction Reduction

	// The weight of an element is the product of the following, of which nil
	// ones are 1. (torch has one weight, which it broadcasts.)
	Weight        []T // one for each element of target, or each of pred
	DatumWeight   []T // one for each entry of the batch axis
	FeatureWeight []T // one for each entry of the last axis
}

// Value returns the mean or the sum of the elements.
func (l BCE[T]) Value(pred, target []T) (float64, error) {
	if err := l.check(pred, target); err != nil {
		return 0, err
	}
	var sum total.Sum
	if w := l.weights(); !w.none() {
		w.bce(&sum, nil, nil, pred, target, 0)
	} else {
		for i, n := 0, len(target); i < len(pred); i += n {
			sum.Add(kernels.BCE(pred[i:i+n], target))
		}
	}
	return l.Reduction.of(sum.Value(), float64(len(pred))), nil
}

// ElementsTo writes the elements to dst, which has the length of pred.
func (l BCE[T]) ElementsTo(dst, pred, target []T) error {
	if err := checkLen("dst", len(dst), "pred", len(pred)); err != nil {
		return err
	}
	if err := l.check(pred, target); err != nil {
		return err
	}
	if w := l.weights(); !w.none() {
		w.bce(nil, dst, nil, pred, target, 0)
		return nil
	}
	for i, n := 0, len(target); i < len(pred); i += n {
		kernels.BCETo(dst[i:i+n], pred[i:i+n], target)
	}
	return nil
}

// ValueGrad returns Value and writes its gradient by pred to grad.
func (l BCE[T]) ValueGrad(grad, pred, target []T) (float64, error) {
	if err := l.checkGrad(grad, pred, target); err != nil {
		return 0, err
	}
	size := float64(len(pred))
	scale := T(l.Reduction.scale(size))
	var sum total.Sum
	if w := l.weights(); !w.none() {
		w.bce(&sum, nil, grad, pred, target, scale)
	} else {
		for i, n := 0, len(target); i < len(pred); i += n {
			sum.Add(kernels.BCEGrad(grad[i:i+n], pred[i:i+n], target, scale))
		}
	}
	return l.Reduction.of(sum.Value(), size), nil
}

// bce is the way of all three methods with weights: it adds up, writes the
// elements, writes the gradient, each unless nil.
func (w *weights[T]) bce(sum *total.Sum, dst, grad, pred, target []T, scale T) {
	var factors, elements [blockLen]T
	for i, n := 0, 0; i < len(pred); i += n {
		j := i % len(target)
		n = min(blockLen, len(target)-j)
		p, t, f := pred[i:i+n], target[j:j+n], factors[:n]
		w.fill(f, i, len(target))
		e := kernels.BCETo(elements[:n], p, t)
		if dst != nil {
			kernels.MulTo(dst[i:i+n], e, f)
		}
		if sum != nil {
			sum.Add(kernels.Dot(e, f))
		}
		if grad != nil {
			g := grad[i : i+n]
			kernels.BCEGrad(g, p, t, scale)
			kernels.MulTo(g, g, f)
		}
	}
}

func (l *BCE[T]) weights() weights[T] { return weights[T]{l.Weight, l.DatumWeight, l.FeatureWeight} }

func (l *BCE[T]) check(pred, target []T) error {
	if err := checkPair(l.Reduction, pred, target); err != nil {
		return err
	}
	w := l.weights()
	if err := w.check(len(pred), len(target)); err != nil {
		return err
	}
	if err := checkProbabilities("pred", pred, true); err != nil {
		return err
	}
	return checkProbabilities("target", target, false)
}

func (l BCE[T]) checkGrad(grad, pred, target []T) error {
	if err := checkLen("grad", len(grad), "pred", len(pred)); err != nil {
		return err
	}
	return l.check(pred, target)
}
