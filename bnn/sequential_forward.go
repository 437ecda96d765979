package bnn

import (
	"fmt"
	"math/rand/v2"
)

// WorkLen is the length of work that Forward, Representation, Predict and those with draws need for so many rows, which
// is all of serving. Training needs [Sequential.GradWorkLen].
func (s *Sequential[T]) WorkLen(rows int) int {
	return rows*s.width + max(s.runLen(rows), s.last.predictLen(rows))
}

// Forward writes the outputs y (rows×Out) for the inputs x (rows×In) with the mean parameters.
func (s *Sequential[T]) Forward(y, x, work []T) error {
	rows, err := s.checkArgs("Forward", "y", y, s.Out(), x, work)
	if err != nil {
		return err
	}
	s.run(y, x, nil, work, rows, len(s.modules))
	return nil
}

// runLen is what run needs of work: the outputs of a module and of the next, scratch, a draw, and what that needs.
func (s *Sequential[T]) runLen(rows int) int {
	return 3*rows*s.width + aligned(s.largest((*Linear[T]).NumMeanParams)) + s.largest((*Linear[T]).sampleLen)
}

// run applies the first modules to x and leaves the result in y. With eps, parameters are drawn.
func (s *Sequential[T]) run(y, x, eps, work []T, rows, modules int) {
	size := rows * s.width
	ping, pong, scratch := work[:size], work[size:2*size], work[2*size:3*size]
	theta, rest := room(work[3*size:], s.largest((*Linear[T]).NumMeanParams))
	now := x
	for k := range modules {
		l := s.linears[k]
		if l == nil {
			apply(s.modules[k].(Activation), now, scratch)
			continue
		}
		next := ping[:rows*l.out]
		params, c := l.forwardParams(theta, eps, rest)
		_, eps = cut(eps, l.NumNormals())
		l.forward(next, now, params, rows, c)
		now, ping, pong = next, pong, ping
	}
	copy(y, now)
}

// Representation writes what the output layer gets (rows × its In) for the inputs x (rows×In) with the mean parameters.
func (s *Sequential[T]) Representation(phi, x, work []T) error {
	rows, err := s.checkArgs("Representation", "phi", phi, s.last.in, x, work)
	if err != nil {
		return err
	}
	s.run(phi, x, nil, work, rows, len(s.modules)-1)
	return nil
}

// Predict writes the predictive mean and variance (rows×Out) of the output layer, given the representation
// that the mean parameters of the other layers make of x (rows×In).
func (s *Sequential[T]) Predict(mean, variance, x, work []T) error {
	rows, err := s.checkArgs("Predict", "mean", mean, s.Out(), x, work)
	if err := firstError(err, checkLen("Predict", "variance", len(variance), len(mean))); err != nil {
		return err
	}
	phi, rest := work[:rows*s.last.in], work[rows*s.width:]
	s.run(phi, x, nil, rest, rows, len(s.modules)-1)
	return s.last.Predict(mean, variance, phi, rest)
}

// ForwardSample writes the outputs y (rows×Out) for the inputs x (rows×In) with one draw of the parameters, made from
// the standard normals eps (NumNormals, layer by layer).
func (s *Sequential[T]) ForwardSample(y, x, eps, work []T) error {
	rows, err := s.checkArgs("ForwardSample", "y", y, s.Out(), x, work)
	if err := firstError(err, checkLen("ForwardSample", "eps", len(eps), s.NumNormals())); err != nil {
		return err
	}
	s.run(y, x, eps, work, rows, len(s.modules))
	return nil
}

// RepresentationSample writes what the output layer gets (rows × its In) for the inputs x (rows×In) with the draw of
// the parameters that ForwardSample makes from the same eps (NumNormals, layer by layer). Those of the output layer,
// the last of eps, have no part.
func (s *Sequential[T]) RepresentationSample(phi, x, eps, work []T) error {
	rows, err := s.checkArgs("RepresentationSample", "phi", phi, s.last.in, x, work)
	if err := firstError(err, checkLen("RepresentationSample", "eps", len(eps), s.NumNormals())); err != nil {
		return err
	}
	s.run(phi, x, eps, work, rows, len(s.modules)-1)
	return nil
}

// ForwardSamples writes the outputs y (samples×rows×Out) for the inputs x (rows×In) with as many draws of the
// parameters as fit y: len(y) is a multiple of rows·Out, and 0 if there are no rows. eps has length NumNormals and work
// at least WorkLen(rows), however many draws there are.
//
// For each draw eps is filled with NumNormals values of rng.NormFloat64, layer by layer, and y gets what ForwardSample
// makes of them; of a seeded rng the draws are always the same ones. A nil rng panics, unless nothing is drawn.
func (s *Sequential[T]) ForwardSamples(y, x []T, rng *rand.Rand, eps, work []T) error {
	rows, err := checkRows("ForwardSamples", "x", len(x), s.In())
	n := rows * s.Out()
	if err == nil && len(y) > 0 && (n == 0 || len(y)%n != 0) {
		err = fmt.Errorf("bnn: ForwardSamples: y has length %d, want a multiple of %d", len(y), n)
	}
	if err := firstError(err,
		checkLen("ForwardSamples", "eps", len(eps), s.NumNormals()),
		checkWork("ForwardSamples", len(work), s.WorkLen(rows)),
		s.checkParams("ForwardSamples")); err != nil {
		return err
	}
	for ; len(y) > 0; y = y[n:] {
		for i := range eps {
			eps[i] = T(rng.NormFloat64())
		}
		s.run(y[:n], x, eps, work, rows, len(s.modules))
	}
	return nil
}

// checkArgs checks what all but ForwardSamples have in common.
func (s *Sequential[T]) checkArgs(method, name string, y []T, cols int, x, work []T) (rows int, err error) {
	rows, err = s.checkBatch(method, name, y, cols, x)
	return rows, firstError(err, checkWork(method, len(work), s.WorkLen(rows)))
}
