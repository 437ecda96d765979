package loss

import "github.com/simmer-go/simmer/kernels"

// Accuracy is the fraction of rows whose largest prediction is that of the target: sklearn.metrics.accuracy_score,
// torchmetrics' MulticlassAccuracy with average="micro". Predictions are probabilities, logits, or any other scores.
//
// Of several largest predictions the first one counts, as for argmax of numpy. A row with a NaN predicts no class, and
// so is wrong; infinities are compared like other numbers.
//
// Shapes: pred is batch × class, target batch; rows whose target is the ignored index are left out. The accuracy of no
// rows is NaN.
//
// Errors: lengths that do not fit, a target that is no class and not ignored. The zero value is ready for use; safe for
// concurrent use.
type Accuracy[T Float] struct {
	// Classes is the number of classes; 0 means len(pred)/len(target).
	Classes int

	// IgnoreIndex is the target to be ignored; nil means −100.
	IgnoreIndex *int
}

// Value returns the fraction.
func (c Accuracy[T]) Value(pred []T, target []int) (float64, error) {
	m, err := newClassRows(c.Classes, c.IgnoreIndex, pred, target)
	if err != nil {
		return 0, err
	}
	return float64(m.correct()) / float64(m.kept), nil
}

// Accumulate adds the rows to a, whose Mean becomes the fraction of all of them.
func (c Accuracy[T]) Accumulate(a *Accumulator, pred []T, target []int) error {
	m, err := newClassRows(c.Classes, c.IgnoreIndex, pred, target)
	if err != nil {
		return err
	}
	k, err := m.admit(a, ofAccuracy)
	if err != nil || len(target) == 0 {
		return err
	}
	a.sum.Add(float64(m.correct()))
	a.addWeight(k, float64(m.kept), float64(m.kept))
	return nil
}

// correct is the number of rows whose largest prediction is that of the target.
func (m *classRows[T]) correct() int {
	correct := 0
	var block [64]int
	for r := 0; r < len(m.target); {
		for _, class := range m.predictions(block[:], r) {
			if y := m.target[r]; y != m.ignore && class == y {
				correct++
			}
			r++
		}
	}
	return correct
}

// predictions writes the class of the largest prediction of the rows from r on, and returns as many as there are or
// fit.
func (m *classRows[T]) predictions(dst []int, r int) []int {
	n := min(len(m.target)-r, len(dst))
	return kernels.ArgMaxRowsTo(dst[:n], m.pred[r*m.cols:(r+n)*m.cols], m.cols)
}
