package loss

import (
	"github.com/simmer-go/simmer/kernels"
)

// classRows is what the metrics of classes get: a row of predictions for each target, checked.
type classRows[T Float] struct {
	pred   []T
	target []int
	cols   int
	ignore int
	kept   int // rows whose target is not ignored
}

func newClassRows[T Float](classes int, ignore *int, pred []T, target []int) (m classRows[T], err error) {
	s, err := newClassShape(classOptions{classes: classes, metric: true}, len(pred), len(target))
	if err != nil {
		return m, err
	}
	m = classRows[T]{pred: pred, target: target, cols: s.cols, ignore: ignoreIndex(ignore)}
	t := classTargets{class: target, ignore: m.ignore}
	m.kept, err = t.check(m.cols)
	return m, err
}

// newProbabilityRows also checks that the predictions are probabilities, or NaN if that is allowed.
func newProbabilityRows[T Float](
	classes int, ignore *int, pred []T, target []int, allowNaN bool,
) (m classRows[T], err error) {
	if m, err = newClassRows(classes, ignore, pred, target); err != nil {
		return m, err
	}
	return m, m.checkProbabilities(allowNaN)
}

// kind is that of a metric of these rows.
func (m *classRows[T]) kind(of source) kind { return kindOf[T](of, float64(m.cols), float64(m.ignore)) }

// admit checks that the rows may be added to a.
func (m *classRows[T]) admit(a *Accumulator, of source) (kind, error) {
	k := m.kind(of)
	return k, a.admitBatch(k, len(m.target), float64(m.kept))
}

func (m *classRows[T]) row(r int) []T { return m.pred[r*m.cols : (r+1)*m.cols] }

// checkProbabilities refuses what lies outside [0, 1], and NaN unless allowed, but in rows that are ignored.
func (m *classRows[T]) checkProbabilities(allowNaN bool) error {
	if kernels.CountOutside(m.pred, 0, 1) == 0 {
		return nil
	}
	at := m.find(func(v T) bool { return !(v >= 0 && v <= 1) && !(allowNaN && v != v) })
	if at < 0 {
		return nil
	}
	return inputError("loss: pred[%d] = %v: want a probability in [0, 1]", at, m.pred[at])
}

// checkFinite refuses NaN and Inf, but in rows that are ignored.
func (m *classRows[T]) checkFinite() error {
	if s := kernels.Sum(m.pred); s-s == 0 {
		return nil
	}
	at := m.find(func(v T) bool { return v-v != 0 })
	if at < 0 {
		return nil
	}
	return inputError("loss: pred[%d] = %v: want a finite number", at, m.pred[at])
}

// find returns the position of the first bad prediction in the rows that are not ignored, −1 if there is none.
func (m *classRows[T]) find(bad func(T) bool) int {
	for r, y := range m.target {
		if y == m.ignore {
			continue
		}
		for c, v := range m.row(r) {
			if bad(v) {
				return r*m.cols + c
			}
		}
	}
	return -1
}
