package bnn

import (
	"errors"
	"fmt"
	"slices"
)

// Ensemble averages predictors, such as those of models that were trained from different starts: B. Lakshminarayanan,
// A. Pritzel and C. Blundell, “Simple and scalable predictive uncertainty estimation using deep ensembles”, NeurIPS
// 2017. Like its members it may be used from any number of goroutines, and allocates nothing once it has warmed up.
//
// Sums over members are made in float64, in their order.
type Ensemble[T Float] struct {
	members []*Predictor[T]
	tile    int // rows
	scratch *freeList[T]
}

// NewEnsemble returns the ensemble of the members. The scratch that it keeps besides theirs, for as many calls as ever
// ran at once, is four numbers for each output of up to 512 rows, or six if they are float32.
//
// Errors: no members, or members whose In or Out differ.
func NewEnsemble[T Float](members ...*Predictor[T]) (*Ensemble[T], error) {
	if len(members) == 0 {
		return nil, errors.New("bnn: NewEnsemble: there are no members")
	}
	first := members[0]
	for i, m := range members {
		if m.In() != first.In() || m.Out() != first.Out() {
			return nil, fmt.Errorf("bnn: NewEnsemble: member %d has In %d and Out %d, member 0 has %d and %d",
				i, m.In(), m.Out(), first.In(), first.Out())
		}
	}
	e := &Ensemble[T]{members: slices.Clone(members), tile: tileRows(max(first.In(), first.Out()))}
	n := e.tile * e.Out()
	e.scratch = &freeList[T]{length: 2*aligned(n) + scratch64Len[T](2*n)}
	return e, nil
}

// In is the number of inputs.
func (e *Ensemble[T]) In() int { return e.members[0].In() }

// Out is the number of outputs.
func (e *Ensemble[T]) Out() int { return e.members[0].Out() }

// Predict writes mean and variance (rows×Out) of the mixture, with equal weights, of what the K members predict for the
// inputs x (rows×In): with m_k and v_k those of member k,
//
//	mean = Σ m_k / K,  variance = Σ v_k / K + Σ (m_k − mean)² / K
func (e *Ensemble[T]) Predict(mean, variance, x []T) error {
	rows, err := e.check("Predict", x, "mean", mean)
	if err = firstError(err, checkLen("Predict", "variance", len(variance), len(mean))); err == nil {
		e.mix(mean, variance, x, rows, func(_ int, m *Predictor[T], mean, variance, x []T) error {
			return m.Predict(mean, variance, x)
		})
	}
	return err
}

// PredictFromDraws is Predict with [Predictor.PredictFromDraws] of the members. Member k has the key with k added to
// its Stream.
func (e *Ensemble[T]) PredictFromDraws(mean, variance, x []T, key Key, draws int) error {
	const method = "PredictFromDraws"
	rows, err := e.check(method, x, "mean", mean)
	if err = firstError(err, checkLen(method, "variance", len(variance), len(mean)),
		checkDraws(method, draws, 2)); err == nil {
		e.mix(mean, variance, x, rows, func(k int, m *Predictor[T], mean, variance, x []T) error {
			return m.PredictFromDraws(mean, variance, x, memberKey(key, k), draws)
		})
	}
	return err
}

// Probabilities writes the average of the members' class probabilities (rows×Out) for the inputs x (rows×In).
func (e *Ensemble[T]) Probabilities(probabilities, x []T) error {
	rows, err := e.check("Probabilities", x, "probabilities", probabilities)
	if err == nil {
		e.mix(probabilities, nil, x, rows, func(_ int, m *Predictor[T], p, _, x []T) error {
			return m.Probabilities(p, x)
		})
	}
	return err
}

// ProbabilitiesFromDraws is Probabilities with [Predictor.ProbabilitiesFromDraws] of the members. Member k has the key
// with k added to its Stream.
func (e *Ensemble[T]) ProbabilitiesFromDraws(probabilities, x []T, key Key, draws int) error {
	const method = "ProbabilitiesFromDraws"
	rows, err := e.check(method, x, "probabilities", probabilities)
	if err = firstError(err, checkDraws(method, draws, 1)); err == nil {
		e.mix(probabilities, nil, x, rows, func(k int, m *Predictor[T], p, _, x []T) error {
			return m.ProbabilitiesFromDraws(p, x, memberKey(key, k), draws)
		})
	}
	return err
}

func memberKey(key Key, member int) Key {
	return Key{Seed: key.Seed, Stream: key.Stream + uint64(member)}
}

// check checks a batch x and results for it.
func (e *Ensemble[T]) check(method string, x []T, name string, y []T) (rows int, err error) {
	return e.members[0].checkRows(method, x, name, y, e.Out())
}

// mix writes the mean of what the members predict, which cannot fail any more, and the variance of the mixture unless
// it is nil, a tile of rows at a time.
func (e *Ensemble[T]) mix(mean, variance, x []T, rows int,
	predict func(k int, m *Predictor[T], mean, variance, x []T) error) {
	s := e.scratch.take()
	for r := 0; r < rows; r += e.tile {
		at, n := r*e.Out(), min(e.tile, rows-r)*e.Out()
		y, rest := room(s.memory, n)
		v, rest := room(rest, n)
		sums := scratch64(rest, 2*n)
		clear(sums)
		for k, m := range e.members {
			_ = predict(k, m, y, v, x[r*e.In():][:n/e.Out()*e.In()])
			addMoments(sums[:n], sums[n:], y, k)
			if variance != nil {
				addTo(sums[n:], v)
			}
		}
		divide(mean[at:], sums[:n], 1)
		if variance != nil {
			divide(variance[at:], sums[n:], len(e.members))
		}
	}
	e.scratch.put(s)
}
