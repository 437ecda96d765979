package loss

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// Brier is the Brier score of predicted class probabilities p against class indices y, the mean over the rows of
//
//	Σ_c (p_c − [c = y])²,
//
// which lies in [0, 2] where rows add up to 1: Brier (1950), "Verification of forecasts expressed in terms of
// probability"; sklearn.metrics.brier_score_loss with scale_by_half=False, its default for three classes or more. For
// two classes sklearn halves it by default, which makes it that of [BrierBinary].
//
// Shapes: pred is batch × class, target batch; rows whose target is the ignored index are left out. The score of no
// rows is NaN.
//
// Error: within 1e-13 (float64) or 1e-6 (float32) of the exact score, relatively.
//
// Errors: lengths that do not fit, predictions outside [0, 1], a target that is no class and not ignored. NaN in pred
// propagates; that rows add up to 1 is not checked. The zero value is ready for use; safe for concurrent use.
type Brier[T Float] struct {
	// Classes is the number of classes; 0 means len(pred)/len(target).
	Classes int

	// IgnoreIndex is the target to be ignored; nil means −100.
	IgnoreIndex *int
}

// Value returns the mean over the rows.
func (b Brier[T]) Value(pred []T, target []int) (float64, error) {
	m, err := newProbabilityRows(b.Classes, b.IgnoreIndex, pred, target, true)
	if err != nil {
		return 0, err
	}
	var sum total.Sum
	var block [blockLen]T
	for from := 0; from < len(pred); from += blockLen {
		d := m.differences(block[:], from)
		sum.Add(kernels.Dot(d, d))
	}
	return sum.Value() / float64(m.kept), nil
}

// Accumulate adds the rows to a, whose Mean becomes the score of all of them.
func (b Brier[T]) Accumulate(a *Accumulator, pred []T, target []int) error {
	m, err := newProbabilityRows(b.Classes, b.IgnoreIndex, pred, target, true)
	if err != nil {
		return err
	}
	k, err := m.admit(a, ofBrier)
	if err != nil || len(target) == 0 {
		return err
	}
	var block [blockLen]T
	for from := 0; from < len(pred); from += blockLen {
		addSquares(&a.sum, m.differences(block[:], from))
	}
	a.addWeight(k, float64(m.kept), float64(m.kept))
	return nil
}

// differences writes p_c − [c = y], whose sign does not matter, of the predictions from a position on: 0 in rows that
// are ignored. It returns as many as there are, or fit.
func (m *classRows[T]) differences(dst []T, from int) []T {
	d := dst[:copy(dst, m.pred[from:])]
	for r := from / m.cols; r*m.cols < from+len(d); r++ {
		first, y := r*m.cols-from, m.target[r]
		if y == m.ignore {
			clear(d[max(first, 0):min(first+m.cols, len(d))])
		} else if at := first + y; 0 <= at && at < len(d) {
			d[at] = 1 - d[at]
		}
	}
	return d
}

// addSquares adds the squares of d, which it may overwrite: exact ones of float32, rounded ones of float64.
func addSquares[T Float](s *kernels.ExactSum, d []T) {
	if d, ok := any(d).([]float32); ok {
		kernels.ExactAddProducts(s, d, d)
		return
	}
	kernels.ExactAdd(s, kernels.MulTo(d, d, d))
}

// BrierBinary is the Brier score of predicted probabilities p of the positive class against targets t, usually 0 or 1:
// the mean of (p−t)², in [0, 1]. It is [MSE], but refuses what is no probability: sklearn.metrics.brier_score_loss of
// two classes.
//
// Shapes: pred and target have one length. The score of no predictions is NaN.
//
// Error: within 1e-13 (float64) or 1e-6 (float32) of the exact score, relatively.
//
// Errors: lengths that differ, predictions and targets outside [0, 1], NaN in target. NaN in pred propagates. The zero
// value is ready for use; safe for concurrent use.
type BrierBinary[T Float] struct{}

// Value returns the mean over the predictions.
func (b BrierBinary[T]) Value(pred, target []T) (float64, error) {
	if err := b.check(pred, target); err != nil {
		return 0, err
	}
	return kernels.SquaredError(pred, target) / float64(len(pred)), nil
}

// Accumulate adds the predictions to a, whose Mean becomes the score of all of them.
func (b BrierBinary[T]) Accumulate(a *Accumulator, pred, target []T) error {
	if err := b.check(pred, target); err != nil {
		return err
	}
	k, count := kindOf[T](ofBrierBinary), float64(len(pred))
	if err := a.admitBatch(k, len(pred), count); err != nil || len(pred) == 0 {
		return err
	}
	var block [blockLen]T
	for from := 0; from < len(pred); from += blockLen {
		d := block[:min(blockLen, len(pred)-from)]
		addSquares(&a.sum, kernels.AddScaledTo(d, pred[from:][:len(d)], -1, target[from:][:len(d)]))
	}
	a.addWeight(k, count, count)
	return nil
}

func (BrierBinary[T]) check(pred, target []T) error {
	if err := checkLen("pred", len(pred), "target", len(target)); err != nil {
		return err
	}
	if err := checkProbabilities("pred", pred, true, nil); err != nil {
		return err
	}
	return checkProbabilities("target", target, false, nil)
}
