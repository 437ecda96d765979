package loss

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// LogLoss is the negative log-likelihood of predicted class probabilities p against class indices y, the mean over the
// rows of −log p_y: sklearn.metrics.log_loss. Use [CrossEntropy] where the logits are at hand, as it loses nothing to
// the rounding of p; [NLL] for log-probabilities; [BCE] for probabilities of the positive class.
//
// A target of probability 0 makes it +Inf. (sklearn clips p to [eps, 1−eps] and returns a number that depends on eps.)
//
// Shapes: pred is batch × class, target batch; rows whose target is the ignored index are left out. The value of no
// rows is NaN.
//
// Error: within 1e-13 (float64) or 1e-6 (float32) of the exact value, relatively.
//
// Errors: lengths that do not fit, predictions outside [0, 1], a target that is no class and not ignored. NaN in pred
// propagates from the entry of the target; that rows add up to 1 is not checked. The zero value is ready for use; safe
// for concurrent use.
type LogLoss[T Float] struct {
	// Classes is the number of classes; 0 means len(pred)/len(target).
	Classes int

	// IgnoreIndex is the target to be ignored; nil means −100.
	IgnoreIndex *int
}

// Value returns the mean over the rows.
func (l LogLoss[T]) Value(pred []T, target []int) (float64, error) {
	m, err := newProbabilityRows(l.Classes, l.IgnoreIndex, pred, target, true)
	if err != nil {
		return 0, err
	}
	var sum total.Sum
	var block [blockLen]T
	for r := 0; r < len(target); {
		var p []T
		p, r = m.likelihoods(block[:], r)
		sum.Add(kernels.Sum(kernels.LogTo(p, p)))
	}
	return (0 - sum.Value()) / float64(m.kept), nil // 0, not −0, where every p is 1
}

// Accumulate adds the rows to a, whose Mean becomes the log loss of all of them.
func (l LogLoss[T]) Accumulate(a *Accumulator, pred []T, target []int) error {
	m, err := newProbabilityRows(l.Classes, l.IgnoreIndex, pred, target, true)
	if err != nil {
		return err
	}
	k, err := m.admit(a, ofLogLoss)
	if err != nil || len(target) == 0 {
		return err
	}
	var block [blockLen]T
	for r := 0; r < len(target); {
		var p []T
		p, r = m.likelihoods(block[:], r)
		kernels.ExactAdd(&a.sum, kernels.ScaleTo(p, -1, kernels.LogTo(p, p)))
	}
	a.addWeight(k, float64(m.kept), float64(m.kept))
	return nil
}

// likelihoods writes p_y of the rows from r on that are not ignored. It returns those that fit, and the row after them.
func (m *classRows[T]) likelihoods(dst []T, r int) (p []T, next int) {
	n := 0
	for ; r < len(m.target) && n < len(dst); r++ {
		if y := m.target[r]; y != m.ignore {
			dst[n] = m.pred[r*m.cols+y]
			n++
		}
	}
	return dst[:n], r
}
