package loss

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// binaryCrossEntropy is what [BCE] and [BCEWithLogits] have in common.
type binaryCrossEntropy[T Float] struct {
	logits    bool // predictions are logits, not probabilities
	reduction Reduction
	weights   weights[T]
}

func (b *binaryCrossEntropy[T]) value(pred, target []T) (float64, error) {
	if err := b.check(pred, target); err != nil {
		return 0, err
	}
	var sum total.Sum
	if b.weights.none() {
		for i, n := 0, len(target); i < len(pred); i += n {
			if b.logits {
				sum.Add(kernels.BCEWithLogits(pred[i:i+n], target, nil))
			} else {
				sum.Add(kernels.BCE(pred[i:i+n], target))
			}
		}
	} else {
		b.weighted(&sum, nil, nil, pred, target, 0)
	}
	return b.reduction.reduce(sum.Value(), float64(len(pred))), nil
}

func (b *binaryCrossEntropy[T]) elementsTo(dst, pred, target []T) error {
	if err := b.checkOutput("dst", dst, pred, target); err != nil {
		return err
	}
	if b.weights.none() {
		for i, n := 0, len(target); i < len(pred); i += n {
			b.kernelTo(dst[i:i+n], pred[i:i+n], target, nil)
		}
	} else {
		b.weighted(nil, dst, nil, pred, target, 0)
	}
	return nil
}

func (b *binaryCrossEntropy[T]) valueGrad(grad, pred, target []T) (float64, error) {
	if err := b.checkOutput("grad", grad, pred, target); err != nil {
		return 0, err
	}
	size := float64(len(pred))
	scale := T(b.reduction.gradScale(size))
	var sum total.Sum
	if b.weights.none() {
		for i, n := 0, len(target); i < len(pred); i += n {
			sum.Add(b.kernelGrad(grad[i:i+n], pred[i:i+n], target, nil, scale))
		}
	} else {
		b.weighted(&sum, nil, grad, pred, target, scale)
	}
	return b.reduction.reduce(sum.Value(), size), nil
}

// weighted is the way of all three with weights: it adds up, writes the elements,
// writes the gradient, each unless nil.
func (b *binaryCrossEntropy[T]) weighted(sum *total.Sum, dst, grad, pred, target []T, scale T) {
	var factors, elements [blockLen]T
	for i, n := 0, 0; i < len(pred); i += n {
		j := i % len(target)
		n = min(blockLen, len(target)-j)
		p, t, f, e := pred[i:i+n], target[j:j+n], factors[:n], elements[:n]
		b.weights.fill(f, i, len(target))
		q := b.weights.fillPositive(e, i) // where the elements overwrite them
		if grad != nil {
			g := grad[i : i+n]
			b.kernelGrad(g, p, t, q, scale)
			kernels.MulTo(g, g, f)
		}
		b.kernelTo(e, p, t, q)
		if dst != nil {
			kernels.MulTo(dst[i:i+n], e, f)
		}
		if sum != nil {
			sum.Add(kernels.Dot(e, f))
		}
	}
}

// kernelTo writes elements without the weights, but for those of the positive class;
// probabilities have none.
func (b *binaryCrossEntropy[T]) kernelTo(dst, pred, target, positive []T) {
	if b.logits {
		kernels.BCEWithLogitsTo(dst, pred, target, positive)
	} else {
		kernels.BCETo(dst, pred, target)
	}
}

// kernelGrad writes scale times their derivatives and returns their sum.
func (b *binaryCrossEntropy[T]) kernelGrad(grad, pred, target, positive []T, scale T) float64 {
	if b.logits {
		return kernels.BCEWithLogitsGrad(grad, pred, target, positive, scale)
	}
	return kernels.BCEGrad(grad, pred, target, scale)
}

// checkOutput checks everything before a slice arg is written.
func (b *binaryCrossEntropy[T]) checkOutput(arg string, dst, pred, target []T) error {
	if err := checkLen(arg, len(dst), "pred", len(pred)); err != nil {
		return err
	}
	return b.check(pred, target)
}

func (b *binaryCrossEntropy[T]) check(pred, target []T) error {
	if err := checkPair(b.reduction, len(pred), len(target)); err != nil {
		return err
	}
	if err := b.weights.check(len(pred), len(target)); err != nil {
		return err
	}
	if !b.logits {
		if err := checkProbabilities("pred", pred, true); err != nil {
			return err
		}
	}
	return checkProbabilities("target", target, false)
}
