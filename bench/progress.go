package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// progress says on stderr what is being done: on a terminal by a bar and one line that is overwritten, else by one
// line for each stage.
type progress struct {
	w        io.Writer
	terminal bool
	stage    string
	shown    bool
	done     int // steps that were said
	steps    int // that are expected in all
}

func newProgress(w io.Writer) *progress { return &progress{w: w, terminal: isTerminal(w)} }

// barWidth is that of the bar, in characters.
const barWidth = 24

// say begins a step.
func (p *progress) say(stage string, detail any) {
	switch {
	case p.terminal:
		full := min(p.done*barWidth/max(p.steps, 1), barWidth)
		bar := strings.Repeat("█", full) + strings.Repeat("░", barWidth-full)
		fmt.Fprintf(p.w, "\r\x1b[K%s %s %v", bar, stage, detail)
		p.shown = true
	case stage != p.stage:
		fmt.Fprintln(p.w, stage)
	}
	p.stage = stage
	p.done++
}

// clear makes room for other output on the same terminal.
func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}

// below writes to w, and clears the progress first.
func (p *progress) below(w io.Writer) io.Writer { return clearing{p, w} }

type clearing struct {
	p *progress
	w io.Writer
}

func (c clearing) Write(b []byte) (int, error) {
	c.p.clear()
	return c.w.Write(b)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
