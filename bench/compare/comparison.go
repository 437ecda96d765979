package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
)

// peakMACs is the number of multiply-adds of a call of peak.c.
const peakMACs = 24576

// promise is what the project set itself for a task; 0 is nothing.
type promise struct {
	worst  float64 // the most that the worst ratio to a peer may be, simmer's time divided by its
	second float64 // the same to the second competitor here
	micros float64 // the most time
	share  float64 // the least share of the peak
	either bool    // worst or share is enough
}

// print writes the table: microseconds and, for all but simmer, the ratio of simmer's to them.
func (c *comparison) print() {
	w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	shown := c.shown()
	fmt.Fprintf(w, "\nµs\t%v\tGMAC/s\tof peak\t", c.set)
	for _, i := range shown {
		fmt.Fprintf(w, "%s\tratio\t", c.competitor(i))
	}
	fmt.Fprintln(w, "worst\t")
	for i := range c.tasks {
		c.printTask(w, i, shown)
	}
	w.Flush()
	for _, p := range c.peers {
		if p.err != nil {
			fmt.Printf("%s failed: %v\n", p.name, p.err)
		}
	}
}

func (c *comparison) printTask(w io.Writer, i int, shown []int) {
	t, ns := &c.tasks[i], c.best[i]
	ours := ns[simmer]
	speed := t.macs / ours
	share := speed / (peakMACs / ns[peak])
	fmt.Fprintf(w, "%s\t%s\t%.1f\t%s\t", t.name, micros(ours), speed, percent(share))
	for _, j := range shown {
		if isTime(ns[j]) {
			fmt.Fprintf(w, "%s\t%.2f\t", micros(ns[j]), ours/ns[j])
		} else {
			fmt.Fprint(w, "\t\t")
		}
	}
	worst := c.worst(ns)
	fmt.Fprintf(w, "%.2f\t%s\n", worst, t.verdict(c.second, ours, worst, ours/ns[second], share))
}

// shown are the competitors that any task has.
func (c *comparison) shown() []int {
	var shown []int
	for j := second; j < firstPeer+len(c.peers); j++ {
		if slices.ContainsFunc(c.best, func(ns []float64) bool { return isTime(ns[j]) }) {
			shown = append(shown, j)
		}
	}
	return shown
}

func (c *comparison) competitor(j int) string {
	if j == second {
		return c.second
	}
	p := c.peers[j-firstPeer]
	if p.free {
		return p.name + " (free)"
	}
	return p.name
}

// worst is the greatest ratio to a peer that was held to the same vector width.
func (c *comparison) worst(ns []float64) float64 {
	worst := 0.0
	for j, t := range ns[second:] {
		held := j == 0 || !c.peers[j-1].free
		if held && isTime(t) {
			worst = max(worst, ns[simmer]/t)
		}
	}
	return worst
}

// verdict says whether the promise is kept. A ratio or share that could not be measured breaks none.
func (p promise) verdict(name string, ours, worst, second, share float64) string {
	if p == (promise{}) {
		return ""
	}
	slow, low := p.worst != 0 && worst > p.worst, share < p.share
	if p.either {
		slow, low = slow && low, slow && low
	}
	var missed []string
	if slow {
		missed = append(missed, fmt.Sprintf("worst %.2f", p.worst))
	}
	if p.second != 0 && second > p.second {
		missed = append(missed, fmt.Sprintf("%s %.3f", name, p.second))
	}
	if p.micros != 0 && ours > 1e3*p.micros {
		missed = append(missed, fmt.Sprintf("%v µs", p.micros))
	}
	if low {
		missed = append(missed, fmt.Sprintf("share %s", percent(p.share)))
	}
	if missed == nil {
		return "pass"
	}
	return "MISS " + strings.Join(missed, ", ")
}

func isTime(ns float64) bool { return !math.IsNaN(ns) && !math.IsInf(ns, 0) }

func micros(ns float64) string {
	µs := ns / 1e3
	switch {
	case µs < 10:
		return fmt.Sprintf("%.2f", µs)
	case µs < 100:
		return fmt.Sprintf("%.1f", µs)
	}
	return fmt.Sprintf("%.0f", µs)
}

func percent(x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	return fmt.Sprintf("%.0f %%", 100*x)
}
