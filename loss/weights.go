package loss

import (
	"cmp"

	"github.com/simmer-go/simmer/kernels"
)

// weights are the factors of the elements; those that are nil are 1. The targets are batch × feature × position.
type weights[T Float] struct {
	features, positions int // 0 means that the lengths tell, and 1

	element []T // one for each target, or for each element of pred
	datum   []T // one for each entry of the batch axis
	feature []T // one for each feature

	positive []T // of the positive class: one for each feature, or one for all
}

func (w *weights[T]) none() bool {
	return w.element == nil && w.datum == nil && w.feature == nil && w.positive == nil
}

// check checks the lengths against those of pred and target, and that all are finite. name is that of the field that
// positive is from.
func (w *weights[T]) check(pred, target int, name string) error {
	if w.features|w.positions == 0 && w.none() {
		return nil
	}
	if err := cmp.Or(checkCount("Features", w.features), checkCount("Positions", w.positions)); err != nil {
		return err
	}
	if err := w.checkAxes(target, name); err != nil {
		return err
	}
	if w.element != nil && len(w.element) != target && len(w.element) != pred {
		return inputError("loss: len(Weight) = %d: want %d or %d, the length of target or of pred",
			len(w.element), target, pred)
	}
	if err := checkFinite("Weight", w.element); err != nil {
		return err
	}
	if err := checkFinite("DatumWeight", w.datum); err != nil {
		return err
	}
	if err := checkFinite("FeatureWeight", w.feature); err != nil {
		return err
	}
	return checkFinite(name, w.positive)
}

// checkAxes demands as many weights along each axis as it has entries.
func (w *weights[T]) checkAxes(target int, name string) error {
	features, source := w.featureCount(name)
	if w.feature != nil && (len(w.feature) != features || features == 0) {
		return paramsError("loss: len(FeatureWeight) = %d: want one for each feature, %s = %d",
			len(w.feature), source, features)
	}
	if n := len(w.positive); w.positive != nil && n != 1 && (n != features || n == 0) {
		return paramsError("loss: len(%s) = %d: want 1, or one for each feature, %s = %d", name, n, source, features)
	}
	rows := target / w.inner()
	switch {
	case target%w.inner() != 0 && features == 0:
		return inputError("loss: len(target) = %d: want a multiple of Positions = %d", target, w.inner())
	case target%w.inner() != 0 || rows%max(features, 1) != 0:
		return inputError("loss: len(target) = %d: want a multiple of %s = %d times Positions = %d",
			target, source, features, w.inner())
	}
	switch n := len(w.datum); {
	case w.datum == nil:
	case features > 0 && n != rows/features:
		return inputError("loss: len(DatumWeight) = %d: want %d, as len(target) = %d, %s = %d and Positions = %d",
			n, rows/features, target, source, features, w.inner())
	case n == 0 && rows > 0 || n > 0 && rows%n != 0:
		return inputError("loss: len(DatumWeight) = %d: want a divisor of %d, len(target) = %d by Positions = %d",
			n, rows, target, w.inner())
	}
	return nil
}

// featureCount is the number of features, with what says so; 0 if nothing does.
func (w *weights[T]) featureCount(name string) (n int, source string) {
	switch {
	case w.features > 0:
		return w.features, "Features"
	case w.feature != nil:
		return len(w.feature), "len(FeatureWeight)"
	case len(w.positive) > 1 && name == "Alpha":
		return len(w.positive), "len(Alpha)"
	case len(w.positive) > 1:
		return len(w.positive), "len(PosWeight)"
	}
	return 0, "Features"
}

// inner is the number of positions.
func (w *weights[T]) inner() int { return max(w.positions, 1) }

// fill returns the weights of n elements of pred from position at on, nil if all are 1: of the caller's weights if
// there is one for each element, else in dst. A target has size elements, of which the n reach over no end.
func (w *weights[T]) fill(dst []T, at, n, size int) []T {
	var all []T
	if w.element != nil {
		all = w.element[at%len(w.element):][:n]
	}
	if w.datum != nil {
		all = times(dst[:n], all, w.datum, at, size/len(w.datum))
	}
	if w.feature != nil {
		all = times(dst[:n], all, w.feature, at, w.inner())
	}
	return all
}

// fillPositive returns the weights of the positive class likewise.
func (w *weights[T]) fillPositive(dst []T, at int) []T {
	if w.positive == nil {
		return nil
	}
	return times(dst, nil, w.positive, at, w.inner())
}

// times writes the entries of src, each repeated each times, and src repeated without end, to dst, which starts at
// position at of that sequence, times x unless that is nil.
func times[T Float](dst, x, src []T, at, each int) []T {
	k, left := at/each%len(src), each-at%each
	if x == nil {
		repeatTo(dst, src, k, each, left)
		return dst
	}
	var factors [blockLen]T
	repeatTo(factors[:len(dst)], src, k, each, left)
	return kernels.MulTo(dst, x, factors[:len(dst)])
}

// repeatTo writes entry k of src left times, and then each entry each times.
func repeatTo[T Float](dst, src []T, k, each, left int) {
	if each == 1 {
		cycleTo(dst, src, k)
		return
	}
	for len(dst) > 0 {
		run := dst[:min(left, len(dst))]
		for i := range run {
			run[i] = src[k]
		}
		dst, left = dst[len(run):], each
		if k++; k == len(src) {
			k = 0
		}
	}
}

// cycleTo writes src from entry k on, again and again: what is there already doubles.
func cycleTo[T Float](dst, src []T, k int) {
	n := copy(dst, src[k:])
	n += copy(dst[n:], src[:k])
	for n < len(dst) {
		n += copy(dst[n:], dst[:n])
	}
}

// weigh is weight·x, rounded, where a weight of 0 counts for more than an infinity.
func weigh(weight, x float64) float64 {
	if weight == 0 {
		return 0
	}
	return float64(weight * x)
}
