package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"

	"github.com/simmer-go/simmer/internal/isa"
)

// compareTasks shows a comparison for each instruction set. All are measured in each pass.
func (s *settings) compareTasks(
	ctx context.Context, second string, tasks func(isa.ISA) []task, libraries func(isa.ISA) []library,
) error {
	var err error
	if s.dir, err = os.MkdirTemp("", "compare"); err != nil {
		return err
	}
	defer os.RemoveAll(s.dir)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // gonum would use all
	fmt.Printf("one thread, %s\n", machine())
	peak, err := s.program("peak", "-lm")(ctx, environment())
	if err != nil {
		fmt.Printf("without the peak (Debian: gcc): %v\n", err)
	} else {
		defer peak.stop()
	}
	var all []*comparison
	for _, set := range widths() {
		fmt.Printf("\n%v against:\n", set)
		c := &comparison{set: set, second: second, peak: peak, peers: s.peers(ctx, libraries(set))}
		defer c.stop()
		c.tasks = slices.DeleteFunc(tasks(set), func(t task) bool { return !s.only.MatchString(t.name) })
		all = append(all, c)
	}
	for range s.passes {
		for _, c := range all {
			if err := c.measure(ctx, s.plan); err != nil {
				return err
			}
		}
	}
	for _, c := range all {
		s.show(c)
	}
	return nil
}

// widths are the instruction set in use and, below AVX-512, AVX2.
func widths() []isa.ISA {
	if isa.Active == isa.AVX512 {
		return []isa.ISA{isa.AVX512, isa.AVX2}
	}
	return []isa.ISA{isa.Active}
}
