package main

import (
	"context"
	"reflect"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/core/sdf"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/rtrackers/offsetrange"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/log"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/x/beamx"
)

func init() {
	beam.RegisterType(reflect.TypeFor[part]())
	beam.RegisterCoder(reflect.TypeFor[partial](), encodePartial, decodePartial)
	register.DoFn4x1[context.Context, *sdf.LockRTracker, part, func(partial), error](&scoreFn{})
	register.Emitter1[partial]()
	register.Combiner1[partial](&mergeFn{})
	register.DoFn2x1[context.Context, partial, error](&finishFn{})
}

// runBeam scores the input on the runner that the flags name. What is emitted and combined are partial results: a few
// kilobytes for each part of the input. Predictions go to files at once, so that no runner has to hold them, and have
// other names until the very end, when it is known that every part is there once.
func runBeam(ctx context.Context, o options, input string, workers int, partBytes int64) (beam.PipelineResult, error) {
	j, m, err := newJob(ctx, o, input)
	if err != nil {
		return nil, err
	}
	return runJob(ctx, j, m, workers, partBytes)
}

func runJob(ctx context.Context, j job, m *model, workers int, partBytes int64) (beam.PipelineResult, error) {
	if _, err := newScorer(j.options, m, ""); err != nil { // here, rather than on every worker
		return nil, err
	}
	if err := checkFolder(ctx, j.Output, nil); err != nil {
		return nil, err
	}
	p, s := beam.NewPipelineWithRoot()
	var partials []beam.PCollection
	for i := range workers {
		if parts := cut(j.Files, i, workers); len(parts) > 0 {
			fn := &scoreFn{Options: j.options, PartBytes: partBytes}
			partials = append(partials, beam.ParDo(s.Scope("Score"), fn, beam.CreateList(s, parts)))
		}
	}
	merged := beam.Combine(s.Scope("Merge"), &mergeFn{}, beam.Flatten(s, partials...))
	beam.ParDo0(s.Scope("Finish"), &finishFn{j}, merged)
	return beamx.RunWithMetrics(ctx, p)
}

// scoreFn scores parts of the input, which the runner may split further, before and while they are scored. A bundle that
// fails has written only files that nobody reads.
type scoreFn struct {
	Options   options
	PartBytes int64
	scorer    *scorer
}

var (
	rowCounter   = beam.NewCounter(counterNamespace, "rows")
	badCounter   = beam.NewCounter(counterNamespace, "bad_rows")
	batchCounter = beam.NewCounter(counterNamespace, "batches")
)

// counterNamespace is that of the counters.
const counterNamespace = "simmer"

// tempTag is in the names of files that are not committed.
const tempTag = "beam"

// Setup makes the predictor, once in a process.
func (f *scoreFn) Setup(ctx context.Context) error {
	m, err := sharedModel(ctx, f.Options)
	if err != nil {
		return err
	}
	f.scorer, err = newScorer(f.Options, m, tempTag)
	return err
}

func (f *scoreFn) CreateInitialRestriction(p part) offsetrange.Restriction {
	return offsetrange.Restriction{Start: p.From, End: p.To}
}

func (f *scoreFn) SplitRestriction(_ part, r offsetrange.Restriction) []offsetrange.Restriction {
	return r.SizedSplits(f.PartBytes)
}

func (f *scoreFn) RestrictionSize(_ part, r offsetrange.Restriction) float64 { return r.Size() }

func (f *scoreFn) CreateTracker(r offsetrange.Restriction) *sdf.LockRTracker {
	return sdf.NewLockRTracker(offsetrange.NewTracker(r))
}

// ProcessElement scores the rows that begin in the restriction, and emits their partial result.
func (f *scoreFn) ProcessElement(ctx context.Context, rt *sdf.LockRTracker, p part, emit func(partial)) error {
	p.From = rt.GetRestriction().(offsetrange.Restriction).Start
	f.scorer.progress = countBatches(ctx)
	done, evaluated, err := f.scorer.score(ctx, p, func(offset int64) bool { return rt.TryClaim(offset) })
	if err != nil {
		return err
	}
	// The runner may have given the rest of the part to another worker. Nothing changes once a claim has been refused.
	done.To = rt.GetRestriction().(offsetrange.Restriction).End
	log.Infof(ctx, "%s: bytes %d to %d: %d rows, %d of them bad", p.File.Name, done.From, done.To, done.Rows,
		done.DeadLetters.Lines)
	emit(partial{[]donePart{done}, evaluated})
	return nil
}

// countBatches counts what has come since the batch before.
func countBatches(ctx context.Context) func(rows, bad int64) {
	var rows, bad int64
	return func(allRows, allBad int64) {
		batchCounter.Inc(ctx, 1)
		rowCounter.Inc(ctx, allRows-rows)
		badCounter.Inc(ctx, allBad-bad)
		rows, bad = allRows, allBad
	}
}

// mergeFn merges partial results.
type mergeFn struct{}

func (*mergeFn) MergeAccumulators(a, b partial) (partial, error) {
	err := a.merge(b)
	return a, err
}

// finishFn finishes the job. It may fail and run again.
type finishFn struct{ Job job }

func (f *finishFn) ProcessElement(ctx context.Context, p partial) error {
	if err := p.finish(ctx, f.Job); err != nil {
		return err
	}
	return removeTemps(ctx, f.Job.Output, tempTag)
}
