package loss_test

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
	"github.com/simmer-go/simmer/loss"
)

// metrics are all metrics of one classifier, evaluated in one go.
type metrics struct{ accuracy, brier, logLoss, expected, maximum float64 }

// measure returns the metrics with so many bins, and fills these. Zero classes leave the number to the lengths.
func measure[T loss.Float](bins []loss.ReliabilityBin, classes int, pred []T, target []int) (m metrics, err error) {
	var errs [4]error
	m.accuracy, errs[0] = loss.Accuracy[T]{Classes: classes}.Value(pred, target)
	m.brier, errs[1] = loss.Brier[T]{Classes: classes}.Value(pred, target)
	m.logLoss, errs[2] = loss.LogLoss[T]{Classes: classes}.Value(pred, target)
	errs[3] = loss.Reliability[T]{Classes: classes}.BinsTo(bins, pred, target)
	m.expected, m.maximum = loss.ExpectedCalibrationError(bins), loss.MaximumCalibrationError(bins)
	for _, e := range errs {
		if e != nil {
			return m, e
		}
	}
	return m, nil
}

// classifier makes probabilities in rows that add up to 1, and classes of which some are ignored.
func classifier[T loss.Float](rows, cols int, seed uint64) (pred []T, target []int) {
	pred, target = make([]T, rows*cols), make([]int, rows)
	catalog.Fill(pred, catalog.Scale, seed)
	kernels.SoftmaxRowsTo(pred, pred, cols)
	catalog.FillClasses(target, cols, seed+1)
	return pred, target
}

// directly evaluates the formulas in float64, class by class.
func directly[T loss.Float](bins, cols int, pred []T, target []int) (m metrics) {
	type bin struct{ count, correct, confidence float64 }
	binned, n := make([]bin, bins), 0.0
	for r, y := range target {
		if y < 0 {
			continue
		}
		n++
		row := pred[r*cols : (r+1)*cols]
		most := slices.Max(row)
		for c, p := range row {
			if c == y {
				p--
			}
			m.brier += float64(p) * float64(p)
		}
		m.logLoss -= math.Log(float64(row[y]))
		b := &binned[min(int(most*T(bins)), bins-1)]
		b.count++
		b.confidence += float64(most)
		if slices.Index(row, most) == y {
			b.correct++
			m.accuracy++
		}
	}
	for _, b := range binned {
		if b.count > 0 {
			gap := math.Abs(b.correct/b.count - b.confidence/b.count)
			m.expected += gap * b.count / n
			m.maximum = max(m.maximum, gap)
		}
	}
	m.accuracy, m.brier, m.logLoss = m.accuracy/n, m.brier/n, m.logLoss/n
	return m
}

func TestMetrics(t *testing.T) {
	t.Run("float32", testMetrics[float32])
	t.Run("float64", testMetrics[float64])
}

func testMetrics[T loss.Float](t *testing.T) {
	for _, cols := range []int{1, 2, 3, 10, 255, 256, 257, 600} {
		for _, rows := range []int{1, 7, 90, 300} {
			pred, target := classifier[T](rows, cols, uint64(rows*cols))
			if target[0] < 0 {
				target[0] = 0
			}
			bins := make([]loss.ReliabilityBin, 1+rows%17)
			got, err := measure(bins, cols, pred, target)
			if err != nil {
				t.Fatal(err)
			}
			want := directly(len(bins), cols, pred, target)
			what := fmt.Sprintf(" of %d×%d", rows, cols)
			if got.accuracy != want.accuracy {
				t.Errorf("accuracy%s = %v, want %v", what, got.accuracy, want.accuracy)
			}
			compareSum[T](t, "Brier score"+what, got.brier, want.brier, want.brier)
			compareSum[T](t, "log loss"+what, got.logLoss, want.logLoss, want.logLoss)
			compareSum[T](t, "ECE"+what, got.expected, want.expected, 1)
			compareSum[T](t, "MCE"+what, got.maximum, want.maximum, 1)
			testPermuted(t, bins, got, cols, pred, target)
		}
	}
}

