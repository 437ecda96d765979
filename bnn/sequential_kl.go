package bnn

import (
	"fmt"
	"math"
)

// KLWorkLen is the length of work that KL and KLGrad need.
func (s *Sequential[T]) KLWorkLen() int { return s.largest((*Linear[T]).KLWorkLen) }

// KL is the sum of the layers' [Linear.KL]; a prior of one value for each parameter is cut layer by layer, the parameters
// of deterministic layers, which add nothing, included.
func (s *Sequential[T]) KL(priorLoc, priorScale []T, eps T, work []T) (float64, error) {
	return s.eachKL("KL", priorLoc, priorScale, eps, work, func(l *Linear[T], loc, scale []T) (float64, error) {
		return l.KL(loc, scale, eps, work)
	})
}

// KLGrad returns KL and adds scale times its gradient to dParams (NumParams, layer by layer).
func (s *Sequential[T]) KLGrad(dParams, priorLoc, priorScale []T, eps, scale T, work []T) (float64, error) {
	if err := firstError(checkLen("KLGrad", "dParams", len(dParams), s.NumParams()),
		checkScalar("KLGrad", "scale", float64(scale))); err != nil {
		return 0, err
	}
	// Before anything is added: an error of a later layer must not leave the gradient of an earlier one.
	if kl, err := s.eachKL("KLGrad", priorLoc, priorScale, eps, work, func(l *Linear[T], loc, scale []T) (float64,
		error) {
		return l.KL(loc, scale, eps, work)
	}); err != nil {
		return 0, err
	} else if math.IsInf(kl, 1) {
		return kl, errSingular
	}
	return s.eachKL("KLGrad", priorLoc, priorScale, eps, work, func(l *Linear[T], loc, sc []T) (float64, error) {
		n := l.NumParams()
		kl, err := l.KLGrad(dParams[:n], loc, sc, eps, scale, work)
		dParams = dParams[n:]
		return kl, err
	})
}

// eachKL adds up f over the linear layers, each with its part of the prior.
func (s *Sequential[T]) eachKL(method string, loc, scale []T, eps T, work []T,
	f func(l *Linear[T], loc, scale []T) (float64, error)) (float64, error) {
	if err := firstError(checkPrior(method, loc, scale, eps, s.NumMeanParams()),
		checkWork(method, len(work), s.KLWorkLen()), s.checkParams(method)); err != nil {
		return 0, err
	}
	part := func(x []T, from, n int) []T {
		if len(x) > 1 {
			return x[from : from+n]
		}
		return x
	}
	sum, from := 0.0, 0
	for k, l := range s.linears {
		if l == nil {
			continue
		}
		n := l.NumMeanParams()
		kl, err := f(l, part(loc, from, n), part(scale, from, n))
		if err != nil {
			return 0, fmt.Errorf("%w (module %d)", err, k)
		}
		sum += kl
		from += n
	}
	return sum, nil
}
