package loss_test

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/steady"
	"github.com/simmer-go/simmer/loss"
)

// ofClasses calls each metric whose targets are classes.
func ofClasses[T loss.Float](bins []loss.ReliabilityBin, classes int, ignore *int) map[string]func([]T, []int) error {
	type value func([]T, []int) (float64, error)
	call := func(f value) func([]T, []int) error {
		return func(pred []T, target []int) error { _, err := f(pred, target); return err }
	}
	return map[string]func([]T, []int) error{
		"Accuracy":           call(loss.Accuracy[T]{Classes: classes, IgnoreIndex: ignore}.Value),
		"Brier":              call(loss.Brier[T]{Classes: classes, IgnoreIndex: ignore}.Value),
		"LogLoss":            call(loss.LogLoss[T]{Classes: classes, IgnoreIndex: ignore}.Value),
		"TemperatureScaling": call(loss.TemperatureScaling[T]{Classes: classes, IgnoreIndex: ignore}.Fit),
		"Reliability": func(pred []T, target []int) error {
			return loss.Reliability[T]{Classes: classes, IgnoreIndex: ignore}.BinsTo(bins, pred, target)
		},
	}
}

func TestMetricErrors(t *testing.T) {
	t.Run("float32", testMetricErrors[float32])
	t.Run("float64", testMetricErrors[float64])
}

