package bnn

import (
	"fmt"
	"math/rand/v2"
)

// WorkLen is the length of work that Forward, Representation, Predict and the methods with draws need for that many
// rows, which is all of serving: room for the weights in the order in which they are multiplied, and for some rows, so
// that it stops growing with the batch. Training needs [Sequential.GradWorkLen].
func (s *Sequential[T]) WorkLen(rows int) int {
	p, parts := s.pass(len(s.modules)-1, s.last, rows)
	q, _ := s.pass(len(s.modules), nil, rows)
	return s.preparedLen() + max(parts*max(p.scratchLen(), q.scratchLen()), s.drawLen())
}

// preparedLen is what all rows of a prediction share: packed weights and the covariance of the last layer.
func (s *Sequential[T]) preparedLen() int {
	n := s.total(func(l *Linear[T]) int { return aligned(affineLen[T](l.dims)) })
	if cov := s.last.cov; cov != nil {
		n += aligned(cov.preparedLen())
	}
	return n
}

// drawLen is what a draw of one layer needs of work.
func (s *Sequential[T]) drawLen() int {
	return aligned(s.largest((*Linear[T]).NumMeanParams)) + s.largest((*Linear[T]).sampleLen)
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

// pass is a forward pass through the first modules, and last unless it is nil, without its slices, and its number of
// parts.
func (s *Sequential[T]) pass(modules int, last *Linear[T], rows int) (p pass[T], parts int) {
	p = pass[T]{modules: s.modules[:modules], linears: s.linears[:modules], last: last, in: s.In(), out: s.Out(),
		width: s.width}
	if last == nil {
		p.out = s.cols(modules)
	}
	parts = p.divide(rows, s.workers)
	return p, parts
}

// cols is the number of columns of what the first modules write.
func (s *Sequential[T]) cols(modules int) int {
	for _, l := range s.linears[modules:] {
		if l != nil {
			return l.in
		}
	}
	return s.Out()
}

// setAffines packs the parameters of the first modules, and returns them and the rest of work. With eps, parameters are
// drawn.
func (s *Sequential[T]) setAffines(eps, work []T, modules int) (affines, rest []T) {
	affines = work
	var theta, tmp []T
	if eps != nil {
		theta, tmp = room(work[s.preparedLen():], s.largest((*Linear[T]).NumMeanParams))
	}
	for _, l := range s.linears[:modules] {
		if l != nil {
			var own, memory []T
			own, eps = cut(eps, l.NumNormals())
			memory, work = room(work, affineLen[T](l.dims))
			l.setAffine(memory, theta, own, tmp)
		}
	}
	return affines, work
}

// run applies the first modules to x and leaves the result in y. With eps, parameters are drawn.
func (s *Sequential[T]) run(y, x, eps, work []T, rows, modules int) {
	p, parts := s.pass(modules, nil, rows)
	p.y, p.x, p.drawn = y, x, eps != nil
	p.affines, p.scratch = s.setAffines(eps, work, modules)
	do(p, parts)
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

// Predict writes the predictive mean and variance (rows×Out) of the output layer, given the representation that the
// mean parameters of the other layers make of x (rows×In).
func (s *Sequential[T]) Predict(mean, variance, x, work []T) error {
	rows, err := s.checkArgs("Predict", "mean", mean, s.Out(), x, work)
	if err := firstError(err, checkLen("Predict", "variance", len(variance), len(mean))); err != nil {
		return err
	}
	p, parts := s.pass(len(s.modules)-1, s.last, rows)
	p.y, p.variance, p.x = mean, variance, x
	p.affines, work = s.setAffines(nil, work, len(s.modules))
	p.pre, p.scratch = s.last.prepareCovariance(work)
	do(p, parts)
	return nil
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
// the parameters that ForwardSample makes from the same eps (NumNormals, layer by layer). The last elements of eps,
// those of the output layer, are not used.
func (s *Sequential[T]) RepresentationSample(phi, x, eps, work []T) error {
	rows, err := s.checkArgs("RepresentationSample", "phi", phi, s.last.in, x, work)
	if err := firstError(err, checkLen("RepresentationSample", "eps", len(eps), s.NumNormals())); err != nil {
		return err
	}
	s.run(phi, x, eps, work, rows, len(s.modules)-1)
	return nil
}

// ForwardDraws writes the outputs y (draws×rows×Out) for the inputs x (rows×In) with as many draws of the parameters
// as fit y: len(y) is a multiple of rows·Out, and 0 if there are no rows. eps has length NumNormals and work
// at least WorkLen(rows), however many draws there are.
//
// For each draw eps is filled with NumNormals values of rng.NormFloat64, layer by layer, and y gets what ForwardSample
// makes of them. A nil rng panics, unless nothing is drawn.
//
// The normals of a seeded rng are always the same on one machine, but differ between architectures, and between levels
// of GOAMD64, as math.Exp and math.Log do and as compilers fuse. Draws that are the same everywhere are those of
// [Predictor.Draws], or of ForwardSample with normals of kernels.NormalTo.
func (s *Sequential[T]) ForwardDraws(y, x []T, rng *rand.Rand, eps, work []T) error {
	rows, err := checkRows("ForwardDraws", "x", len(x), s.In())
	n := rows * s.Out()
	if err == nil && len(y) > 0 && (n == 0 || len(y)%n != 0) {
		err = fmt.Errorf("bnn: ForwardDraws: y has length %d, want a multiple of %d", len(y), n)
	}
	if err := firstError(err,
		checkLen("ForwardDraws", "eps", len(eps), s.NumNormals()),
		checkWork("ForwardDraws", len(work), s.WorkLen(rows)),
		s.checkParams("ForwardDraws")); err != nil {
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

// checkArgs checks what all but ForwardDraws have in common.
func (s *Sequential[T]) checkArgs(method, name string, y []T, cols int, x, work []T) (rows int, err error) {
	rows, err = s.checkBatch(method, name, y, cols, x)
	return rows, firstError(err, checkWork(method, len(work), s.WorkLen(rows)))
}
