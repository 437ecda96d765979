package main

import (
	"context"
	"fmt"
	"math"
	"os"

	"github.com/simmer-go/simmer/bench/internal/timing"
	"github.com/simmer-go/simmer/internal/isa"
)

// task is a line of a table: work that peers do too, under the same name.
type task struct {
	name  string
	bits  int     // of its type
	macs  float64 // multiply-adds of its products
	begin func() work
	promise
}

// work has its operands in memory.
type work struct {
	run, second timing.Run // second may be nil
	apart       bool       // second computes something else

	// value computes the weighted sum of the result of a run, and of its absolute values.
	value func(run timing.Run) (sum, magnitude float64)
}

// comparison is a table of tasks for one instruction set.
type comparison struct {
	set    isa.ISA
	second string // names the second competitor here
	tasks  []task
	peers  []peer
	peak   *process // nil: no share of it
	best   [][]float64
}

// stop ends the processes of the peers.
func (c *comparison) stop() {
	for _, p := range c.peers {
		p.stop()
	}
}

// The competitors of a task are simmer, the peak and another in this process; then come the peers.
const (
	simmer = iota
	peak
	second
	firstPeer
)

// measure takes a pass over all tasks and keeps the best of each competitor.
func (c *comparison) measure(ctx context.Context, plan timing.Plan) error {
	defer isa.Use(c.set)()
	for i := range c.tasks {
		fmt.Fprintf(os.Stderr, "%v %s\n", c.set, c.tasks[i].name)
		ns, err := c.measureTask(ctx, plan, &c.tasks[i])
		if err != nil {
			return err
		}
		if len(c.best) == i {
			c.best = append(c.best, ns)
		}
		for j, t := range ns {
			c.best[i][j] = min(c.best[i][j], t)
		}
	}
	return nil
}

func (c *comparison) measureTask(ctx context.Context, plan timing.Plan, t *task) ([]float64, error) {
	w := t.begin()
	sum, magnitude := w.value(w.run)
	all := []timing.Timed{simmer: warm(w.run), peak: c.peakTime(t), second: warm(w.second)}
	if w.second != nil && !w.apart {
		theirs, _ := w.value(w.second)
		if err := same(t.name, c.second, sum, magnitude, theirs); err != nil {
			return nil, err
		}
	}
	for _, p := range c.peers {
		theirs := p.value(t.name + p.way)
		if err := same(t.name, p.name, sum, magnitude, theirs); err != nil {
			return nil, err
		}
		timed := p.time(t.name + p.way)
		if math.IsNaN(theirs) {
			timed = nil
		}
		all = append(all, timed)
	}
	return plan.CompareTimed(ctx, all)
}

// peakTime times fused multiply-adds in registers as wide as those of the instruction set.
func (c *comparison) peakTime(t *task) timing.Timed {
	width := map[isa.ISA]int{isa.AVX512: 512, isa.AVX2: 256, isa.NEON: 128}[c.set]
	if c.peak == nil || width == 0 {
		return nil
	}
	return c.peak.time(fmt.Sprintf("peak-float%d-%d", t.bits, width))
}

// same makes sure that all compute the same; NaN is of one that does not do the task.
func same(task, name string, ours, magnitude, theirs float64) error {
	if math.Abs(ours-theirs) > 1e-5*magnitude {
		return fmt.Errorf("%s: simmer computes %v, %s %v", task, ours, name, theirs)
	}
	return nil
}