func testMetricErrors[T loss.Float](t *testing.T) {
	nan, inf, seven := T(math.NaN()), T(math.Inf(1)), 7
	bins := []loss.ReliabilityBin{{Count: 5, Correct: 3}, {Count: 2, Correct: 1}}
	before := slices.Clone(bins)
	x, y := []T{0.5, 0.25, 0.25, 1, 0, 0}, []int{0, 2}
	for _, c := range []struct {
		classes int
		ignore  *int
		pred    []T
		target  []int
		want    string
		only    string // the metric that refuses, if not all do
	}{
		{-1, nil, x, y, "Classes = -1", ""},
		{3, nil, x[:5], y, "len(pred) = 5: want 2 positions of target times 3 classes, which is Classes", ""},
		{3, nil, append(x, x...), y, "len(pred) = 12: want 2 positions of target times 3 classes, which is Classes", ""},
		{0, nil, x[:5], y, "len(pred) = 5: want a multiple of len(target) = 2", ""},
		{3, nil, nil, y, "len(pred) = 0", ""},
		{3, nil, x, nil, "len(pred) = 6", ""},
		{math.MaxInt/2 + 2, nil, x, y, "len(pred) = 6", ""},
		{3, nil, x, []int{0, 3}, "target[1] = 3: want a class in [0, 3) or the ignored index -100", ""},
		{3, &seven, x, []int{7, -100}, "target[1] = -100: want a class in [0, 3) or the ignored index 7", ""},

		{3, nil, []T{0, 1, 0, 0, 1.5, 0}, y, "pred[4] = 1.5: want a probability in [0, 1]", "Brier"},
		{3, nil, []T{0, 1, 0, 0, 0, -0.5}, y, "pred[5] = -0.5: want a probability in [0, 1]", "LogLoss"},
		{3, nil, []T{0, inf, 0, 0, 1, 0}, y, "pred[1] = +Inf: want a probability in [0, 1]", "Reliability"},
		{3, nil, []T{0, nan, 0, 0, 1, 0}, y, "pred[1] = NaN: want a probability in [0, 1]", "Reliability"},
		{3, &seven, []T{nan, 0, 0, 0, 0, 2}, []int{7, 0}, "pred[5] = 2: want a probability in [0, 1]", "Brier"},

		{3, nil, []T{0, nan, 0, 0, 1, 0}, y, "pred[1] = NaN: want a finite number", "TemperatureScaling"},
		{3, nil, []T{0, 0, 0, 0, 1, -inf}, y, "pred[5] = -Inf: want a finite number", "TemperatureScaling"},
		{3, nil, nil, nil, "target: none of 0 is a class", "TemperatureScaling"},
		{3, nil, x, []int{-100, -100}, "target: none of 2 is a class", "TemperatureScaling"},
		{3, nil, []T{5, 5, 5, 7, 7, 7}, y, "the logits of every row are equal", "TemperatureScaling"},
		{3, nil, x, []int{0, 0}, "every target has the largest logit of its row: the best temperature would be 0", "TemperatureScaling"},
		{3, nil, []T{0, 1, 0, 0, 0, 1}, []int{0, 0}, "the best temperature would be infinite", "TemperatureScaling"},
		{2, nil, []T{0, 1, 0, 1}, []int{0, 1}, "the best temperature would be infinite", "TemperatureScaling"},
	} {
		for name, call := range ofClasses[T](bins, c.classes, c.ignore) {
			if c.only != "" && c.only != name {
				continue
			}
			if err := call(c.pred, c.target); err == nil || !says(err, c.want) {
				t.Errorf("%s: error %v, want %q", name, err, c.want)
			}
		}
	}
	expect := func(err error, want string) {
		t.Helper()
		if err == nil || !says(err, want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	expect(loss.Reliability[T]{}.BinsTo(nil, x, y), "len(bins) = 0: want at least 1")
	if !slices.Equal(bins, before) {
		t.Errorf("wrote %v in spite of an error", bins)
	}
	var binary loss.BrierBinary[T]
	_, err := binary.Value(x, x[:5])
	expect(err, "len(pred) = 6: want 5, the length of target")
	_, err = binary.Value([]T{0, 1.5}, x[:2])
	expect(err, "pred[1] = 1.5: want a probability in [0, 1]")
	_, err = binary.Value(x[:2], []T{0, nan})
	expect(err, "target[1] = NaN: want a probability in [0, 1]")
}

// No metric allocates, and slices that a caller keeps on its stack stay there.
func TestMetricAllocations(t *testing.T) {
	steady.Allocations(t)
	type T = float32
	for name, f := range map[string]func(){
		"Accuracy": func() {
			var x [8]T
			var y [2]int
			_, _ = loss.Accuracy[T]{}.Value(x[:], y[:])
		},
		"Brier": func() {
			var x [8]T
			var y [2]int
			_, _ = loss.Brier[T]{}.Value(x[:], y[:])
		},
		"BrierBinary": func() {
			var x, y [8]T
			_, _ = loss.BrierBinary[T]{}.Value(x[:], y[:])
		},
		"LogLoss": func() {
			var x [8]T
			var y [2]int
			_, _ = loss.LogLoss[T]{}.Value(x[:], y[:])
		},
		"Reliability": func() {
			var x [8]T
			var y [2]int
			var bins [5]loss.ReliabilityBin
			_ = loss.Reliability[T]{}.BinsTo(bins[:], x[:], y[:])
			_, _ = loss.ExpectedCalibrationError(bins[:]), loss.MaximumCalibrationError(bins[:])
		},
		"TemperatureScaling": func() {
			x := [8]T{0, 1, 2, 0, 0, 1, 2, 4}
			y := [2]int{1, 3}
			if _, err := (loss.TemperatureScaling[T]{}).Fit(x[:], y[:]); err != nil {
				t.Error(err)
			}
		},
	} {
		if n := testing.AllocsPerRun(3, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// A metric may be shared by goroutines. (The race detector makes this worth more.)
func TestMetricConcurrency(t *testing.T) {
	want := metricBits(t)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if got := metricBits(t); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
	wait.Wait()
}

// Every implementation, on every architecture, gives these bits. They change with those of the kernels, in a minor
// release: with a line in the change log.
func TestMetricDigest(t *testing.T) {
	const want = "cbed2391cf3d2583"
	for _, i := range isa.Available() {
		restore := isa.Use(i)
		if got := metricBits(t); got != want {
			t.Errorf("%v: the bits of all metrics have the digest %s, want %s", i, got, want)
		}
		restore()
	}
}

// metricBits is a digest of what all metrics give for some shapes, in both types.
func metricBits(t *testing.T) string {
	hash := fnv.New64a()
	for _, shape := range [][2]int{{300, 2}, {200, 10}, {40, 257}, {20, 600}} {
		for _, v := range append(metricValues[float32](t, shape[0], shape[1]), metricValues[float64](t, shape[0], shape[1])...) {
			if err := binary.Write(hash, binary.LittleEndian, math.Float64bits(v)); err != nil {
				t.Error(err)
			}
		}
	}
	return fmt.Sprintf("%016x", hash.Sum64())
}

func metricValues[T loss.Float](t *testing.T, rows, cols int) []float64 {
	pred, target := classifier[T](rows, cols, uint64(rows))
	bins := make([]loss.ReliabilityBin, 7)
	m, err := measure(bins, cols, pred, target)
	if err != nil {
		t.Error(err)
	}
	list := []float64{m.accuracy, m.brier, m.logLoss, m.expected, m.maximum}
	for _, b := range bins {
		list = append(list, float64(b.Count), float64(b.Correct))
		if b.Count > 0 { // not all NaN have the same bits
			list = append(list, b.Confidence())
		}
	}
	binary, err := loss.BrierBinary[T]{}.Value(pred, pred[:len(pred):len(pred)])
	if err != nil {
		t.Error(err)
	}
	temperature, err := loss.TemperatureScaling[T]{Classes: cols}.Fit(logits[T](rows, cols, target))
	if err != nil {
		t.Error(err)
	}
	return append(list, binary, temperature)
}

// logits are those of a classifier that is mostly right.
func logits[T loss.Float](rows, cols int, target []int) ([]T, []int) {
	z := make([]T, rows*cols)
	catalog.Fill(z, catalog.Scale, uint64(cols))
	for r, y := range target {
		if y >= 0 && r%4 != 0 {
			z[r*cols+y] += 3
		}
	}
	return z, target
}
