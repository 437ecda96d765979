package bnn_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/bnn"
)

// TestMeanProbabilitiesLeavesThoseOfEachDraw looks at logits afterwards.
func TestMeanProbabilitiesLeavesThoseOfEachDraw(t *testing.T) {
	for _, c := range []struct {
		classes          int
		logits, draws, p []float64
	}{
		{2, []float64{0, 0, math.Log(3), 0}, []float64{0.5, 0.5, 0.75, 0.25}, []float64{0.625, 0.375}},
		{1, []float64{0, 0, math.Log(3), -math.Log(3)}, []float64{0.5, 0.5, 0.75, 0.25}, []float64{0.625, 0.375}},
	} {
		p := make([]float64, 2)
		if err := bnn.MeanProbabilities(p, c.logits, c.classes); err != nil {
			t.Fatal(err)
		}
		for i, want := range append(c.draws, c.p...) {
			if got := append(c.logits, p...)[i]; math.Abs(got-want) > 4e-16 {
				t.Errorf("%d classes: entry %d is %v, want %v", c.classes, i, got, want)
			}
		}
	}
}

func TestBadMeanProbabilities(t *testing.T) {
	for _, c := range []struct {
		p, logits, classes int
		want               string
	}{
		{6, 12, 0, "classes = 0"},
		{6, 12, -3, "classes = -3"},
		{7, 14, 3, "p has length 7, want a multiple of classes = 3"},
		{6, 15, 3, "logits has length 15, want a multiple of the 6 of p"},
		{6, 0, 3, "logits has length 0"},
		{0, 6, 3, "logits has length 6"},
	} {
		p, logits := slices.Repeat([]float64{canary}, c.p), slices.Repeat([]float64{canary}, c.logits)
		err := bnn.MeanProbabilities(p, logits, c.classes)
		if err == nil || !strings.Contains(err.Error(), "bnn: MeanProbabilities: ") || !strings.Contains(err.Error(),
			c.want) {
			t.Errorf("%v: got %v", c, err)
		}
		if slices.ContainsFunc(append(p, logits...), func(v float64) bool { return v != canary }) {
			t.Errorf("%v: something was written", c)
		}
	}
}

// TestMeanOfManyDraws would lose digits if it added in float32.
func TestMeanOfManyDraws(t *testing.T) {
	const draws = 1 << 20
	logits := slices.Repeat([]float32{0, 1}, draws)
	p := make([]float32, 2)
	if err := bnn.MeanProbabilities(p, logits, 2); err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{1 / (1 + math.E), math.E / (1 + math.E)} {
		if math.Abs(float64(p[i])-want) > 2e-7 {
			t.Errorf("p[%d] = %v, want %v", i, p[i], want)
		}
	}
}
