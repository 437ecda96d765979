package loss

import "fmt"

// weights are the factors of the elements; those that are nil are 1.
type weights[T Float] struct {
	element []T // one for each element of target, or of pred
	datum   []T // one for each entry of the batch axis
	feature []T // one for each entry of the last axis

	positive []T // of the positive class: one for each entry of the last axis, or one for all
}

func (w *weights[T]) none() bool {
	return w.element == nil && w.datum == nil && w.feature == nil && w.positive == nil
}

func (w *weights[T]) check(pred, target int) error {
	if w.none() {
		return nil
	}
	if w.element != nil && len(w.element) != target && len(w.element) != pred {
		return fmt.Errorf("loss: len(Weight) = %d: want %d or %d, the length of target or of pred",
			len(w.element), target, pred)
	}
	if err := checkAxis("DatumWeight", w.datum, target); err != nil {
		return err
	}
	if err := checkAxis("FeatureWeight", w.feature, target); err != nil {
		return err
	}
	if err := checkFinite("Weight", w.element); err != nil {
		return err
	}
	return checkAxis("PosWeight", w.positive, target)
}

// checkAxis checks weights along one axis of the target.
func checkAxis[T Float](field string, w []T, target int) error {
	if w == nil {
		return nil
	}
	if len(w) == 0 && target > 0 || len(w) > 0 && target%len(w) != 0 {
		return fmt.Errorf("loss: len(%s) = %d: want a divisor of len(target) = %d", field, len(w), target)
	}
	return checkFinite(field, w)
}

// fill writes the weights of the elements of pred from position at on. A target
// has size elements.
func (w *weights[T]) fill(dst []T, at, size int) {
	for i := range dst {
		dst[i] = 1
	}
	if w.element != nil {
		scaleCyclic(dst, w.element, at, 1)
	}
	if w.datum != nil {
		scaleCyclic(dst, w.datum, at, size/len(w.datum))
	}
	if w.feature != nil {
		scaleCyclic(dst, w.feature, at, 1)
	}
}

// fillPositive writes the weights of the positive class likewise, or returns nil if
// there are none.
func (w *weights[T]) fillPositive(dst []T, at int) []T {
	if w.positive == nil {
		return nil
	}
	for i := range dst {
		dst[i] = 1
	}
	scaleCyclic(dst, w.positive, at, 1)
	return dst
}

// scaleCyclic multiplies dst by the entries of src, each repeated each times, and
// src repeated without end; dst starts at position at of that sequence.
func scaleCyclic[T Float](dst, src []T, at, each int) {
	k, left := at/each%len(src), each-at%each
	for i := range dst {
		dst[i] *= src[k]
		if left--; left > 0 {
			continue
		}
		left = each
		if k++; k == len(src) {
			k = 0
		}
	}
}

// weigh is weight·x, rounded, where a weight of 0 counts for more than an infinity.
func weigh(weight, x float64) float64 {
	if weight == 0 {
		return 0
	}
	return float64(weight * x)
}
