package loss

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// binaryCrossEntropy is what [BCE] and [BCEWithLogits] have in common.
type binaryCrossEntropy[T Float] struct {
	pairs
	logits  bool // predictions are logits, not probabilities
	weights weights[T]
}

func (b *binaryCrossEntropy[T]) value(pred, target []T) (float64, error) {
	if err := b.check(pred, target); err != nil {
		return 0, err
	}
	var sum total.Sum
	if b.plain() {
		for i, n := 0, len(target); i < len(pred); i += n {
			sum.Add(b.kernel(pred[i:i+n], target, nil, nil))
		}
	} else {
		b.weighted(&sum, nil, nil, pred, target, 0)
	}
	return b.reduction.reduce(sum.Value(), b.size(len(target))), nil
}

func (b *binaryCrossEntropy[T]) elementsTo(dst, pred, target []T) error {
	if err := b.checkOutput("dst", dst, pred, target); err != nil {
		return err
	}
	if b.plain() {
		for i, n := 0, len(target); i < len(pred); i += n {
			b.kernelTo(dst[i:i+n], pred[i:i+n], target, nil)
		}
	} else {
		b.weighted(nil, dst, nil, pred, target, 0)
	}
	return nil
}

func (b *binaryCrossEntropy[T]) accumulate(a *Accumulator, of source, dst, pred, target []T) error {
	k, size := kindOf[T](of, b.samplesOption()), b.size(len(target))
	k = withWeights(withWeights(k, b.weights.feature), b.weights.positive)
	if err := a.admitBatch(k, len(dst), size); err != nil {
		return err
	}
	if err := b.elementsTo(dst, pred, target); err != nil {
		return err
	}
	add(a, k, dst, size, size)
	return nil
}

func (b *binaryCrossEntropy[T]) valueGrad(grad, pred, target []T) (float64, error) {
	if err := b.checkOutput("grad", grad, pred, target); err != nil {
		return 0, err
	}
	size := b.size(len(target))
	scale := T(b.gradScale(size))
	var sum total.Sum
	if b.plain() {
		for i, n := 0, len(target); i < len(pred); i += n {
			sum.Add(b.kernelGrad(grad[i:i+n], pred[i:i+n], target, nil, nil, scale))
		}
	} else {
		b.weighted(&sum, nil, grad, pred, target, scale)
	}
	return b.reduction.reduce(sum.Value(), size), nil
}

// plain reports whether all elements count as much as any other.
func (b *binaryCrossEntropy[T]) plain() bool { return b.mask == nil && b.weights.none() }

// weighted implements all three methods for losses with weights or a mask: it adds up, writes the elements, writes the
// gradient, each unless nil.
func (b *binaryCrossEntropy[T]) weighted(sum *total.Sum, dst, grad, pred, target []T, scale T) {
	var factors, positive, keptPred, keptTarget [blockLen]T
	for i, n := 0, 0; i < len(pred); i += n {
		j := i % len(target)
		n = min(blockLen, len(target)-j)
		p, t := pred[i:i+n], target[j:j+n]
		if b.mask != nil {
			p, t = b.keep(keptPred[:n], keptTarget[:n], p, t, b.mask[j:j+n])
		}
		f, q := b.weights.fill(factors[:], i, n, len(target)), b.weights.fillPositive(positive[:n], i)
		switch {
		case dst != nil:
			b.kernelTo(dst[i:i+n], p, t, q)
			if f != nil {
				kernels.MulTo(dst[i:i+n], dst[i:i+n], f)
			}
		case grad != nil:
			sum.Add(b.kernelGrad(grad[i:i+n], p, t, q, f, scale))
		default:
			sum.Add(b.kernel(p, t, q, f))
		}
	}
}

// keep copies predictions and targets, with a pair in place of those that are left out whose element and derivative are
// 0, whatever the weights: exp(−1024) is 0. (A logit of +Inf has the same results, and takes up to twice the time.)
func (b *binaryCrossEntropy[T]) keep(p, t, pred, target []T, mask []bool) (keptPred, keptTarget []T) {
	if b.logits {
		return kernels.SelectTo(p, pred, mask, 1024), kernels.SelectTo(t, target, mask, 1)
	}
	return kernels.SelectTo(p, pred, mask, 0), kernels.SelectTo(t, target, mask, 0)
}

// kernelTo writes elements without the weights, but for those of the positive class; probabilities have none.
func (b *binaryCrossEntropy[T]) kernelTo(dst, pred, target, positive []T) {
	if b.logits {
		kernels.BCEWithLogitsTo(dst, pred, target, positive)
	} else {
		kernels.BCETo(dst, pred, target)
	}
}

// kernel returns their sum, with weights unless nil.
func (b *binaryCrossEntropy[T]) kernel(pred, target, positive, weight []T) float64 {
	switch {
	case b.logits && weight != nil:
		return kernels.WeightedBCEWithLogits(pred, target, positive, weight)
	case b.logits:
		return kernels.BCEWithLogits(pred, target, positive)
	case weight != nil:
		return kernels.WeightedBCE(pred, target, weight)
	}
	return kernels.BCE(pred, target)
}

// kernelGrad also writes scale times their derivatives.
func (b *binaryCrossEntropy[T]) kernelGrad(grad, pred, target, positive, weight []T, scale T) float64 {
	switch {
	case b.logits && weight != nil:
		return kernels.WeightedBCEWithLogitsGrad(grad, pred, target, positive, weight, scale)
	case b.logits:
		return kernels.BCEWithLogitsGrad(grad, pred, target, positive, scale)
	case weight != nil:
		return kernels.WeightedBCEGrad(grad, pred, target, weight, scale)
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
	if err := b.pairs.check(len(pred), len(target)); err != nil {
		return err
	}
	if err := b.weights.check(len(pred), len(target), "PosWeight"); err != nil {
		return err
	}
	if !b.logits {
		if err := checkProbabilities("pred", pred, true, b.mask); err != nil {
			return err
		}
	}
	return checkProbabilities("target", target, false, b.mask)
}
