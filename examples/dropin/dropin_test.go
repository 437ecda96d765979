package main

import (
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/simmer-go/simmer/kernels"
)

const testData = "../../bnn/testdata/digits.csv.gz"

// TestAgree: run fails where results differ by more than the tolerance.
func TestAgree(t *testing.T) {
	if err := run(io.Discard, testData, 1); err != nil {
		t.Error(err)
	}
}

// TestNotSlower allows what noise can do to the best of many.
func TestNotSlower(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures")
	}
	if kernels.Implementation() == "generic" {
		t.Skip("the fallback may take longer than a plain loop")
	}
	trials, err := floatsTrials(testData)
	if err != nil {
		t.Fatal(err)
	}
	for _, trial := range append(trials, loopTrials()...) {
		if m := trial.measure(20); m.ratio() < 0.8 {
			t.Errorf("%s: %.1f ns a row, before %.1f", trial.name, m.after, m.before)
		}
	}
}

func TestDifference(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct{ got, want, difference float64 }{
		{0.25, 0.5, 0.25}, {100, 50, 1}, {nan, 1, math.Inf(1)}, {1, nan, math.Inf(1)},
	} {
		same := 3.0
		if d := differenceOf([]float64{same, c.got, same}, []float64{same, c.want, same}); d != c.difference {
			t.Errorf("difference of %v and %v is %v, want %v", c.got, c.want, d, c.difference)
		}
	}
}

// TestTooDifferent plants a difference.
func TestTooDifferent(t *testing.T) {
	wrong := newTrial("wrong", 1, 1, 0.1, func(dst []float64) { dst[0] = 1 }, func(dst []float64) { dst[0] = 1.2 })
	if report(io.Discard, wrong, 1) == nil {
		t.Error("no error where results differ by 0.2 and 0.1 is allowed")
	}
}

func TestErrors(t *testing.T) {
	if err := run(os.Stdout, filepath.Join(t.TempDir(), "none"), 1); err == nil {
		t.Error("no error of a missing file")
	}
	if err := run(os.Stdout, testData, 0); err == nil {
		t.Error("no error of -rounds 0")
	}
}