// testPermuted takes the rows backwards, gives the ignored ones odd numbers, and leaves the number of classes to the
// lengths.
func testPermuted[T loss.Float](t *testing.T, bins []loss.ReliabilityBin, want metrics, cols int, pred []T, target []int) {
	t.Helper()
	backwards, classes := make([]T, 0, len(pred)), slices.Clone(target)
	slices.Reverse(classes)
	for r := len(target) - 1; r >= 0; r-- {
		backwards = append(backwards, pred[r*cols:(r+1)*cols]...)
	}
	for r, y := range classes {
		if y < 0 {
			catalog.FillBits(backwards[r*cols:(r+1)*cols], uint64(r))
		}
	}
	again := make([]loss.ReliabilityBin, len(bins))
	got, err := measure(again, 0, backwards, classes)
	if err != nil || got.accuracy != want.accuracy {
		t.Errorf("backwards: accuracy %v, %v, want %v", got.accuracy, err, want.accuracy)
	}
	for i, b := range again {
		if b.Count != bins[i].Count || b.Correct != bins[i].Correct {
			t.Errorf("backwards: bin %d is %v, want %v", i, b, bins[i])
		}
	}
	compareSum[T](t, "Brier score, backwards,", got.brier, want.brier, want.brier)
	compareSum[T](t, "log loss, backwards,", got.logLoss, want.logLoss, want.logLoss)
	compareSum[T](t, "ECE, backwards,", got.expected, want.expected, 1)
}

// The values in the documentation of torchmetrics 1.4 (MulticlassCalibrationError) and of scikit-learn 1.7 (log_loss,
// brier_score_loss), and others worked out by hand.
func TestMetricsByHand(t *testing.T) {
	for _, c := range []struct {
		bins, cols int
		pred       []float64
		target     []int
		want       metrics
	}{
		{3, 3, []float64{0.25, 0.20, 0.55, 0.55, 0.05, 0.40, 0.10, 0.30, 0.60, 0.90, 0.05, 0.05}, []int{0, 1, 2, 0}, metrics{
			accuracy: 0.5,
			brier:    (0.905 + 1.365 + 0.26 + 0.015) / 4,
			logLoss:  -(math.Log(0.25) + math.Log(0.05) + math.Log(0.6) + math.Log(0.9)) / 4,
			expected: 0.2, maximum: 0.7 / 3, // torchmetrics: 0.2000 and 0.2333
		}},
		{2, 2, []float64{0.1, 0.9, 0.9, 0.1, 0.8, 0.2, 0.35, 0.65}, []int{1, 0, 0, 1}, metrics{
			accuracy: 1, brier: 2 * (0.01 + 0.01 + 0.04 + 0.1225) / 4,
			logLoss:  0.21616187468057912, // scikit-learn
			expected: 0.1875, maximum: 0.1875,
		}},
		// Certain and right, certain and wrong; a tie, of which the first counts, right and wrong.
		{4, 2, []float64{1, 0, 1, 0, 0.5, 0.5, 0.5, 0.5}, []int{0, 1, 0, 1}, metrics{
			accuracy: 0.5, brier: (0 + 2 + 0.5 + 0.5) / 4, logLoss: math.Inf(1), expected: 0.25, maximum: 0.5,
		}},
	} {
		got, err := measure(make([]loss.ReliabilityBin, c.bins), c.cols, c.pred, c.target)
		if err != nil {
			t.Fatal(err)
		}
		compareSum[float64](t, "accuracy", got.accuracy, c.want.accuracy, 1)
		compareSum[float64](t, "Brier score", got.brier, c.want.brier, 1)
		compareSum[float64](t, "log loss", got.logLoss, c.want.logLoss, 1)
		compareSum[float64](t, "ECE", got.expected, c.want.expected, 1)
		compareSum[float64](t, "MCE", got.maximum, c.want.maximum, 1)
	}
	binary, err := loss.BrierBinary[float64]{}.Value([]float64{0.1, 0.9, 0.8, 0.3}, []float64{0, 1, 1, 0})
	if err != nil || math.Abs(binary-0.0375) > 1e-15 { // scikit-learn
		t.Errorf("binary Brier score = %v, %v, want 0.0375", binary, err)
	}
}

