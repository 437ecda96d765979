package main

import (
	"context"
	"slices"

	"github.com/simmer-go/simmer/bench/internal/timing"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
)

// headlineElements is the length of the vectors: several blocks, and what a first-level cache holds.
const headlineElements = 4096

// group is a part of the screen.
type group struct {
	title   string
	kernels []string
	shapes  []catalog.Shape // each kernel with each of them
}

// headlines are what a run without options times, in float32: of each family the kernel that people ask for, since a
// screen has no room for all.
var headlines = []group{
	{"elements", []string{
		"ExpTo", "LogTo", "SoftplusTo", "SigmoidTo", "TanhTo", "TanhGradTo", "ErfTo", "GELUTo", "SiLUTo", "MishTo", "PowTo",
		"MulTo", "AddScaledTo", "NormalTo",
	}, []catalog.Shape{catalog.Vector(headlineElements)}},
	{"sums", []string{
		"Sum", "Dot", "Max", "LogSumExp", "SquaredError", "SquaredErrorGrad", "BCEWithLogits", "BCEWithLogitsGrad",
		"BCE", "GaussianKL", "GaussianNLL",
	}, []catalog.Shape{catalog.Vector(headlineElements)}},
	{"rows", []string{
		"SoftmaxRowsTo", "CrossEntropyRows", "CrossEntropyRowsGrad", "LayerNormRowsTo", "TopKRows",
	}, []catalog.Shape{rowsOf(headlineElements, fewColumns), rowsOf(headlineElements, manyColumns)}},
	{"products, for each multiply-add", []string{"AffineReLUTo", "MatMulTo"}, usualProducts[:2]},
}

// measureHeadlines times them, and a whole prediction.
func measureHeadlines(ctx context.Context, o options, d *data, to report, p *progress) error {
	all := catalog.Kernels[float32]()
	for _, g := range headlines {
		to.group(g.title)
		for _, name := range g.kernels {
			k := all[slices.IndexFunc(all, func(k catalog.Kernel[float32]) bool { return k.Name == name })]
			for _, s := range g.shapes {
				p.say("timing "+k.Name, shapeText(k, s))
				if err := measure(ctx, o, to, d.source32, d.source64, k, s); err != nil {
					return err
				}
			}
		}
	}
	return measurePrediction(ctx, o, d, to, p)
}

// measurePrediction times predictions of mean and variance of all images.
func measurePrediction(ctx context.Context, o options, d *data, to report, p *progress) error {
	p.say("timing", "a whole prediction")
	const name = "digits 64-32-10"
	to.group("a whole prediction, for each image")
	m := measurement{Kernel: name, Type: catalog.TypeName[float32](), N: len(d.digits32.labels), shape: "mean, variance"}
	predict, loop := newPrediction(d.digits32), newPredictionLoop(d.digits32)
	runs := []timing.Run{predict.repeat}
	names := []string{isa.Active.String(), loopName}
	if isa.Active != isa.Generic {
		names = slices.Insert(names, 1, isa.Generic.String())
		runs = append(runs, func(reps int) { defer isa.Use(isa.Generic)(); predict.repeat(reps) })
	}
	ns, err := timing.Plan{Time: o.time, Sample: sampleTime}.Compare(ctx, append(runs, loop.repeat))
	if err != nil {
		return err
	}
	m.Nanoseconds = map[string]float64{}
	for i, n := range names {
		m.Nanoseconds[n] = ns[i] / float64(m.N)
	}
	m.TimesFaster = map[string]map[string]float64{isa.Active.String(): m.ratios(isa.Active.String())}
	to.measured(m)
	return nil
}
