package bnn

import "github.com/simmer-go/simmer/kernels"

// sampleLen is what Sample and SampleGrad need of work.
func (l *Linear[T]) sampleLen() int {
	if l.cov == nil {
		return 0
	}
	return l.cov.sampleLen()
}

// Sample writes theta = μ/T + S·eps (length NumMeanParams: bias, weight) for the standard normals eps (length
// NumNormals); T = 1 unless serving. WorkLen(0) is enough work, here and in SampleGrad.
func (l *Linear[T]) Sample(theta, eps, work []T) error {
	if err := firstError(checkLen("Sample", "theta", len(theta), l.NumMeanParams()),
		checkLen("Sample", "eps", len(eps), l.NumNormals()),
		checkWork("Sample", len(work), l.sampleLen()),
		checkFinite("Sample", "parameter", l.params)); err != nil {
		return err
	}
	l.draw(theta, eps, work)
	return nil
}

// draw is Sample for arguments that are right.
func (l *Linear[T]) draw(theta, eps, work []T) {
	c := l.inverseTemperature()
	kernels.ScaleTo(theta, c, l.params[:len(theta)])
	if l.cov != nil {
		l.cov.sample(theta, l.covParams(l.params), eps, work)
	}
}

// SampleGrad adds to dParams (NumParams) the gradient with respect to the parameters of a scalar whose gradient with
// respect to what Sample wrote is dTheta.
func (l *Linear[T]) SampleGrad(dParams, dTheta, eps, work []T) error {
	if err := firstError(checkLen("SampleGrad", "dParams", len(dParams), len(l.params)),
		checkLen("SampleGrad", "dTheta", len(dTheta), l.NumMeanParams()),
		checkLen("SampleGrad", "eps", len(eps), l.NumNormals()),
		checkWork("SampleGrad", len(work), l.sampleLen()),
		checkFinite("SampleGrad", "parameter", l.params)); err != nil {
		return err
	}
	l.drawGrad(dParams, dTheta, eps, work)
	return nil
}

// drawGrad is SampleGrad for arguments that are right.
func (l *Linear[T]) drawGrad(dParams, dTheta, eps, work []T) {
	c := l.inverseTemperature()
	for i, g := range dTheta {
		dParams[i] += T(c * g)
	}
	if l.cov != nil {
		l.cov.sampleGrad(l.covParams(dParams), dTheta, l.covParams(l.params), eps, work)
	}
}
