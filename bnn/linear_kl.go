package bnn

import (
	"fmt"
	"math"
)

// KLWorkLen is the length of work that KL and KLGrad need.
func (l *Linear[T]) KLWorkLen() int {
	if l.cov == nil {
		return 0
	}
	return scratch64Len[T](layerKLLen[T](l.cov, l.NumMeanParams()))
}

// KL returns the divergence of N(μ, S Sᵀ + eps I) from the prior N(priorMu, priorSigma² + eps), which is independent
// in all parameters:
//
//	½ [tr(Σq⁻¹Σp) + dᵀΣq⁻¹d − P + log det Σq − log det Σp]
//
// It is never negative, and 0 if the distribution is the prior: exactly for Diagonal and Factorized, within 1e-15 for
// each parameter otherwise, since singular values are rounded. Computed in float64. Nothing is allocated, unless the
// rank of LowRank or of a Kronecker factor is above 100: then gonum's singular value decomposition may start goroutines
// and allocate what they need.
//
// A priorMu of nil means 0, a priorSigma of nil 1; length 1 is one number for all parameters, length P one for each.
// eps = 0 is allowed if no priorSigma is 0; a covariance that is singular without eps, to working precision, gives
// +Inf. A deterministic layer has no distribution and adds nothing: 0.
//
// Errors: lengths that do not fit, parameters and priors that are not finite, eps that is negative or not finite,
// squares of float64 parameters that overflow.
func (l *Linear[T]) KL(priorMu, priorSigma []T, eps T, work []T) (float64, error) {
	if err := l.checkKL("KL", priorMu, priorSigma, eps, work); err != nil {
		return 0, err
	}
	return l.kl("KL", prior[T]{priorMu, priorSigma, float64(eps)}, work)
}

// KLGrad returns KL and adds scale, which is finite, times its gradient to dParams (NumParams). An infinite divergence
// has no gradient and is an error. In float64 the squares of covariance parameters and of priorSigma must not over- or
// underflow, or the gradient of a Diagonal is NaN.
func (l *Linear[T]) KLGrad(dParams, priorMu, priorSigma []T, eps, scale T, work []T) (float64, error) {
	if err := firstError(checkLen("KLGrad", "dParams", len(dParams), len(l.params)),
		checkScalar("KLGrad", "scale", float64(scale)),
		l.checkKL("KLGrad", priorMu, priorSigma, eps, work)); err != nil {
		return 0, err
	}
	q := prior[T]{priorMu, priorSigma, float64(eps)}
	kl, err := l.kl("KLGrad", q, work)
	if err != nil {
		return 0, err
	}
	if math.IsInf(kl, 1) {
		return kl, errSingular
	}
	l.addKLGrad(dParams, q, scale, work)
	return kl, nil
}

// kl is KL for arguments that are right.
func (l *Linear[T]) kl(method string, q prior[T], work []T) (float64, error) {
	if l.cov == nil {
		return 0, nil
	}
	n := l.NumMeanParams()
	kl := layerKL(l.cov, l.params[:n], l.params[n:], q, scratch64(work, layerKLLen[T](l.cov, n)))
	if math.IsNaN(kl) {
		return 0, fmt.Errorf("bnn: %s: squares of parameters, or their ratio to eps = %v, overflow float64", method,
			q.eps)
	}
	return kl, nil
}

// addKLGrad adds scale times the gradient of a finite kl to dParams.
func (l *Linear[T]) addKLGrad(dParams []T, q prior[T], scale T, work []T) {
	if l.cov == nil {
		return
	}
	n := l.NumMeanParams()
	layerKLGrad(l.cov, dParams[:n], dParams[n:], l.params[:n], l.params[n:], q, float64(scale),
		scratch64(work, layerKLLen[T](l.cov, n)))
}

func (l *Linear[T]) checkKL(method string, priorMu, priorSigma []T, eps T, work []T) error {
	return firstError(checkPrior(method, priorMu, priorSigma, eps, l.NumMeanParams()),
		checkWork(method, len(work), l.KLWorkLen()),
		checkFinite(method, "parameter", l.params))
}
