package loss_test

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
	"github.com/simmer-go/simmer/loss"
)

// tally is all metrics of a classifier, accumulated.
type tally struct {
	accuracy, brier, binary, logLoss loss.Accumulator
	diagram                          loss.ReliabilityDiagram
}

func newTally(bins int) *tally {
	return &tally{diagram: loss.ReliabilityDiagram{Bins: make([]loss.ReliabilityBin, bins)}}
}

func accumulateAll[T loss.Float](t *testing.T, m *tally, cols int, pred []T, target []int) {
	t.Helper()
	for _, err := range []error{
		loss.Accuracy[T]{Classes: cols}.Accumulate(&m.accuracy, pred, target),
		loss.Brier[T]{Classes: cols}.Accumulate(&m.brier, pred, target),
		loss.BrierBinary[T]{}.Accumulate(&m.binary, pred, pred[:len(pred):len(pred)]),
		loss.LogLoss[T]{Classes: cols}.Accumulate(&m.logLoss, pred, target),
		loss.Reliability[T]{Classes: cols}.Accumulate(&m.diagram, pred, target),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func (m *tally) means() []*loss.Accumulator {
	return []*loss.Accumulator{&m.accuracy, &m.brier, &m.binary, &m.logLoss}
}

// merge adds other, which is sent as bytes.
func (m *tally) merge(t *testing.T, other *tally) {
	t.Helper()
	for i, a := range other.means() {
		var received loss.Accumulator
		send(t, &received, a)
		if err := m.means()[i].Merge(&received); err != nil {
			t.Error(err)
		}
	}
	var received loss.ReliabilityDiagram
	send(t, &received, &other.diagram)
	if err := m.diagram.Merge(&received); err != nil {
		t.Error(err)
	}
}

func (m *tally) bytes(t *testing.T) (data []byte) {
	t.Helper()
	for _, a := range m.means() {
		data = append(data, marshal(t, a)...)
	}
	return append(data, marshal(t, &m.diagram)...)
}

// Metrics of rows that are cut into parts, and merged in any order, are those of all rows, to the bit.
func TestMergedMetrics(t *testing.T) {
	t.Run("float32", testMergedMetrics[float32])
	t.Run("float64", testMergedMetrics[float64])
}

func testMergedMetrics[T loss.Float](t *testing.T) {
	const parts = 3
	for _, shape := range [][2]int{{1, 2}, {300, 2}, {700, 10}, {5, 600}} {
		rows, cols := shape[0], shape[1]
		pred, target := classifier[T](rows, cols, uint64(rows))
		whole, bins := newTally(7), make([]loss.ReliabilityBin, 7)
		accumulateAll(t, whole, cols, pred, target)
		value, err := measure(bins, cols, pred, target)
		if err != nil {
			t.Fatal(err)
		}
		testTally(t, whole, bins, value)
		testBrierSums(t, whole, cols, pred, target)
		for order := range parts {
			var cut [parts]*tally
			for i := range cut {
				cut[i] = newTally(7)
			}
			for r, n := 0, 0; r < rows; r += n {
				n = min(rows-r, 1+int(mix(r, order)%9))
				accumulateAll(t, cut[mix(r, order+1)%parts], cols, pred[r*cols:(r+n)*cols], target[r:r+n])
			}
			merged := newTally(7)
			for i := range cut {
				merged.merge(t, cut[(i+order)%parts])
			}
			if got, want := merged.bytes(t), whole.bytes(t); !bytes.Equal(got, want) {
				t.Errorf("%d rows of %d: %x, want %x", rows, cols, got, want)
			}
		}
	}
}

// testTally holds what is accumulated to what the metrics give in one call.
func testTally(t *testing.T, m *tally, bins []loss.ReliabilityBin, want metrics) {
	t.Helper()
	if got := m.accuracy.Mean(); !same(got, want.accuracy) {
		t.Errorf("accuracy %v, want %v", got, want.accuracy)
	}
	if got := m.brier.Mean(); !(math.Abs(got-want.brier) <= 1e-6*want.brier) {
		t.Errorf("Brier score %v, want %v", got, want.brier)
	}
	if got := m.logLoss.Mean(); !(math.Abs(got-want.logLoss) <= 1e-6*want.logLoss) {
		t.Errorf("log loss %v, want %v", got, want.logLoss)
	}
	for i, b := range m.diagram.Bins {
		if b.Count != bins[i].Count || b.Correct != bins[i].Correct || !same(b.Confidence(), bins[i].Confidence()) {
			t.Errorf("bin %d: %d of %d, %v; want %d of %d, %v", i,
				b.Correct, b.Count, b.Confidence(), bins[i].Correct, bins[i].Count, bins[i].Confidence())
		}
	}
	expected, maximum := loss.ExpectedCalibrationError(m.diagram.Bins), loss.MaximumCalibrationError(m.diagram.Bins)
	if !same(expected, want.expected) || !same(maximum, want.maximum) {
		t.Errorf("ECE %v, MCE %v, want %v, %v", expected, maximum, want.expected, want.maximum)
	}
}

// testBrierSums holds the sum of the squares, exact in float32 and rounded in float64, to one without rounding.
func testBrierSums[T loss.Float](t *testing.T, m *tally, cols int, pred []T, target []int) {
	t.Helper()
	exact := ref.Exact(0)
	for i, p := range pred {
		switch y := target[i/cols]; {
		case y < 0:
			continue
		case y == i%cols:
			p = 1 - p
		}
		square := float64(p) * float64(p) // exact if p is a float32
		exact.Add(exact, ref.Exact(square))
	}
	if want, _ := exact.Float64(); m.brier.Sum() != want || m.binary.Sum() != 0 {
		t.Errorf("sums of squares %v and %v, want %v and 0", m.brier.Sum(), m.binary.Sum(), want)
	}
}

// What a metric refuses leaves its accumulator as it is.
func TestAccumulateMetricErrors(t *testing.T) {
	good, bad, y := []float64{0.5, 0.5, 1, 0}, []float64{0.5, 2, 1, 0}, []int{0, 1}
	m := newTally(3)
	accumulateAll(t, m, 2, good, y)
	before := m.bytes(t)
	for what, err := range map[string]error{
		"target[1] = 3":               loss.Accuracy[float64]{}.Accumulate(&m.accuracy, good, []int{0, 3}),
		"pred[1] = 2":                 loss.Brier[float64]{}.Accumulate(&m.brier, bad, y),
		"len(pred) = 4":               loss.BrierBinary[float64]{}.Accumulate(&m.binary, good, good[:2]),
		"len(pred) = 3":               loss.LogLoss[float64]{}.Accumulate(&m.logLoss, bad[:3], y),
		"NaN":                         loss.Reliability[float64]{}.Accumulate(&m.diagram, []float64{0, 1, math.NaN(), 0}, y),
		"other options":               loss.Reliability[float64]{}.Accumulate(&m.diagram, []float64{0, 1, 0, 0, 1, 0}, y),
		"float32":                     loss.Reliability[float32]{}.Accumulate(&m.diagram, []float32{0, 1, 0, 0}, y),
		"len(bins) = 0":               loss.Reliability[float64]{}.Accumulate(&loss.ReliabilityDiagram{}, good, y),
		"len(other.Bins) = 4: want 3": m.diagram.Merge(&newTally(4).diagram),
		"with other options":          m.diagram.Merge(diagram(t, 3, []float64{0, 1, 0}, []int{1})),
		"Reliability[float32] cannot": m.diagram.Merge(diagram(t, 3, []float32{0, 1}, []int{1})),
		"data is not an Accumulator":  m.brier.UnmarshalBinary(marshal(t, &m.diagram)),
		"not a ReliabilityDiagram":    m.diagram.UnmarshalBinary(marshal(t, &m.brier)),
	} {
		if err == nil || !says(err, what) {
			t.Errorf("%v, want %q", err, what)
		}
	}
	if err := m.diagram.Merge(&newTally(3).diagram); err != nil {
		t.Errorf("nothing is merged: %v", err)
	}
	if !bytes.Equal(m.bytes(t), before) {
		t.Error("an error has changed an accumulator")
	}
	full := slices.Clone(m.diagram.Bins)
	full[0].Count = math.MaxInt - 3
	m.diagram.Bins = full
	if err := m.diagram.Merge(diagram(t, 3, good, y)); err == nil || !says(err, "no room for 2 more") {
		t.Errorf("more rows than an int holds: %v", err)
	}
}

// diagram has the rows in so many bins.
func diagram[T loss.Float](t *testing.T, bins int, pred []T, target []int) *loss.ReliabilityDiagram {
	t.Helper()
	d := &loss.ReliabilityDiagram{Bins: make([]loss.ReliabilityBin, bins)}
	if err := (loss.Reliability[T]{}).Accumulate(d, pred, target); err != nil {
		t.Fatal(err)
	}
	return d
}
