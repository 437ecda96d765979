// Package timing measures competitors side by side, so that their ratios hold on a noisy machine.
package timing

import (
	"context"
	"math"
	"time"
)

// Run does its work reps times.
type Run func(reps int)

// Timed does its work reps times and says how many nanoseconds each took.
type Timed func(reps int) float64

// Clock times run; of nil it makes nil.
func Clock(run Run) Timed {
	if run == nil {
		return nil
	}
	return func(reps int) float64 {
		start := time.Now()
		run(reps)
		return float64(time.Since(start)) / float64(reps)
	}
}

// Plan says how long to measure. A round is one sample of every competitor, in turn: what disturbs
// the machine for a while disturbs all of them.
type Plan struct {
	Time   time.Duration // for all rounds together, if they are short
	Sample time.Duration // a sample repeats the work until it takes about this long
}

const leastRounds = 3

// goOn says whether another round is due. Where a round takes several times the plan's time, calls are so long that
// what disturbs the machine averages out, and one round after calibration must do.
func (p Plan) goOn(rounds int, spent time.Duration) bool {
	return rounds < 1 || spent < p.Time || rounds < leastRounds && spent < 4*p.Time
}

// Compare is CompareTimed by the clock of this process.
func (p Plan) Compare(ctx context.Context, competitors []Run) ([]float64, error) {
	timed := make([]Timed, len(competitors))
	for i, run := range competitors {
		timed[i] = Clock(run)
	}
	return p.CompareTimed(ctx, timed)
}

// CompareTimed returns the nanoseconds that one repetition takes each competitor: the least of its samples,
// since noise only ever adds. A nil competitor costs nothing and gets NaN.
// It stops between samples when ctx ends, with ctx's error.
func (p Plan) CompareTimed(ctx context.Context, competitors []Timed) ([]float64, error) {
	best := make([]float64, len(competitors))
	reps := make([]int, len(competitors))
	for i, sample := range competitors {
		if best[i] = math.NaN(); sample != nil {
			reps[i], best[i] = p.calibrate(sample)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	for start, round := time.Now(), 0; p.goOn(round, time.Since(start)); round++ {
		for i, sample := range competitors {
			if sample != nil {
				best[i] = min(best[i], sample(reps[i]))
			}
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
	}
	return best, nil
}

// calibrate finds the number of repetitions that fill a sample, which warms caches and clocks too,
// and returns the last sample it took.
func (p Plan) calibrate(sample Timed) (reps int, ns float64) {
	for reps = 1; ; {
		ns = sample(reps)
		took := ns * float64(reps)
		if took >= 0.8*float64(p.Sample) {
			return reps, ns
		}
		grow := min(1.2*float64(p.Sample)/max(took, 1), 100)
		reps = max(reps+1, int(float64(reps)*grow))
	}
}
