package main

import (
	"context"
	"time"

	"github.com/simmer-go/simmer/bench/internal/timing"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// The sizes at which what surrounds the arithmetic of a call decides: vectors of 1 to mostShort elements, and matrices of
// 1 to mostShort rows of 2 to mostShortColumns elements.
const (
	mostShort        = 64
	mostShortColumns = 16
)

// What a call may take beyond the plain loop, in nanoseconds: for one element, and for fewer than manyElements where the
// loop calls nothing, so that the compiler puts it in the place of its own call.
const (
	freeForOne     = 5
	freeArithmetic = 6
	manyElements   = 16
)

// arithmetic lists the kernels whose loops call nothing.
var arithmetic = map[string]bool{
	"MulTo": true, "ScaleTo": true, "AddSquaresTo": true, "Sum": true, "Dot": true, "CountOutside": true,
	"Max": true, "AddScaledTo": true, "SelectTo": true, "SquaredError": true, "SquaredErrorTo": true, "SquaredErrorGrad": true,
	"Huber": true, "HuberTo": true, "HuberGrad": true,
	"AbsoluteError": true, "AbsoluteErrorTo": true, "AbsoluteErrorGrad": true,
}

// shortCall compares a call of the implementation in use with the plain loop.
type shortCall struct {
	Kernel         string  `json:"kernel"`
	Type           string  `json:"type"`
	Shape          string  `json:"shape"`
	Implementation string  `json:"implementation"`
	Nanoseconds    float64 `json:"ns"`
	Loop           float64 `json:"loop_ns"`
	Ratio          float64 `json:"ratio"` // of Nanoseconds, less what it may take besides, to Loop

	careful bool // measured again, with care
	measure func(timing.Plan) ([]float64, error)
	free    float64
}

// quickly is how all calls are measured: enough to tell which to measure again.
func quickly(o options) timing.Plan {
	return timing.Plan{Time: min(60*time.Microsecond, o.time), Sample: min(15*time.Microsecond, o.time)}
}

// worstShort finds the short call that compares worst, nil if none of the kernels asked for has one.
func worstShort(ctx context.Context, o options, d *data, p *progress) (*shortCall, error) {
	list32, list64 := catalog.Kernels[float32](), catalog.Kernels[float64]()
	var all []*shortCall
	for i, k := range list64 {
		if !o.wants(k.Name) || k.Product || k.Draws {
			continue
		}
		p.say("timing short calls of", k.Name)
		calls := append(shortCalls(ctx, d.source32, list32[i]), shortCalls(ctx, d.source64, k)...)
		for _, c := range calls {
			if err := c.compare(quickly(o)); err != nil {
				return nil, err
			}
		}
		all = append(all, calls...)
	}
	return worst(all, timing.Plan{Time: o.time / 4, Sample: sampleTime})
}

// worst measures the worst again with care, until it stays the worst.
func worst(all []*shortCall, carefully timing.Plan) (*shortCall, error) {
	for {
		var worst *shortCall
		for _, c := range all {
			if worst == nil || c.Ratio > worst.Ratio {
				worst = c
			}
		}
		if worst == nil || worst.careful {
			return worst, nil
		}
		worst.careful = true
		if err := worst.compare(carefully); err != nil {
			return nil, err
		}
	}
}

// shortCalls lists those of a kernel, to be measured.
func shortCalls[T kernels.Float](ctx context.Context, in *source[T], k catalog.Kernel[T]) (all []*shortCall) {
	loop := loops[T]()[k.Name]
	if loop == nil || k.Name == "ExactAdd" { // whose loop rounds, and so does something else
		return nil
	}
	for _, s := range shortShapes(k) {
		c := &shortCall{
			Kernel: k.Name, Type: catalog.TypeName[T](), Shape: shapeText(k, s), Implementation: isa.Active.String(),
		}
		switch {
		case arithmetic[k.Name] && s.Len() < manyElements:
			c.free = freeArithmetic
		case s.Len() == 1:
			c.free = freeForOne
		}
		c.measure = func(p timing.Plan) ([]float64, error) {
			a := in.args(k, s)
			return p.Compare(ctx, []timing.Run{runOf(k.Call, a), runOf(loop, a)})
		}
		all = append(all, c)
	}
	return all
}

func shortShapes[T kernels.Float](k catalog.Kernel[T]) (all []catalog.Shape) {
	for n := 1; n <= mostShort; n++ {
		if !k.Rows {
			all = append(all, catalog.Vector(n))
			continue
		}
		for cols := 2; cols <= mostShortColumns; cols++ {
			all = append(all, catalog.Shape{Rows: n, Cols: cols})
		}
	}
	return all
}

// compare measures the call.
func (c *shortCall) compare(p timing.Plan) error {
	ns, err := c.measure(p)
	if err != nil {
		return err
	}
	c.Nanoseconds, c.Loop = ns[0], ns[1]
	c.Ratio = (c.Nanoseconds - c.free) / c.Loop
	return nil
}
