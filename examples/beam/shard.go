package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// job is what a command works on.
type job struct {
	options
	Files       []inputFile
	Fingerprint string
	Classes     int
}

// newJob reads the model and lists the input.
func newJob(ctx context.Context, o options, input string) (job, *model, error) {
	m, err := readModel(ctx, o)
	if err != nil {
		return job{}, nil, err
	}
	o.Model = m.hash
	files, err := listInput(ctx, input)
	if err != nil {
		return job{}, nil, err
	}
	print, err := fingerprint(ctx, o, files)
	return job{o, files, print, m.Out()}, m, err
}

// shardFile is the partial result of a shard. It is written last: without it the shard has not been done.
type shardFile struct {
	Version     int
	Shard, Of   int
	Fingerprint string
	Options     options // for the report
	Classes     int
	Files       []inputFile
	partial
}

// shardVersion changes if the meaning of the file does.
const shardVersion = 1

func shardName(i, n int) string { return fmt.Sprintf("partial-%05d-of-%05d.json", i, n) }

// runShard scores share i of n in a plain loop. What an earlier attempt has left behind is removed or replaced.
func runShard(ctx context.Context, o options, input string, i, n int, log io.Writer) error {
	j, m, err := newJob(ctx, o, input)
	if err != nil {
		return err
	}
	tag := fmt.Sprintf("shard-%05d-of-%05d", i, n)
	if err := removeTemps(ctx, o.Output, tag); err != nil {
		return err
	}
	s, err := newScorer(j.options, m, tag)
	if err != nil {
		return err
	}
	file := shardFile{Version: shardVersion, Shard: i, Of: n, Fingerprint: j.Fingerprint, Options: j.options,
		Classes: j.Classes, Files: j.Files}
	file.Evaluation = newEvaluation(o)
	progress := progress{log: log, what: tag, start: time.Now(), last: time.Now()}
	s.progress = progress.batch
	for _, p := range cut(j.Files, i, n) {
		done, evaluated, err := s.score(ctx, p, func(offset int64) bool { return offset < p.To })
		if err != nil {
			return err
		}
		progress.part()
		if err := file.add(done, evaluated); err != nil {
			return err
		}
	}
	if err := commit(ctx, o.Output, file.files()); err != nil {
		return err
	}
	text, err := json.Marshal(file)
	if err != nil {
		return err
	}
	progress.end()
	return writeFile(ctx, o.Output, shardName(i, n), text)
}

// progress says how far a shard is, every few seconds.
type progress struct {
	log         io.Writer
	what        string
	start, last time.Time
	rows, bad   int64 // of the parts before
	partRows    int64
	partBad     int64
}

func (p *progress) batch(rows, bad int64) {
	p.partRows, p.partBad = rows, bad
	if now := time.Now(); now.Sub(p.last) >= 5*time.Second {
		p.last = now
		p.print()
	}
}

func (p *progress) part() {
	p.rows, p.bad = p.rows+p.partRows, p.bad+p.partBad
	p.partRows, p.partBad = 0, 0
}

func (p *progress) end() { p.print() }

func (p *progress) print() {
	rows := p.rows + p.partRows
	took := time.Since(p.start)
	fmt.Fprintf(p.log, "%s: %d rows, %d of them bad, %.1f s, %.0f rows/s\n", p.what, rows, p.bad+p.partBad, took.Seconds(),
		float64(rows)/took.Seconds())
}
