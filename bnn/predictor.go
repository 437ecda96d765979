package bnn

import (
	"errors"
	"slices"
)

// Predictor is a model as it was at one time, made ready to serve: weights are packed in the order in which they are
// multiplied, the covariance of the output layer is prepared, and parameters were checked. Nothing changes it; training
// may go on. Its results are those of the [Sequential] that it was made from, to the bit.
//
// Any number of goroutines may use it at once. It has scratch of its own, which it keeps from call to call, so nobody
// needs work, and after the first calls nothing is allocated.
//
// # Memory
//
// A deterministic layer takes as much as its weights once they are packed, Out rounded up to a multiple of 64 bytes,
// and its bias. A Gaussian layer takes all its parameters besides. The output layer, and the first Gaussian one if its
// outputs are drawn (see [Predictor.Draws]), also take the prepared covariance: as much as LowRank and Factorized have
// once more, twice as much as Diagonal has, the output factor of a Kronecker one in the layout Kron, and nothing for
// Sampled, unless S is so small that it is written out (InputRank·OutputRank up to 32, and S up to 65536 entries).
//
// Besides there is scratch for as many calls as ever ran at once, up to 64: each of a few times 32768 elements, or of
// 64 rows of the widest layer if that is more. Methods with draws have their own, a call one and each of its goroutines
// one, which has room for the parameters of a draw too, unless only outputs are drawn.
//
// # Gaussian layers before the last
//
// Predict and Probabilities, which are closed forms, take the distribution of the output layer only: of other Gaussian
// layers the mean parameters count, as in inferno. Where hidden layers are Gaussian the variance is therefore too
// small, often by more than half. The methods with draws, PredictFromDraws, ProbabilitiesFromDraws and Draws, draw the
// parameters of all layers.
type Predictor[T Float] struct {
	model *Sequential[T] // in serving mode; deterministic layers have no parameters but those in affines

	affines []T // of the linear layers one after the other
	pre     prepared[T]
	passes  *freeList[T]
	drawn   drawn[T]
	kept    keptDraws[T]
}

// NewPredictor returns a copy of the model as it is, ready to serve.
//
// Errors: a model in training mode, where the temperature is ignored (pass model.Eval()), and parameters that are NaN
// or infinite. The parameters must not change during the call.
func NewPredictor[T Float](model *Sequential[T]) (*Predictor[T], error) {
	if !model.last.eval {
		return nil, errors.New("bnn: NewPredictor: the model is in training mode, where it ignores its temperature: " +
			"give model.Eval()")
	}
	if err := model.checkParams("NewPredictor"); err != nil {
		return nil, err
	}
	p := &Predictor[T]{model: model.Workers(1)}
	memory := make([]T, model.preparedLen())
	var rest []T
	p.affines, rest = p.model.setAffines(nil, memory, len(model.modules))
	p.model.freeze()
	p.pre, _ = p.model.last.prepareCovariance(rest)
	p.passes = &freeList[T]{length: p.passLen()}
	p.drawn = newDrawn(p)
	return p, nil
}

// freeze makes the layers independent of those that they are views of. Their parameters have been packed; only Gaussian
// layers need them for something else.
func (s *Sequential[T]) freeze() {
	s.params = nil
	for _, l := range s.linears {
		if l != nil {
			l.temp = slices.Clone(l.temp)
			if l.cov == nil {
				l.params = nil
			} else {
				l.params = slices.Clone(l.params)
			}
		}
	}
}

// In is the number of inputs.
func (p *Predictor[T]) In() int { return p.model.In() }

// Out is the number of outputs.
func (p *Predictor[T]) Out() int { return p.model.Out() }

// Features is the number of inputs of the output layer, which Representation writes.
func (p *Predictor[T]) Features() int { return p.model.last.in }

// Workers returns the predictor with n goroutines for each call that has enough rows or draws. With an n of 1 or less,
// as in a new predictor, a call uses the caller's goroutine alone. It shares all its memory with p, and its results are
// the same to the bit. Starting goroutines allocates.
func (p *Predictor[T]) Workers(n int) *Predictor[T] {
	c := *p
	c.model = p.model.Workers(n)
	return &c
}