// What the values become where there is nothing to average, nothing lost, and no number.
func TestMetricsSpecial(t *testing.T) {
	nan := math.NaN()
	expect := func(what string, got float64, err error, want float64) {
		t.Helper()
		if err != nil || !same(got, want) || want == 0 && math.Signbit(got) {
			t.Errorf("%s = %v, %v, want %v", what, got, err, want)
		}
	}
	for _, target := range [][]int{nil, {-100, -100}} {
		pred := make([]float64, 2*len(target))
		m, err := measure(make([]loss.ReliabilityBin, 3), 2, pred, target)
		expect("accuracy of no rows", m.accuracy, err, nan)
		expect("Brier score of no rows", m.brier, err, nan)
		expect("log loss of no rows", m.logLoss, err, nan)
		expect("ECE of no rows", m.expected, err, nan)
		expect("MCE of no rows", m.maximum, err, nan)
	}
	binary, err := loss.BrierBinary[float64]{}.Value(nil, nil)
	expect("binary Brier score of no rows", binary, err, nan)

	m, err := measure(make([]loss.ReliabilityBin, 3), 2, []float64{1, 0, 0, 1}, []int{0, 1})
	expect("accuracy of the truth", m.accuracy, err, 1)
	expect("Brier score of the truth", m.brier, err, 0)
	expect("log loss of the truth", m.logLoss, err, 0)
	expect("ECE of the truth", m.expected, err, 0)
	expect("MCE of the truth", m.maximum, err, 0)

	inf := math.Inf(1)
	accuracy, err := loss.Accuracy[float64]{}.Value([]float64{0, 1, nan, nan, 1, 0, 1, inf, 0, -inf, 1, 0}, []int{1, 0, 1, 1})
	expect("accuracy with NaN and Inf", accuracy, err, 0.5) // the rows without NaN are right
	brier, err := loss.Brier[float64]{}.Value([]float64{0.5, 0.5, 0, nan}, []int{0, 0})
	expect("Brier score with NaN", brier, err, nan)
	logLoss, err := loss.LogLoss[float64]{}.Value([]float64{0.5, 0.5, 1, nan}, []int{0, 0})
	expect("log loss with NaN beside the target", logLoss, err, math.Ln2/2)
	logLoss, err = loss.LogLoss[float64]{}.Value([]float64{0.5, 0.5, 1, nan}, []int{0, 1})
	expect("log loss with NaN", logLoss, err, nan)
	binary, err = loss.BrierBinary[float64]{}.Value([]float64{nan, 0.5}, []float64{0, 0})
	expect("binary Brier score with NaN", binary, err, nan)
}

// A small score of a classifier that is all but certain keeps its digits.
func TestMetricsOfTheCertain(t *testing.T) {
	const rest = 0x1p-20
	brier, err := loss.Brier[float32]{}.Value([]float32{1 - rest, rest}, []int{0})
	if err != nil || brier != 2*rest*rest {
		t.Errorf("Brier score = %v, %v, want %v", brier, err, 2*rest*rest)
	}
	logLoss, err := loss.LogLoss[float32]{}.Value([]float32{1 - rest, rest}, []int{0})
	compareSum[float32](t, "log loss", logLoss, -math.Log1p(-rest), rest)
	if err != nil {
		t.Error(err)
	}
}

// Every confidence is in the bin that holds it, but for the rounding of one product; the edges that T represents are in
// the bin above, 1 in the last one.
func TestBinEdges(t *testing.T) {
	t.Run("float32", testBinEdges[float32])
	t.Run("float64", testBinEdges[float64])
}

func testBinEdges[T loss.Float](t *testing.T) {
	for n := 1; n <= 50; n++ {
		for m := 0; m <= n; m++ {
			edge := T(m) / T(n)
			for _, p := range []T{below(edge), edge, above(edge)} {
				if p < 0 || p > 1 {
					continue
				}
				bin := binned(t, n, p)
				if !holds(n, bin, p) {
					t.Errorf("%v is in bin %d of %d", p, bin, n)
				}
				if p == edge && n&(n-1) == 0 && bin != min(m, n-1) {
					t.Errorf("the exact edge %v is in bin %d of %d", p, bin, n)
				}
			}
		}
	}
}

// binned returns the one bin that is not empty.
func binned[T loss.Float](t *testing.T, n int, p T) int {
	bins := make([]loss.ReliabilityBin, n)
	if err := (loss.Reliability[T]{}).BinsTo(bins, []T{p}, []int{0}); err != nil {
		t.Fatal(err)
	}
	for i, b := range bins {
		if b.Count == 1 && b.Correct == 1 && b.Accuracy() == 1 && b.Confidence() == float64(p) {
			return i
		}
	}
	t.Fatalf("%v is in none of %d bins: %v", p, n, bins)
	return -1
}

// holds reports whether bin ≤ p·n < bin+1 but for a unit in the last place of p, or p is 1.
func holds[T loss.Float](n, bin int, p T) bool {
	if p == 1 {
		return bin == n-1
	}
	times := func(p T) *big.Rat {
		r := new(big.Rat).SetFloat64(float64(p))
		return r.Mul(r, big.NewRat(int64(n), 1))
	}
	return times(above(p)).Cmp(big.NewRat(int64(bin), 1)) >= 0 && times(below(p)).Cmp(big.NewRat(int64(bin+1), 1)) < 0
}

// above and below are the next numbers of T.
func above[T loss.Float](x T) T { return next(x, T(math.Inf(1))) }
func below[T loss.Float](x T) T { return next(x, T(math.Inf(-1))) }

func next[T loss.Float](x, to T) T {
	if catalog.TypeName[T]() == "float32" {
		return T(math.Nextafter32(float32(x), float32(to)))
	}
	return T(math.Nextafter(float64(x), float64(to)))
}
