package main

import (
	"fmt"
	"os"
	"text/tabwriter"
)

// line is one comparison. Times are in nanoseconds per element.
type line struct {
	work, with, other string // with: the instruction set or the BLAS that serves simmer
	ours, theirs      float64
	limit             float64 // of ours/theirs; 0 where nothing is promised
	base              float64 // what simmer takes for the same without the option; 0 if there is none
}

func (l line) verdict() string {
	switch {
	case l.limit == 0:
		return ""
	case l.ours/l.theirs <= l.limit:
		return "pass"
	default:
		return "MISS"
	}
}

// table prints lines as they come.
type table struct {
	w      *tabwriter.Writer
	missed int
}

func newTable() *table {
	t := &table{w: tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)}
	fmt.Fprintln(t.w, "work\tsimmer\tns/elem\tagainst\tns/elem\tratio\ttimes faster\tof plain\tlimit\t")
	return t
}

func (t *table) add(l line) {
	limit := ""
	if l.limit != 0 {
		limit = fmt.Sprintf("%.3f", l.limit)
	}
	base := ""
	if l.base != 0 {
		base = fmt.Sprintf("%.2f", l.ours/l.base)
	}
	v := l.verdict()
	if v == "MISS" {
		t.missed++
	}
	fmt.Fprintf(t.w, "%s\t%s\t%.4f\t%s\t%.4f\t%.3f\t%.2f\t%s\t%s\t%s\n",
		l.work, l.with, l.ours, l.other, l.theirs, l.ours/l.theirs, l.theirs/l.ours, base, limit, v)
}

func (t *table) flush() {
	t.w.Flush()
	if t.missed > 0 {
		fmt.Printf("%d missed\n", t.missed)
	}
}
