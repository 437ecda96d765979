package bnn

import (
	"fmt"
	"math"
)

// KLWorkLen is the length of work that KL and KLGrad need.
func (s *Sequential[T]) KLWorkLen() int { return s.largest((*Linear[T]).KLWorkLen) }

// KL is the sum of the layers' [Linear.KL]; a prior of one value for each parameter is cut layer by layer, the
// parameters of deterministic layers, which add nothing, included.
func (s *Sequential[T]) KL(priorMu, priorSigma []T, eps T, work []T) (float64, error) {
	if err := s.checkKL("KL", priorMu, priorSigma, eps, work); err != nil {
		return 0, err
	}
	return s.kl("KL", prior[T]{priorMu, priorSigma, float64(eps)}, work)
}

// KLGrad returns KL and adds scale times its gradient to dParams (NumParams, layer by layer).
func (s *Sequential[T]) KLGrad(dParams, priorMu, priorSigma []T, eps, scale T, work []T) (float64, error) {
	if err := firstError(checkLen("KLGrad", "dParams", len(dParams), s.NumParams()),
		checkScalar("KLGrad", "scale", float64(scale)),
		s.checkKL("KLGrad", priorMu, priorSigma, eps, work)); err != nil {
		return 0, err
	}
	// Before anything is added: an error of a later layer must not leave the gradient of an earlier one.
	q := prior[T]{priorMu, priorSigma, float64(eps)}
	kl, err := s.kl("KLGrad", q, work)
	if err != nil {
		return 0, err
	}
	if math.IsInf(kl, 1) {
		return kl, errSingular
	}
	for _, l := range s.linears {
		if l != nil {
			var own prior[T]
			own, q = q.split(l.NumMeanParams())
			l.addKLGrad(dParams[:l.NumParams()], own, scale, work)
			dParams = dParams[l.NumParams():]
		}
	}
	return kl, nil
}

// kl is KL for arguments that are right.
func (s *Sequential[T]) kl(method string, q prior[T], work []T) (float64, error) {
	sum := 0.0
	for k, l := range s.linears {
		if l == nil {
			continue
		}
		var own prior[T]
		own, q = q.split(l.NumMeanParams())
		kl, err := l.kl(method, own, work)
		if err != nil {
			return 0, fmt.Errorf("%w (module %d)", err, k)
		}
		sum += kl
	}
	return sum, nil
}

func (s *Sequential[T]) checkKL(method string, priorMu, priorSigma []T, eps T, work []T) error {
	return firstError(checkPrior(method, priorMu, priorSigma, eps, s.NumMeanParams()),
		checkWork(method, len(work), s.KLWorkLen()),
		s.checkParams(method))
}
