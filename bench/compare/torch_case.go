package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"strings"

	"github.com/simmer-go/simmer/bench/internal/timing"
)

// Sink is what would otherwise be thrown away, and with it the work.
var Sink float64

// torchCase is work that PyTorch does too; torch_cases.py has it under the case's name, a dash and the way.
type torchCase struct {
	name     string
	elements int
	limit    float64
	base     string   // another case, for a ratio of simmer's own times, or ""
	with     string   // what serves it in simmer
	ways     []string // that PyTorch has to do it; an only way is ""

	call  func() (float64, error) // what is timed
	value func() (float64, error) // the same, and a number that must be PyTorch's
}

func (c *torchCase) torchName(way string) string {
	if way == "" {
		return c.name
	}
	return c.name + "-" + way
}

// compareTorch prints a table.
func compareTorch(ctx context.Context, plan timing.Plan, python string, cases []torchCase) error {
	table := newTable()
	defer table.flush()
	return eachTorch(ctx, plan, python, cases, table.add)
}

// eachTorch measures each case, and hands its lines to add.
func eachTorch(ctx context.Context, plan timing.Plan, python string, cases []torchCase, add func(line)) error {
	t, err := startTorch(ctx, python, nil)
	if err != nil {
		return err
	}
	defer t.stop()
	fmt.Printf("one thread, PyTorch %s, %s\n\n", t.version, machine())
	own := map[string]float64{}
	for _, c := range cases {
		fmt.Fprintf(os.Stderr, "%s\n", c.name)
		if err := c.sameValues(t); err != nil {
			return err
		}
		ns, err := plan.CompareTimed(ctx, c.competitors(t))
		if err != nil {
			return err
		}
		if t.err != nil {
			return t.err
		}
		n := float64(c.elements)
		own[c.name] = ns[0] / n
		for i, way := range c.ways {
			add(line{work: c.name, with: c.with, other: strings.TrimSpace("PyTorch " + way), limit: c.limit,
				ours: ns[0] / n, theirs: ns[i+1] / n, base: own[c.base]})
		}
	}
	return nil
}

// competitors are simmer, then each way of PyTorch.
func (c *torchCase) competitors(t *process) []timing.Timed {
	all := []timing.Timed{warm(c.repeat)}
	for _, way := range c.ways {
		all = append(all, t.time(c.torchName(way)))
	}
	return all
}

func (c *torchCase) repeat(reps int) {
	for range reps {
		v, err := c.call()
		if err != nil {
			panic(err) // sameValues had none
		}
		Sink += v
	}
}

// sameValues makes sure that all compute the same.
func (c *torchCase) sameValues(t *process) error {
	ours, err := c.value()
	if err != nil {
		return err
	}
	for _, way := range c.ways {
		theirs := t.value(c.torchName(way))
		if t.err != nil {
			return t.err
		}
		if !(math.Abs(ours-theirs) <= 1e-5*math.Abs(theirs)) {
			return fmt.Errorf("%s: simmer computes %v, PyTorch %v", c.torchName(way), ours, theirs)
		}
	}
	return nil
}
