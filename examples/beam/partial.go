package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"
)

// partial is what is known of some of the rows. Partials merge in any order, and to the same bits however the rows are
// shared between them.
type partial struct {
	Parts      []donePart
	Evaluation *evaluation `json:",omitempty"`
}

func (p *partial) merge(other partial) error {
	p.Parts = append(p.Parts, other.Parts...)
	switch {
	case other.Evaluation == nil:
		return nil
	case p.Evaluation == nil:
		p.Evaluation = other.Evaluation
		return nil
	}
	return p.Evaluation.merge(other.Evaluation)
}

// add adds a part, with its evaluation.
func (p *partial) add(d donePart, e *evaluation) error {
	return p.merge(partial{[]donePart{d}, e})
}

func encodePartial(p partial) ([]byte, error) { return json.Marshal(p) }

func decodePartial(data []byte) (p partial, err error) {
	if err := json.Unmarshal(data, &p); err != nil {
		return partial{}, fmt.Errorf("partial result: %w", err)
	}
	return p, nil
}

// counts is how many rows there were, and what became of them.
type counts struct{ rows, predictions, deadLetters int64 }

func (p *partial) counts() (c counts) {
	for _, d := range p.Parts {
		c.rows += d.Rows
		c.predictions += d.Predictions.Lines
		c.deadLetters += d.DeadLetters.Lines
	}
	return c
}

// files is all files that were written.
func (p *partial) files() (all []written) {
	for _, d := range p.Parts {
		all = append(all, d.Predictions, d.DeadLetters)
	}
	return all
}

// checkComplete reports whether every byte of the files belongs to one part, and every row to a prediction or a dead
// letter.
func (p *partial) checkComplete(files []inputFile) error {
	slices.SortFunc(p.Parts, func(a, b donePart) int {
		return cmp.Or(cmp.Compare(a.Index, b.Index), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	next := 0
	for i, f := range files {
		at := int64(0)
		for ; next < len(p.Parts) && p.Parts[next].Index == i; next++ {
			d := p.Parts[next]
			if d.File != f {
				return fmt.Errorf("input file %d is %+v for one part, %+v for another", i, f, d.File)
			}
			if err := checkNext(d, at); err != nil {
				return err
			}
			at = d.To
		}
		if at != f.Size {
			return fmt.Errorf("%s: bytes %d to %d are in no part", f.Name, at, f.Size)
		}
	}
	if next != len(p.Parts) {
		return fmt.Errorf("%s is not among the %d input files", p.Parts[next].File.Name, len(files))
	}
	return nil
}

// checkNext reports whether a part begins where the one before ended, and has lost no row.
func checkNext(d donePart, at int64) error {
	switch {
	case d.From > at:
		return fmt.Errorf("%s: bytes %d to %d are in no part", d.File.Name, at, d.From)
	case d.From < at:
		return fmt.Errorf("%s: bytes %d to %d are in two parts", d.File.Name, d.From, min(at, d.To))
	case d.Rows != d.Predictions.Lines+d.DeadLetters.Lines:
		return fmt.Errorf("%s: bytes %d to %d have %d rows, but %d predictions and %d dead letters", d.File.Name, d.From,
			d.To, d.Rows, d.Predictions.Lines, d.DeadLetters.Lines)
	}
	return nil
}

// finish checks that a result is complete, gives its files their names and writes the report.
func (p *partial) finish(ctx context.Context, j job) error {
	if err := p.checkComplete(j.Files); err != nil {
		return err
	}
	if err := commit(ctx, j.Output, p.files()); err != nil {
		return err
	}
	if err := checkFolder(ctx, j.Output, p.files()); err != nil {
		return err
	}
	report, err := newReport(j, p)
	if err != nil {
		return err
	}
	return writeFile(ctx, j.Output, reportName, report)
}

// checkFolder refuses results of another job beside ours.
func checkFolder(ctx context.Context, folder string, ours []written) error {
	names, err := listResults(ctx, folder)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, w := range ours {
		known[w.Name] = true
	}
	for _, name := range names {
		if !known[path.Base(filepath.ToSlash(name))] {
			return fmt.Errorf("%s is of another job: write to an empty folder", name)
		}
	}
	return nil
}

// listResults returns the predictions and dead letters that have their names.
func listResults(ctx context.Context, folder string) ([]string, error) {
	fs, err := filesystem.New(ctx, folder)
	if err != nil {
		return nil, err
	}
	defer fs.Close()
	predictions, err := fs.List(ctx, folder+"/predictions-*.csv")
	deadLetters, err2 := fs.List(ctx, folder+"/dead-letters-*.jsonl")
	return append(predictions, deadLetters...), errors.Join(err, err2)
}
