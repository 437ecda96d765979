package loss

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// LogLoss is the negative log-likelihood of predicted class probabilities p against class indices y, the mean over the
// rows of −log p_y: sklearn.metrics.log_loss. Use [CrossEntropy] where the logits are at hand, as it loses nothing to
// the rounding of p; [NLL] for log-probabilities; [BCE] for single probabilities of yes.
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
	m, err := newClassRows(l.Classes, l.IgnoreIndex, pred, target)
	if err != nil {
		return 0, err
	}
	if err := m.checkProbabilities(true); err != nil {
		return 0, err
	}
	return (0 - m.logLikelihood()) / float64(m.kept), nil // 0, not −0, where every p is 1
}

// logLikelihood is Σ log p_y.
func (m *classRows[T]) logLikelihood() float64 {
	var sum total.Sum
	var p [blockLen]T
	n := 0
	for r, y := range m.target {
		if y == m.ignore {
			continue
		}
		if n == blockLen {
			sum.Add(kernels.Sum(kernels.LogTo(p[:], p[:])))
			n = 0
		}
		p[n] = m.pred[r*m.cols+y]
		n++
	}
	sum.Add(kernels.Sum(kernels.LogTo(p[:n], p[:n])))
	return sum.Value()
}
