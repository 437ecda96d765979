package loss

import (
	"math"

	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// TemperatureScaling finds the temperature T with which logits z predict class indices y best: that of the least
// negative log-likelihood, the sum over the rows of
//
//	−log softmax(z/T)_y = logsumexp(z/T) − z_y/T,  T > 0.
//
// Guo et al. (2017), "On calibration of modern neural networks". Fit it to rows that the model was not trained on, then
// divide the logits of others by it. (If the model has already divided its logits by a temperature, Fit returns the
// factor by which to multiply that.) It changes no prediction, only how sure the model is: T > 1 makes it less so.
//
// Shapes: pred is batch × class, target batch; rows whose target is the ignored index are left out.
//
// The sum is convex in 1/T. Its minimum, where the slope by 1/T crosses 0, is found in float64 whatever the logits are:
// with at most 32 steps of Newton's method between bounds, mostly about 7, and with bisection if they do not get there,
// at most 100 steps in all. The result depends on the arguments alone, like all that stands on package kernels, and is
// within 1e-9 of the exact one, relatively, unless the likelihood is all but flat there.
//
// Errors: lengths that do not fit, a target that is no class and not ignored, logits that are not finite; and no rows,
// or rows that no temperature suits best:
//
//   - the target of every row has the largest logit, so that the likelihood grows as T falls to 0;
//   - the targets' logits are on average at most the means of their rows, so that it grows as T rises to infinity;
//   - the logits of every row are equal, so that T does not matter.
//
// The zero value is ready for use; safe for concurrent use.
type TemperatureScaling[T Float] struct {
	// Classes is the number of classes; 0 means len(pred)/len(target).
	Classes int

	// IgnoreIndex is the target to be ignored; nil means −100.
	IgnoreIndex *int
}

// Fit returns the temperature.
func (s TemperatureScaling[T]) Fit(pred []T, target []int) (temperature float64, err error) {
	m, err := newClassRows(s.Classes, s.IgnoreIndex, pred, target)
	if err != nil {
		return 0, err
	}
	if m.kept == 0 {
		return 0, inputError("loss: target: none of %d is a class: want at least 1", len(target))
	}
	if err := m.checkFinite(); err != nil {
		return 0, err
	}
	unit, err := m.spread()
	if err != nil {
		return 0, err
	}
	inverse, err := m.inverseTemperature(1 / unit)
	if err != nil {
		return 0, err
	}
	if temperature = unit / inverse; temperature == 0 || math.IsInf(temperature, 0) {
		return 0, inputError("loss: pred: the best temperature, %v/%v, is out of the range of a float64", unit, inverse)
	}
	return temperature, nil
}

var (
	errFlat = inputError("loss: pred: the logits of every row are equal: no temperature is better than another")
	errCold = inputError("loss: pred: every target has the largest logit of its row: the best temperature would be 0")
	errHot  = inputError("loss: pred: the logits of the targets are on average not above the means of their rows: " +
		"the best temperature would be infinite")
)

// spread returns a power of two next to the largest distance between logits of a row, and an error if these alone tell
// that no temperature is best.
func (m *classRows[T]) spread() (float64, error) {
	spread, wrong := 0.0, false
	for r, y := range m.target {
		if y == m.ignore {
			continue
		}
		row := m.row(r)
		low, high := row[0], row[0]
		for _, v := range row {
			low, high = min(low, v), max(high, v)
		}
		d := float64(high) - float64(low)
		if math.IsInf(d, 0) {
			return 0, inputError("loss: pred: row %d has logits %v and %v: want a difference that a float64 holds", r, low, high)
		}
		spread, wrong = max(spread, d), wrong || row[y] < high
	}
	switch {
	case spread == 0:
		return 0, errFlat
	case !wrong:
		return 0, errCold
	}
	_, exponent := math.Frexp(spread)
	return math.Ldexp(1, min(max(exponent, -1000), 1000)), nil
}

const (
	newtonSteps = 32
	allSteps    = 100 // bisection needs 64: 53 bits of the significand, 11 of the exponent
	enough      = 0x1p-30
)

// inverseTemperature returns the b at which the negative log-likelihood of softmax(b·scale·z) is least. The scaled
// logits of a row are at most about 1 apart.
func (m *classRows[T]) inverseTemperature(scale float64) (float64, error) {
	if slope, _ := m.slope(0, scale); slope >= 0 {
		return 0, errHot
	}
	low, high, b := 0.0, math.Inf(1), 1.0 // the slope is negative at low, and not at high
	for step := range allSteps {
		slope, curvature := m.slope(b, scale)
		if slope < 0 {
			low = b
		} else {
			high = b
		}
		next := max(b/4, min(b-slope/curvature, 4*b))
		if math.Abs(next-b) <= enough*b { // the curvature changes little over so small a step
			return next, nil
		}
		if step >= newtonSteps || !(low < next && next < high) {
			next = math.Sqrt(max(low, 0x1p-1022)) * math.Sqrt(min(high, math.MaxFloat64))
			if !(low < next && next < high) {
				return b, nil // there is no number between
			}
		}
		b = next
	}
	return b, nil
}

// slope returns the first and the second derivative with respect to b of the negative log-likelihood of
// softmax(b·scale·z): the sums of E[z] − z_y and of Var[z] under these probabilities. The scaled logits are taken
// relatively to the largest of their row, so that nothing overflows, and nothing cancels in rows that are certain.
func (m *classRows[T]) slope(b, scale float64) (slope, curvature float64) {
	var first, second total.Sum
	var d, p [blockLen]float64
	for r, y := range m.target {
		if y == m.ignore {
			continue
		}
		row := m.row(r)
		top := kernels.Max(row)
		own := float64((float64(row[y]) - top) * scale)
		var sum, sumD, sumDD float64
		for len(row) > 0 {
			n := min(len(row), blockLen)
			for i, v := range row[:n] {
				d[i] = (float64(v) - top) * scale
				p[i] = b * d[i]
			}
			kernels.ExpTo(p[:n], p[:n])
			for i, v := range p[:n] {
				pd := float64(v * d[i])
				sum += v
				sumD += pd
				sumDD += float64(pd * d[i])
			}
			row = row[n:]
		}
		mean := sumD / sum
		first.Add(mean - own)
		second.Add(sumDD/sum - float64(mean*mean))
	}
	return first.Value(), second.Value()
}
