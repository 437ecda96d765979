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
	m, err := newClassRows(b.Classes, b.IgnoreIndex, pred, target)
	if err != nil {
		return 0, err
	}
	if err := m.checkProbabilities(true); err != nil {
		return 0, err
	}
	return m.squares() / float64(m.kept), nil
}

// squares is Σ (p_c − [c = y])² over all rows and classes.
func (m *classRows[T]) squares() float64 {
	var sum total.Sum
	var block [blockLen]T
	for from := 0; from < len(m.pred); from += blockLen {
		d := block[:copy(block[:], m.pred[from:])] // the differences, whose signs do not matter
		for r := from / m.cols; r*m.cols < from+len(d); r++ {
			first, y := r*m.cols-from, m.target[r]
			if y == m.ignore {
				clear(d[max(first, 0):min(first+m.cols, len(d))])
			} else if at := first + y; 0 <= at && at < len(d) {
				d[at] = 1 - d[at]
			}
		}
		sum.Add(kernels.Dot(d, d))
	}
	return sum.Value()
}

// BrierBinary is the Brier score of predicted probabilities p of yes against targets t, usually 0 or 1: the mean of
// (p−t)², in [0, 1]. It is [MSE] that refuses what is no probability: sklearn.metrics.brier_score_loss of two classes.
//
// Shapes: pred and target have one length. The score of no predictions is NaN.
//
// Error: within 1e-13 (float64) or 1e-6 (float32) of the exact score, relatively.
//
// Errors: lengths that differ, predictions and targets outside [0, 1], NaN in target. NaN in pred propagates. The zero
// value is ready for use; safe for concurrent use.
type BrierBinary[T Float] struct{}

// Value returns the mean over the predictions.
func (BrierBinary[T]) Value(pred, target []T) (float64, error) {
	if err := checkLen("pred", len(pred), "target", len(target)); err != nil {
		return 0, err
	}
	if err := checkProbabilities("pred", pred, true, nil); err != nil {
		return 0, err
	}
	if err := checkProbabilities("target", target, false, nil); err != nil {
		return 0, err
	}
	return kernels.SquaredError(pred, target) / float64(len(pred)), nil
}
