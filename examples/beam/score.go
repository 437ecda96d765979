package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/simmer-go/simmer/bnn"
)

// scorer scores the rows of one part after the other, a batch at a time, in memory that does not depend on how many
// there are. One goroutine at a time may use it.
type scorer struct {
	options
	model *model
	tag   string // of files that are not committed

	// A batch.
	rows      int
	places    []int64
	labels    []int
	x         []float32
	computed  []string
	results   map[string][]float32 // of those outputs
	evaluated *evaluation

	predictions, deadLetters *lineWriter
	line                     []byte

	// progress, if it is not nil, is called after each batch.
	progress func(rows, bad int64)
}

func newScorer(o options, m *model, tag string) (*scorer, error) {
	if o.Label > m.In() {
		return nil, fmt.Errorf("-label is %d, but rows of %d inputs and the label have columns 0 to %[2]d", o.Label, m.In())
	}
	if o.Label >= 0 && m.Out() < 2 {
		return nil, errors.New("-label: the model has one output, labels are for two classes or more")
	}
	s := &scorer{options: o, model: m, tag: tag, places: make([]int64, o.Batch), labels: make([]int, o.Batch),
		x: make([]float32, o.Batch*m.In()), results: map[string][]float32{}}
	s.computed = o.needed()
	for _, name := range s.computed {
		s.results[name] = make([]float32, o.Batch*m.Out())
	}
	return s, nil
}

// needed is what has to be computed of each row.
func (o *options) needed() (names []string) {
	if o.want("probabilities") || o.Label >= 0 {
		names = append(names, "probabilities")
	}
	if o.want("mean") || o.want("variance") {
		names = append(names, "mean", "variance")
	}
	return names
}

// donePart is a part that has been scored, and where its results are.
type donePart struct {
	part
	Rows        int64
	Predictions written
	DeadLetters written
}

// score scores the rows of a part for as long as claim takes the offsets at which they begin. What it returns is good
// only if there is no error.
func (s *scorer) score(ctx context.Context, p part, claim func(offset int64) bool) (_ donePart, _ *evaluation,
	err error) {
	rows, err := openRows(ctx, s.options, p.File.Name, p.From, s.model.In(), s.model.Out())
	if err != nil {
		return donePart{}, nil, err
	}
	defer rows.Close()
	s.rows, s.evaluated = 0, newEvaluation(s.options)
	s.predictions = newLineWriter(s.Output, fmt.Sprintf("predictions-%05d-%015d.csv", p.Index, p.From), s.tag)
	s.deadLetters = newLineWriter(s.Output, fmt.Sprintf("dead-letters-%05d-%015d.jsonl", p.Index, p.From), s.tag)
	done := donePart{part: p}
	if done.Rows, err = s.scoreRows(ctx, p, rows, claim); err != nil {
		s.predictions.abort()
		s.deadLetters.abort()
		return donePart{}, nil, fmt.Errorf("%s: %w", p.File.Name, err)
	}
	done.Predictions, err = s.predictions.close()
	var err2 error
	done.DeadLetters, err2 = s.deadLetters.close()
	return done, s.evaluated, errors.Join(err, err2)
}

// scoreRows returns how many rows it has read.
func (s *scorer) scoreRows(ctx context.Context, p part, rows rowReader, claim func(int64) bool) (int64, error) {
	var count int64
	for claim(rows.offset()) {
		at := rows.offset()
		label, err := rows.read(s.x[s.rows*s.model.In():][:s.model.In()])
		switch why := badRow(""); {
		case errors.As(err, &why):
			if err := s.bury(ctx, p, at, string(why)); err != nil {
				return 0, err
			}
		case err == io.EOF:
			return 0, fmt.Errorf("the file ends at %d, it had %d bytes before", at, p.File.Size)
		case err != nil:
			return 0, err
		default:
			s.places[s.rows], s.labels[s.rows] = at, label
			s.rows++
		}
		if count++; s.rows == s.Batch {
			if err := s.flush(ctx, p, count); err != nil {
				return 0, err
			}
		}
	}
	return count, s.flush(ctx, p, count)
}

// flush scores the batch, after so many rows of the part.
func (s *scorer) flush(ctx context.Context, p part, count int64) error {
	if err := s.predict(); err != nil {
		return err
	}
	if err := s.buryNonFinite(ctx, p); err != nil {
		return err
	}
	if s.Label >= 0 {
		if err := s.evaluated.add(s.of("probabilities"), s.labels[:s.rows]); err != nil {
			return err
		}
	}
	s.line = s.line[:0]
	for r := range s.rows {
		s.line = s.appendPrediction(s.line, p.File.Name, r)
	}
	err := s.predictions.write(ctx, s.line, int64(s.rows))
	s.rows = 0
	if s.progress != nil && err == nil {
		s.progress(count, s.deadLetters.Lines)
	}
	return err
}

// of is an output for the rows of the batch.
func (s *scorer) of(name string) []float32 { return s.results[name][:s.rows*s.model.Out()] }

// predict fills the outputs that are wanted. Each row's are the same in any batch.
func (s *scorer) predict() (err error) {
	if s.rows == 0 {
		return nil
	}
	x, key := s.x[:s.rows*s.model.In()], bnn.Key{Seed: s.Seed}
	if s.results["probabilities"] != nil {
		if s.Draws > 0 {
			err = s.model.ProbabilitiesFromDraws(s.of("probabilities"), x, key, s.Draws)
		} else {
			err = s.model.Probabilities(s.of("probabilities"), x)
		}
	}
	if err != nil || s.results["mean"] == nil {
		return err
	}
	if s.Draws > 0 {
		return s.model.PredictFromDraws(s.of("mean"), s.of("variance"), x, key, s.Draws)
	}
	return s.model.Predict(s.of("mean"), s.of("variance"), x)
}

// buryNonFinite takes rows out of the batch whose results are no numbers, as inputs too large for the model have.
func (s *scorer) buryNonFinite(ctx context.Context, p part) error {
	kept := 0
	for r := range s.rows {
		if why := s.nonFinite(r); why != "" {
			if err := s.bury(ctx, p, s.places[r], why); err != nil {
				return err
			}
			continue
		}
		s.move(kept, r)
		kept++
	}
	s.rows = kept
	return nil
}

// nonFinite says which result of a row is NaN or infinite.
func (s *scorer) nonFinite(r int) string {
	n := s.model.Out()
	for _, name := range s.computed {
		for i, v := range s.results[name][r*n : (r+1)*n] {
			if v-v != 0 {
				return fmt.Sprintf("%s %d is %v", name, i, v)
			}
		}
	}
	return ""
}

// move moves the results of a row.
func (s *scorer) move(to, from int) {
	if to == from {
		return
	}
	s.places[to], s.labels[to] = s.places[from], s.labels[from]
	n := s.model.Out()
	for _, result := range s.results {
		copy(result[to*n:(to+1)*n], result[from*n:])
	}
}

// deadLetter is a row without a prediction.
type deadLetter struct {
	File   string `json:"file"`
	Offset int64  `json:"offset"` // of its first byte
	Reason string `json:"reason"`
}

func (s *scorer) bury(ctx context.Context, p part, offset int64, reason string) error {
	line, err := json.Marshal(deadLetter{p.File.Name, offset, reason})
	if err != nil {
		return err
	}
	return s.deadLetters.write(ctx, append(line, '\n'), 1)
}
