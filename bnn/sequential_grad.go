package bnn

import "github.com/simmer-go/simmer/kernels"

// GradWorkLen is the length of work that every method needs for so many rows: those that serve, for which
// [Sequential.WorkLen] is enough, the gradients and the divergences.
func (s *Sequential[T]) GradWorkLen(rows int) int {
	return max(s.WorkLen(rows), s.backwardLen(rows), s.KLWorkLen())
}

// ForwardGrad takes dY (rows×Out), the derivatives of a scalar by what Forward writes for x, back: it writes dX
// (rows×In) and adds to dParams (NumParams, in the order of Params; covariances have no part in Forward and get
// nothing). Either may be nil. The forward pass is made anew, into work.
func (s *Sequential[T]) ForwardGrad(dX, dParams, x, dY, work []T) error {
	return s.backward("ForwardGrad", "dY", len(s.modules), dX, dParams, x, nil, dY, work)
}

// ForwardSampleGrad is the ForwardGrad of ForwardSample with the same eps. The draw is θ = μ/T + S·eps with eps held
// fixed (Kingma and Welling 2013, the reparametrisation trick), so covariances get their gradient too.
func (s *Sequential[T]) ForwardSampleGrad(dX, dParams, x, eps, dY, work []T) error {
	if err := checkLen("ForwardSampleGrad", "eps", len(eps), s.NumNormals()); err != nil {
		return err
	}
	return s.backward("ForwardSampleGrad", "dY", len(s.modules), dX, dParams, x, eps, dY, work)
}

// RepresentationGrad takes dPhi (rows × In of the output layer), the derivatives of a scalar by what Representation
// writes for x, back, as ForwardGrad does with dY. The output layer has no part in it: the tail of dParams, as long as
// Output().NumParams(), gets nothing. That is what the ValueGrad of a variance-reduced loss adds to, which also gives
// dPhi.
func (s *Sequential[T]) RepresentationGrad(dX, dParams, x, dPhi, work []T) error {
	return s.backward("RepresentationGrad", "dPhi", len(s.modules)-1, dX, dParams, x, nil, dPhi, work)
}

// RepresentationSampleGrad is the RepresentationGrad of RepresentationSample with the same eps.
func (s *Sequential[T]) RepresentationSampleGrad(dX, dParams, x, eps, dPhi, work []T) error {
	if err := checkLen("RepresentationSampleGrad", "eps", len(eps), s.NumNormals()); err != nil {
		return err
	}
	return s.backward("RepresentationSampleGrad", "dPhi", len(s.modules)-1, dX, dParams, x, eps, dPhi, work)
}

// backward takes dY, the derivatives by the output of the first modules, back. With eps, parameters are drawn.
func (s *Sequential[T]) backward(method, name string, modules int, dX, dParams, x, eps, dY, work []T) error {
	cols := s.Out()
	if modules < len(s.modules) {
		cols = s.last.in
	}
	rows, err := s.checkBatch(method, name, dY, cols, x)
	err = firstError(err,
		checkWork(method, len(work), s.backwardLen(rows)),
		checkLenOrNil(method, "dX", dX, len(x)),
		checkLenOrNil(method, "dParams", dParams, s.NumParams()))
	if err != nil || rows == 0 {
		return err
	}
	b := backprop[T]{s: s, rows: rows, modules: modules, dX: dX, dY: dY}
	b.dOut, work = room(work, rows*s.width)
	b.dIn, work = room(work, rows*s.width)
	b.scratch, work = room(work, rows*s.width)
	b.dTheta, work = room(work, s.largest((*Linear[T]).NumMeanParams))
	b.draw, work = room(work, s.largest((*Linear[T]).sampleLen))
	b.module(0, x, eps, dParams, work)
	return nil
}

// backwardLen is what backward needs of work: the parts of backprop, the outputs of every module, and a draw of all
// parameters.
func (s *Sequential[T]) backwardLen(rows int) int {
	n, out := 3*rows*s.width, 0
	for _, l := range s.linears {
		if l != nil {
			out = l.out
			n += aligned(l.NumMeanParams())
		}
		n += aligned(rows * out)
	}
	return n + aligned(s.largest((*Linear[T]).NumMeanParams)) + aligned(s.largest((*Linear[T]).sampleLen))
}

// backprop is one call of backward.
type backprop[T Float] struct {
	s                     *Sequential[T]
	rows, modules         int
	dX, dY                []T
	dOut, dIn             []T // the derivatives by the output of a module, and by its input
	scratch, dTheta, draw []T
}

// module applies module k to x, goes through the modules after it and, on the way back, takes the derivatives through
// module k. eps, dParams and work belong to module k and those after it.
func (b *backprop[T]) module(k int, x, eps, dParams, work []T) {
	if k == b.modules {
		copy(b.dOut, b.dY)
		if k == 0 && b.dX != nil {
			copy(b.dX, b.dY)
		}
		return
	}
	l := b.s.linears[k]
	if l == nil {
		a := b.s.modules[k].(Activation)
		y, work := room(work, len(x))
		copy(y, x)
		apply(a, y, b.scratch)
		b.module(k+1, y, eps, dParams, work)
		applyGrad(a, b.dOut, x, y, b.scratch)
		return
	}
	theta, work := room(work, l.NumMeanParams())
	theta, c := l.forwardParams(theta, eps, b.draw)
	y, work := room(work, b.rows*l.out)
	if l != b.s.last { // whose output has no part in the gradient
		l.forward(y, x, theta, b.rows, c)
	}
	eps, restEps := cut(eps, l.NumNormals())
	dParams, rest := cut(dParams, l.NumParams())
	b.module(k+1, y, restEps, rest, work)
	b.linear(k, dParams, theta, x, eps, c)
}

// linear takes the derivatives back through the linear layer k, which used theta and c for x.
func (b *backprop[T]) linear(k int, dParams, theta, x, eps []T, c T) {
	l := b.s.linears[k]
	dy, dx := b.dOut[:b.rows*l.out], b.dIn
	if k == 0 {
		dx = b.dX
	}
	kernels.ScaleTo(dy, c, dy)
	if dParams == nil || !l.draws(eps) {
		l.backward(dx, dParams, dy, x, theta, b.rows)
	} else {
		dTheta := b.dTheta[:l.NumMeanParams()]
		clear(dTheta)
		l.backward(dx, dTheta, dy, x, theta, b.rows)
		l.drawGrad(dParams, dTheta, eps, b.draw)
	}
	b.dOut, b.dIn = b.dIn, b.dOut
}
