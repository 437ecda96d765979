package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/simmer-go/simmer/kernels"
)

// screen is the report of a run without options: what a terminal shows at once.
type screen struct {
	text
	colour  bool
	results int
	ratios  []ratio // of the loop's time
	worst   *shortCall
}

type ratio struct {
	times float64
	name  string
}

func newScreen(w io.Writer, colour bool) *screen { return &screen{text: text{w: w}, colour: colour} }

func (s *screen) agreed(kernel, what string, results int) {
	s.results += results
	s.text.agreed(kernel, what, results)
}

const (
	screenHead = `
Nanoseconds per element by %s, float32, one thread, and how many times faster that is than a plain loop over package
math and than gonum in float64; each block of the bar is a doubling.
`
	screenLine = "  %-21s %-14s %8s %8s %8s  %s"
)

func (s *screen) group(title string) {
	if len(s.ratios) == 0 {
		fmt.Fprintf(s.w, screenHead, kernels.Implementation())
		s.row("", "", "ns", "× loop", "× gonum", "")
	}
	fmt.Fprintln(s.w, title)
}

func (s *screen) measured(m measurement) {
	here := m.TimesFaster[kernels.Implementation()]
	times := here[loopName]
	name := strings.TrimSpace(m.Kernel + " " + m.shape)
	s.ratios = append(s.ratios, ratio{times, name})
	s.row(m.Kernel, m.shape, number(m.Nanoseconds[kernels.Implementation()], 3),
		number(times, 1), number(here[gonumName], 1), s.bar(times))
}

func (s *screen) row(columns ...any) {
	fmt.Fprintln(s.w, strings.TrimRight(fmt.Sprintf(screenLine, columns...), " "))
}

// The colours of bars: a loop at least twice as slow, a slower one, and a faster one.
const green, yellow, red, plain = "\x1b[32m", "\x1b[33m", "\x1b[31m", "\x1b[0m"

func (s *screen) bar(times float64) string {
	blocks := strings.Repeat("█", max(0, int(math.Round(math.Log2(times)))))
	switch {
	case !s.colour || blocks == "" && times >= 1:
		return blocks
	case times < 1:
		return red + "slower" + plain
	case times < 2:
		return yellow + blocks + plain
	}
	return green + blocks + plain
}

func (s *screen) short(w *shortCall) { s.worst = w }

func (s *screen) end(complete bool) error {
	if !complete || len(s.ratios) == 0 {
		return nil
	}
	if s.worst != nil {
		s.text.short(s.worst)
	}
	slices.SortFunc(s.ratios, func(a, b ratio) int { return int(math.Copysign(1, a.times-b.times)) })
	median, worst := s.ratios[len(s.ratios)/2], s.ratios[0]
	_, err := fmt.Fprintf(s.w, "\n-all times every kernel, in float64 too.\nAll implementations agreed, on %d results. "+
		"Against the plain loop: median %.1f times faster, worst %.1f (%s).\n", s.results, median.times, worst.times, worst.name)
	return err
}
