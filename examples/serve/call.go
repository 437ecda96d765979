package main

import (
	"net/http"
	"slices"

	"github.com/simmer-go/simmer/bnn"
)

// The outputs that a request may name.
const (
	mean = iota
	variance
	probabilities
	draws
	numOutputs
)

const inputName = "input"

var outputNames = [numOutputs]string{"mean", "variance", "probabilities", "draws"}

// output is one that a request asks for.
type output struct {
	which  int
	binary bool
}

// job is what is computed for a request; those with the same job may be computed together.
type job struct {
	moments       bool // mean and variance
	probabilities bool
	draws         int // that these two are made of; 0 stands for closed forms
	raw           int // draws that are wanted themselves
	seed          uint64
}

// fromDraws reports whether anything is drawn.
func (j job) fromDraws() bool { return j.draws > 0 || j.raw > 0 }

// call is an inference request from its body to its answer. Calls are used again, since their memory is most of what a
// request allocates.
type call[T bnn.Float] struct {
	*server[T]
	body     []byte // as it was read
	reserved int64  // of the server's memory
	message  message

	client  string
	model   *bnn.Predictor[T]
	rows    int
	x       []T
	outputs []output
	job     job

	results [numOutputs][]T
	swapped []T // draws, draw by draw
	answer  []byte
}

// infer answers an inference request.
func (s *server[T]) infer(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkModel(r); err != nil {
		return err
	}
	p, err := s.ready()
	if err != nil {
		return err
	}
	s.under.Add(1)
	defer s.under.Add(-1)
	c := s.calls.Get().(*call[T])
	c.model, c.client = p, r.RemoteAddr
	defer c.release()
	if err := c.read(r); err != nil {
		return err
	}
	if err := s.batches.do(c); err != nil {
		return err
	}
	c.swapDraws()
	s.metrics.rows.Add(float64(c.rows))
	return c.write(w)
}

// release gives the call back, unless it has become so large that it had better be collected.
func (c *call[T]) release() {
	c.memory.give(c.reserved)
	c.reserved, c.model = 0, nil
	const most = 1 << 20
	if cap(c.body) > most || cap(c.answer) > most || cap(c.results[draws]) > most {
		return
	}
	c.calls.Put(c)
}

// want makes room for the results of the job.
func (c *call[T]) want() {
	n := c.rows * c.model.Out()
	for i, k := range [numOutputs]int{n, n, n, n * c.job.raw} {
		c.results[i] = sized(c.results[i], k)
	}
}

// swapDraws puts the draws of each row together, where they come draw by draw.
func (c *call[T]) swapDraws() {
	y, out := c.results[draws], c.model.Out()
	if c.rows == 1 || len(y) == 0 {
		return
	}
	c.swapped = append(c.swapped[:0], y...)
	for i := range c.rows * c.job.raw {
		row, draw := i/c.job.raw, i%c.job.raw
		copy(y[i*out:(i+1)*out], c.swapped[(draw*c.rows+row)*out:])
	}
}

// compute predicts the rows.
func (c *call[T]) compute() error {
	return compute(c.model, c.job, c.x, c.results)
}

// compute writes the results of a job; results that it does not have are left alone.
func compute[T bnn.Float](p *bnn.Predictor[T], j job, x []T, results [numOutputs][]T) error {
	key := bnn.Key{Seed: j.seed}
	var err error
	if j.moments && j.draws > 0 {
		err = p.PredictFromDraws(results[mean], results[variance], x, key, j.draws)
	} else if j.moments {
		err = p.Predict(results[mean], results[variance], x)
	}
	if err == nil && j.probabilities && j.draws > 0 {
		err = p.ProbabilitiesFromDraws(results[probabilities], x, key, j.draws)
	} else if err == nil && j.probabilities {
		err = p.Probabilities(results[probabilities], x)
	}
	if err == nil && j.raw > 0 {
		err = p.Draws(results[draws], x, key, 0)
	}
	return err
}

// sized returns a slice of length n, the same one if it is large enough. What it holds is of no account.
func sized[E any](s []E, n int) []E { return slices.Grow(s[:0], n)[:n] }
