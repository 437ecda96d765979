package bnn

import (
	"errors"
	"fmt"
	"math"

	"github.com/simmer-go/simmer/kernels"
)

// The divergence of N(μ, S Sᵀ + eps I) from a prior with independent
// parameters splits into two parts, neither of which can be negative:
//
//	KL = Σ_p KL(marginal p ‖ prior p) + ½ (Σ_p log Σ_pp − log det Σ)
//
// The first is the kernel, accurate near the prior too. The second, the total
// correlation, does not depend on the prior and is 0 for independent
// parameters; each structure has its own way to it.

// prior is the prior of a layer or of a model. mu and sigma are nil (0 and 1), one number, or one for each parameter.
type prior[T Float] struct {
	mu, sigma []T
	eps       float64
}

// split cuts off the prior of the first n parameters.
func (q prior[T]) split(n int) (first, rest prior[T]) {
	first, rest = q, q
	if len(q.mu) > 1 {
		first.mu, rest.mu = q.mu[:n], q.mu[n:]
	}
	if len(q.sigma) > 1 {
		first.sigma, rest.sigma = q.sigma[:n], q.sigma[n:]
	}
	return first, rest
}

// at is the prior's mean and standard deviation of parameter p.
func (q prior[T]) at(p int) (mu, sigma float64) {
	return entry(q.mu, p, 0), entry(q.sigma, p, 1)
}

// variance is the prior's variance of parameter p, eps included.
func (q prior[T]) variance(p int) float64 {
	_, s := q.at(p)
	return float64(s*s) + q.eps
}

// entry is the entry of a mean or standard deviation that belongs to parameter p.
func entry[T Float](x []T, p int, absent float64) float64 {
	switch len(x) {
	case 0:
		return absent
	case 1:
		return float64(x[0])
	}
	return float64(x[p])
}

// checkPrior checks a prior for a model of n parameters.
func checkPrior[T Float](method string, mu, sigma []T, eps T, n int) error {
	if !(eps >= 0) || math.IsInf(float64(eps), 0) {
		return fmt.Errorf("bnn: %s: eps is %v, want a finite number of at least 0", method, eps)
	}
	for _, a := range []struct {
		name string
		x    []T
	}{{"priorMu", mu}, {"priorSigma", sigma}} {
		if l := len(a.x); l > 1 && l != n {
			return fmt.Errorf("bnn: %s: %s has length %d, want 0, 1 or %d", method, a.name, l, n)
		}
		if err := checkFinite(method, a.name, a.x); err != nil {
			return err
		}
	}
	if eps == 0 {
		for i, s := range sigma {
			if s == 0 {
				return fmt.Errorf("bnn: %s: priorSigma[%d] is 0, which needs eps above 0", method, i)
			}
		}
	}
	return nil
}

// layerKL returns the divergence of one layer. Its work is layerKLLen.
func layerKL[T Float](cov divergence[T], mu, s []T, q prior[T], work []float64) float64 {
	n := len(mu)
	m, sd, priorMu, priorSigma := work[:n], work[n:2*n], work[2*n:3*n], work[3*n:4*n]
	cov.deviations(sd, s)
	for p := range m {
		m[p] = float64(mu[p])
		priorMu[p], priorSigma[p] = q.at(p)
	}
	marginal := kernels.GaussianKL(m, sd, priorMu, priorSigma, q.eps)
	return marginal + cov.totalCorrelation(s, q.eps, work[4*n:])
}

func layerKLLen[T Float](cov divergence[T], n int) int { return 4*n + cov.klLen() }

// layerKLGrad adds scale times the gradient of layerKL to dMu and ds, with the same work.
func layerKLGrad[T Float](cov divergence[T], dMu, ds, mu, s []T, q prior[T], scale float64, work []float64) {
	for p := range mu {
		priorMu, _ := q.at(p)
		dMu[p] += T(scale * (float64(mu[p]) - priorMu) / q.variance(p))
	}
	cov.klGrad(ds, s, q, scale, work)
}

var errSingular = errors.New("bnn: KLGrad: the divergence is infinite and has no gradient: " +
	"the covariance is singular, which needs eps above 0")

// rounding is the relative error of a sum or difference, times 2: a pivot or a singular value of less than about that
// of the largest cannot be told from 0, and without eps the covariance counts as singular.
const rounding = 0x1p-52
