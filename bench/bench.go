package main

import (
	"context"
	"fmt"
	"time"

	"github.com/simmer-go/simmer/bench/internal/timing"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// data is the real input in both types.
type data struct {
	digits32 *digits[float32]
	digits64 *digits[float64]
	source32 *source[float32]
	source64 *source[float64]
}

func readData() (*data, error) {
	d32, err := readDigits[float32]()
	if err != nil {
		return nil, err
	}
	d64, err := readDigits[float64]()
	if err != nil {
		return nil, err
	}
	return &data{d32, d64, d32.source(), d64.source()}, nil
}

// bench is the whole job.
func bench(ctx context.Context, o options, to report, p *progress) error {
	to.begin(thisMachine())
	p.steps = steps(o)
	d, err := readData()
	if err != nil {
		return err
	}
	if err := agreeAll(ctx, o, d, to, p); err != nil {
		return err
	}
	times := measureAll
	if o.screen() {
		times = measureHeadlines
	}
	if err := times(ctx, o, d, to, p); err != nil {
		return err
	}
	worst, err := worstShort(ctx, o, d, p)
	if worst != nil {
		to.short(worst)
	}
	return err
}

// steps is how many times the work for o says what it does.
func steps(o options) (n int) {
	timed := 0
	for _, k := range catalog.Kernels[float64]() {
		if o.wants(k.Name) {
			n++
			timed += 2 * len(shapes(&o, k))
		}
	}
	if o.screen() {
		timed = 1 // the prediction
		for _, g := range headlines {
			timed += len(g.kernels) * len(g.shapes)
		}
	}
	return len(jobs[float64]()) + 2*n + timed
}

// agreeAll shows that all implementations agree: in the jobs on the digits, and for every kernel.
func agreeAll(ctx context.Context, o options, d *data, to report, p *progress) error {
	jobs32, jobs64 := jobs[float32](), jobs[float64]()
	for i := range jobs64 {
		if !o.wants(jobs64[i].kernel) {
			continue
		}
		p.say("comparing bits on the digits:", jobs64[i].kernel)
		said, compared, err := agreeOnDigits(ctx, d.digits64, jobs64[i])
		if err != nil {
			return err
		}
		_, compared32, err := agreeOnDigits(ctx, d.digits32, jobs32[i])
		if err != nil {
			return err
		}
		to.agreed(jobs64[i].kernel, said, compared+compared32)
	}
	return agreeKernels(ctx, o, d, to, p)
}

func agreeKernels(ctx context.Context, o options, d *data, to report, p *progress) error {
	count, compared := 0, 0
	list32, list64 := catalog.Kernels[float32](), catalog.Kernels[float64]()
	for i, k := range list64 {
		if !o.wants(k.Name) {
			continue
		}
		p.say("comparing bits of every kernel:", k.Name)
		n, err := agree(ctx, d.source64, k)
		if err != nil {
			return err
		}
		n32, err := agree(ctx, d.source32, list32[i])
		if err != nil {
			return err
		}
		count, compared = count+1, compared+n+n32
	}
	what := fmt.Sprintf("%d kernels, float32 and float64, on pixels, standardized pixels and their spreads", count)
	to.agreed("", what, compared)
	return nil
}

// sampleTime is short, so that other programs on the machine spoil few samples.
const sampleTime = 200 * time.Microsecond

// usualSizes are the numbers of elements: a call's overhead, a short vector, the cache, the memory.
var usualSizes = []int{8, 128, 4096, 1 << 21}

// usualRows are how many rows go with a number of columns, unless -n says otherwise.
var usualRows = map[int]int{fewColumns: 4096, manyColumns: 256}

// usualProducts are a layer for one row, for a batch, and a narrow one.
var usualProducts = []catalog.Shape{
	{Rows: 1, Depth: 784, Cols: 256}, {Rows: 64, Depth: 784, Cols: 256}, {Rows: 1024, Depth: 64, Cols: 10},
}

// shapes are what a kernel is timed with.
func shapes[T kernels.Float](o *options, k catalog.Kernel[T]) (all []catalog.Shape) {
	switch {
	case k.Product && o.sizes == nil:
		for _, s := range usualProducts {
			s.Cols = max(s.Cols/k.Terms(), 1) // as much work
			all = append(all, s)
		}
	case k.Rows && o.sizes == nil:
		for _, cols := range []int{fewColumns, manyColumns} {
			all = append(all, catalog.Shape{Rows: usualRows[cols], Cols: cols})
		}
	case o.sizes == nil:
		for _, n := range usualSizes {
			all = append(all, catalog.Vector(n))
		}
	}
	for _, n := range o.sizes {
		switch {
		case k.Product:
			all = append(all, catalog.Shape{Rows: max(n/classes, 1), Depth: pixels, Cols: classes})
		case k.Rows:
			all = append(all, rowsOf(n, fewColumns), rowsOf(n, manyColumns))
		default:
			all = append(all, catalog.Vector(n))
		}
	}
	return all
}

// shapeText is the shape as the table has it: products as rows×depth×columns.
func shapeText[T kernels.Float](k catalog.Kernel[T], s catalog.Shape) string {
	switch {
	case k.Product:
		return fmt.Sprintf("%d×%d×%d", s.Rows, s.Depth, s.Cols)
	case k.Rows:
		return fmt.Sprintf("%d×%d", s.Rows, s.Cols)
	}
	return fmt.Sprint(s.Rows)
}

func measureAll(ctx context.Context, o options, d *data, to report, p *progress) error {
	list32, list64 := catalog.Kernels[float32](), catalog.Kernels[float64]()
	for i, k := range list64 {
		if !o.wants(k.Name) {
			continue
		}
		for _, s := range shapes(&o, k) {
			p.say("timing "+k.Name, shapeText(k, s))
			if err := measure(ctx, o, to, d.source32, d.source64, list32[i], s); err != nil {
				return err
			}
		}
		for _, s := range shapes(&o, k) {
			p.say("timing "+k.Name, shapeText(k, s))
			if err := measure(ctx, o, to, d.source64, d.source64, k, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// competitor is an implementation, "loop" or "gonum". A nil run says that there is none.
type competitor struct {
	name string
	run  timing.Run
}

// competitors are the implementations in the order of isa.Available, then the loop, then gonum.
func competitors[T kernels.Float](
	in *source[T], in64 *source[float64], k catalog.Kernel[T], s catalog.Shape,
) []competitor {
	a := k.Ready(in.args(k, s))
	var all []competitor
	for _, i := range isa.Available() {
		all = append(all, competitor{i.String(), func(reps int) {
			defer isa.Use(i)()
			repeatCall(k.Call, a, reps)
		}})
	}
	all = append(all, competitor{loopName, runOf(loops[T]()[k.Name], a)})
	g := gonum[k.Name]
	if g == nil {
		return append(all, competitor{gonumName, nil})
	}
	return append(all, competitor{gonumName, runOf(g, in64.args(catalog.Find[float64](k.Name), s))})
}

// measure times one kernel with one shape.
func measure[T kernels.Float](
	ctx context.Context, o options, to report, in *source[T], in64 *source[float64], k catalog.Kernel[T], s catalog.Shape,
) error {
	all := competitors(in, in64, k, s)
	runs := make([]timing.Run, len(all))
	for i, c := range all {
		runs[i] = c.run
	}
	ns, err := timing.Plan{Time: o.time, Sample: sampleTime}.Compare(ctx, runs)
	if err != nil {
		return err
	}
	to.measured(newMeasurement(k, s, all, ns))
	return nil
}

// runOf repeats a call; of nil it makes nil.
func runOf[T kernels.Float](f call[T], a catalog.Args[T]) timing.Run {
	if f == nil {
		return nil
	}
	return func(reps int) { repeatCall(f, a, reps) }
}

// Sink is what would otherwise be thrown away, and with it the work.
var Sink float64

func repeatCall[T kernels.Float](f call[T], a catalog.Args[T], reps int) {
	for range reps {
		Sink = f(a)
	}
}
