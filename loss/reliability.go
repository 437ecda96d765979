package loss

import (
	"math"

	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// Reliability compares how sure a classifier is with how often it is right. Rows of class probabilities are sorted into
// bins of equal width by their confidence, which is the largest probability of the row: Guo et al. (2017), "On
// calibration of modern neural networks". The bins are the points of a reliability diagram; [ExpectedCalibrationError]
// and [MaximumCalibrationError] sum them up.
//
// Of M bins, a confidence p belongs to bin ⌊M·p⌋, p = 1 to the last one. The product is rounded in T. So bin m holds p
// with m/M ≤ p < (m+1)/M, as in torchmetrics (Guo et al. have m/M < p ≤ (m+1)/M, and torchmetrics has a bin of its own
// for p = 1); a p next to an edge that T cannot represent may be in the bin above or below.
//
// Of several largest probabilities the first one is the prediction.
//
// Shapes: pred is batch × class, target batch; rows whose target is the ignored index are left out.
//
// Errors: lengths that do not fit, no bins, predictions outside [0, 1] or NaN, a target that is no class and not
// ignored. That rows add up to 1 is not checked. The zero value is ready for use; safe for concurrent use.
type Reliability[T Float] struct {
	// Classes is the number of classes; 0 means len(pred)/len(target).
	Classes int

	// IgnoreIndex is the target to be ignored; nil means −100.
	IgnoreIndex *int
}

// ReliabilityBin is the rows whose confidence lies in one interval.
type ReliabilityBin struct {
	Count      int // rows
	Correct    int // rows whose prediction is right
	confidence kernels.ExactSum
}

// Accuracy is the fraction of the rows whose prediction is right, NaN if there are none.
func (b ReliabilityBin) Accuracy() float64 { return float64(b.Correct) / float64(b.Count) }

// Confidence is the mean confidence of the rows, NaN if there are none.
func (b ReliabilityBin) Confidence() float64 { return b.confidence.Value() / float64(b.Count) }

// gap is Count·|Accuracy − Confidence|.
func (b *ReliabilityBin) gap() float64 { return math.Abs(float64(b.Correct) - b.confidence.Value()) }

// BinsTo fills the bins, of which there are as many as the slice is long; 15 are usual. What they held is lost.
func (l Reliability[T]) BinsTo(bins []ReliabilityBin, pred []T, target []int) error {
	m, err := l.rows(bins, pred, target)
	if err != nil {
		return err
	}
	clear(bins)
	m.bin(bins)
	return nil
}

// Accumulate adds the rows to the bins of d, of which there must be at least one.
func (l Reliability[T]) Accumulate(d *ReliabilityDiagram, pred []T, target []int) error {
	m, err := l.rows(d.Bins, pred, target)
	if err != nil || len(target) == 0 {
		return err
	}
	k := m.kind(ofReliability)
	if err := d.admit(k, m.kept); err != nil {
		return err
	}
	d.kind = k
	m.bin(d.Bins)
	return nil
}

func (l Reliability[T]) rows(bins []ReliabilityBin, pred []T, target []int) (m classRows[T], err error) {
	if len(bins) == 0 {
		return m, inputError("loss: len(bins) = 0: want at least 1")
	}
	return newProbabilityRows(l.Classes, l.IgnoreIndex, pred, target, false)
}

// bin adds the rows to the bins of their confidence.
func (m *classRows[T]) bin(bins []ReliabilityBin) {
	var block [64]int
	for r := 0; r < len(m.target); {
		for _, class := range m.predictions(block[:], r) {
			if y := m.target[r]; y != m.ignore {
				p := m.pred[r*m.cols+class]
				b := &bins[binOf(p, len(bins))]
				b.Count++
				if class == y {
					b.Correct++
				}
				b.confidence.Add(float64(p))
			}
			r++
		}
	}
}

// binOf is ⌊p·n⌋, the last bin for p = 1.
func binOf[T Float](p T, n int) int { return min(int(p*T(n)), n-1) }

// ExpectedCalibrationError is the mean distance between accuracy and confidence over the rows in the bins,
//
//	Σ_m Count_m/n · |Accuracy_m − Confidence_m|,  n = Σ_m Count_m:
//
// ECE of Guo et al. (2017), torchmetrics' MulticlassCalibrationError with norm="l1". It is NaN if there are no rows. It
// is not a proper score, and depends on the number of bins: compare models with equal ones.
func ExpectedCalibrationError(bins []ReliabilityBin) float64 {
	var sum total.Sum
	for i := range bins {
		sum.Add(bins[i].gap())
	}
	return sum.Value() / float64(countRows(bins))
}

// MaximumCalibrationError is the largest distance |Accuracy − Confidence| over the bins that hold rows: MCE of Guo et
// al. (2017), torchmetrics' norm="max". It is NaN if there are no rows.
func MaximumCalibrationError(bins []ReliabilityBin) float64 {
	most := math.NaN()
	for i := range bins {
		b := &bins[i]
		if b.Count == 0 {
			continue
		}
		if gap := b.gap() / float64(b.Count); !(gap <= most) {
			most = gap
		}
	}
	return most
}
