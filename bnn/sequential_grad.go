package bnn

// GradWorkLen is the length of work that is enough for every method with that many rows: those that serve, for which
// [Sequential.WorkLen] is enough, the gradients and the divergences.
func (s *Sequential[T]) GradWorkLen(rows int) int {
	return max(s.WorkLen(rows), s.backwardLen(rows), s.KLWorkLen())
}

// ForwardGrad backpropagates dY (rows×Out), the derivatives of a scalar with respect to what Forward writes for x: it
// writes dX (rows×In) and adds to dParams (NumParams, in the order of Params; Forward does not use covariances, so
// their entries stay as they are). Either may be nil. The forward pass is computed again, in work.
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

// RepresentationGrad backpropagates dPhi (rows × In of the output layer), the derivatives of a scalar with respect to
// what Representation writes for x, as ForwardGrad does dY. The last Output().NumParams() elements of dParams, those of
// the output layer, stay as they are: the ValueGrad of a variance-reduced loss adds to them, and also writes dPhi.
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

// backward takes dY, the derivatives with respect to the output of the first modules, back. With eps, parameters are
// drawn.
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
	b, parts := s.backprop(modules, rows)
	b.x, b.dX, b.dY, b.drawn = x, dX, dY, eps != nil
	work = b.keep(work)
	b.setParams(eps, work)
	do(b, parts)
	if dParams != nil {
		b.addParamsGrad(dParams, eps, work)
	}
	return nil
}
