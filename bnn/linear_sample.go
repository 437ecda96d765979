package bnn

// SampleWorkLen is the length of work that Sample and SampleGrad need.
func (l *Linear[T]) SampleWorkLen() int {
	if l.cov == nil {
		return 0
	}
	return l.cov.sampleWorkLen()
}

// Sample writes theta = μ/T + S·eps (length NumMeanParams: bias, weight) for the
// standard normals eps (length NumNormals); T = 1 unless serving.
func (l *Linear[T]) Sample(theta, eps, work []T) error {
	if err := firstError(checkLen("Sample", "theta", len(theta), l.dims.params()),
		checkLen("Sample", "eps", len(eps), l.NumNormals()),
		checkWork("Sample", len(work), l.SampleWorkLen()),
		checkFinite("Sample", "parameter", l.params)); err != nil {
		return err
	}
	l.draw(theta, eps, work)
	return nil
}

// draws says whether the layer draws its parameters: with eps (not nil), if it has a covariance.
func (l *Linear[T]) draws(eps []T) bool { return eps != nil && l.cov != nil }

// use returns what forward needs: the mean parameters and their factor, or a draw, written to theta, which has it already.
func (l *Linear[T]) use(theta, eps, work []T) (params []T, c T) {
	if !l.draws(eps) {
		return l.params, l.inverseTemperature()
	}
	theta = theta[:l.NumMeanParams()]
	l.draw(theta, eps[:l.NumNormals()], work)
	return theta, 1
}

func (l *Linear[T]) draw(theta, eps, work []T) {
	c := l.inverseTemperature()
	for i := range theta {
		theta[i] = l.params[i] * c
	}
	if l.cov != nil {
		l.cov.sample(theta, l.covParams(l.params), eps, work)
	}
}

// SampleGrad adds to dParams (NumParams) the gradient by the parameters of a
// scalar whose gradient by what Sample wrote is dTheta.
func (l *Linear[T]) SampleGrad(dParams, dTheta, eps, work []T) error {
	if err := firstError(checkLen("SampleGrad", "dParams", len(dParams), len(l.params)),
		checkLen("SampleGrad", "dTheta", len(dTheta), l.dims.params()),
		checkLen("SampleGrad", "eps", len(eps), l.NumNormals()),
		checkWork("SampleGrad", len(work), l.SampleWorkLen()),
		checkFinite("SampleGrad", "parameter", l.params)); err != nil {
		return err
	}
	l.drawGrad(dParams, dTheta, eps, work)
	return nil
}

func (l *Linear[T]) drawGrad(dParams, dTheta, eps, work []T) {
	c := l.inverseTemperature()
	for i, g := range dTheta {
		dParams[i] += c * g
	}
	if l.cov != nil {
		l.cov.sampleGrad(l.covParams(dParams), dTheta, l.covParams(l.params), eps, work)
	}
}
