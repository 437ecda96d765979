package main

import (
	"math"
	"time"

	"github.com/simmer-go/simmer/kernels"
)

// trial is one code path in two ways.
type trial struct {
	name          string
	rows          int // that one call of before or after handles
	tolerance     float64
	before, after func()
	difference    func() float64 // of what both wrote last, as differenceOf has it
}

// newTrial is a trial of two functions that write so many results.
func newTrial[T kernels.Float](name string, rows, results int, tolerance float64, before, after func(dst []T)) trial {
	want, got := make([]T, results), make([]T, results)
	return trial{name, rows, tolerance, func() { before(want) }, func() { after(got) },
		func() float64 { return differenceOf(got, want) }}
}

// differenceOf is the largest |got−want| / max(|want|, 1); NaN counts as infinite.
func differenceOf[T kernels.Float](got, want []T) float64 {
	worst := 0.0
	for i, w := range want {
		d := math.Abs(float64(got[i])-float64(w)) / max(math.Abs(float64(w)), 1)
		if !(d <= worst) {
			worst = d
		}
		if math.IsNaN(d) {
			return math.Inf(1)
		}
	}
	return worst
}

// measurement is the nanoseconds that a row takes.
type measurement struct{ before, after float64 }

func (m measurement) ratio() float64 { return m.before / m.after }

// measure takes the best of so many rounds, of both ways in turn, so that both see the same machine.
func (t trial) measure(rounds int) measurement {
	repeat := t.repetitions()
	best := measurement{math.Inf(1), math.Inf(1)}
	for range rounds {
		best.before = min(best.before, t.perRow(t.before, repeat))
		best.after = min(best.after, t.perRow(t.after, repeat))
	}
	return best
}

// aRound is about how long a round of the slower way takes: long against the resolution of the clock, short against
// what else the machine does.
const aRound = 100 * time.Microsecond

func (t trial) repetitions() int {
	for n := 1; ; n *= 2 {
		if t.perRow(t.before, n)*float64(n*t.rows) >= float64(aRound) {
			return n
		}
	}
}

func (t trial) perRow(way func(), repeat int) float64 {
	start := time.Now()
	for range repeat {
		way()
	}
	return float64(time.Since(start)) / float64(repeat*t.rows)
}
