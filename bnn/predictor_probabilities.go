package bnn

import (
	"math"

	"github.com/simmer-go/simmer/kernels"
)

// Probabilities writes class probabilities (rows×Out) for the inputs x (rows×In), in closed form: from the mean m and
// the variance v of each logit that Predict writes,
//
//	p = softmax(m/√(1 + π·v/8)),
//
// and for one output p = σ(m/√(1 + π·v/8)), that of the positive class. This approximates the mean of softmax or σ over
// a Gaussian by that of a probit, for which the mean is known: D. J. C. MacKay, “The evidence framework applied to
// classification networks”, Neural Computation 4 (1992); for several classes M. N. Gibbs, “Bayesian Gaussian processes
// for regression and classification” (1997). It is what the Python package laplace calls link_approx="probit".
// Covariances between logits are ignored. [Predictor.ProbabilitiesFromDraws] has no such error, but that of a finite
// number of draws.
func (p *Predictor[T]) Probabilities(probabilities, x []T) error {
	rows, err := p.checkRows("Probabilities", x, "probabilities", probabilities, p.Out())
	if err == nil {
		p.serve(probabilities, nil, x, len(p.model.modules)-1, p.model.last, rows, true)
	}
	return err
}

// probitSoftmax replaces the means of logits by class probabilities.
func probitSoftmax[T Float](logits, variance []T, classes int) {
	for i, v := range variance {
		logits[i] = T(float64(logits[i]) / math.Sqrt(1+float64(math.Pi/8*float64(v))))
	}
	softmax(logits, classes)
}

// softmax replaces logits by class probabilities: by σ if there is one class.
func softmax[T Float](logits []T, classes int) {
	if classes == 1 {
		kernels.SigmoidTo(logits, logits)
		return
	}
	kernels.SoftmaxRowsTo(logits, logits, classes)
}
