package main

import (
	"math"
	"os/exec"
	"testing"
)

func TestVerdict(t *testing.T) {
	nan := math.NaN()
	layer := promise{worst: 1.1, second: 0.125, share: 0.9}
	either := promise{worst: 0.6, share: 0.75, either: true}
	for _, c := range []struct {
		p                   promise
		worst, gonum, share float64
		want                string
	}{
		{promise{}, 9, 9, 0, ""},
		{layer, 1.1, 0.125, 0.9, "pass"},
		{layer, 1.2, 0.2, 0.8, "MISS worst 1.10, gonum 0.125, share 90 %"},
		{layer, 0, nan, nan, "pass"},
		{promise{micros: 2.5}, 0, nan, nan, "pass"},
		{promise{micros: 2}, 0, nan, nan, "MISS 2 µs"},
		{either, 0.7, nan, 0.75, "pass"},
		{either, 0.6, nan, 0.5, "pass"},
		{either, 0.7, nan, 0.5, "MISS worst 0.60, share 75 %"},
	} {
		if got := c.p.verdict("gonum", 2500, c.worst, c.gonum, c.share); got != c.want {
			t.Errorf("%+v of %v, %v, %v: %q, want %q", c.p, c.worst, c.gonum, c.share, got, c.want)
		}
	}
}

// The peak's program is the one peer that needs no library.
func TestPeak(t *testing.T) {
	if _, err := exec.LookPath("cc"); err != nil {
		t.Skip(err)
	}
	h := host{dir: t.TempDir()}
	p, err := h.program("peak", "-lm")(t.Context(), environment())
	if err != nil {
		t.Fatal(err)
	}
	defer p.stop()
	for _, set := range widths() {
		for _, bits := range []int{32, 64} {
			c := comparison{set: set, peak: p}
			timed := c.peakTime(&task{bits: bits})
			if timed == nil {
				t.Skip("no peak of ", set)
			}
			if ns := timed(10); !isTime(ns) || ns <= 0 {
				t.Errorf("%v, float%d: %v ns, %v", set, bits, ns, p.err)
			}
		}
	}
	if v := p.value("peak-float32-7"); !math.IsNaN(v) {
		t.Errorf("peak of 7 bits: %v, want none", v)
	}
}
