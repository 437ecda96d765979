package loss

// GaussianLayer is an output layer whose weights are Gaussian: for a row φ of its input the outputs have a predictive
// mean and a predictive variance in closed form. The variance-reduced losses ([MSEVR], [BCEWithLogitsVR],
// [CrossEntropyVR]) need nothing else. bnn.Linear is one; a type of your own will do as well, since the interface names
// builtin types only.
//
// Slices are row-major. Implementations must not keep the slices they are given, must not write to phi, dMean and
// dVariance, and must be safe for concurrent use, because a loss may be shared between goroutines; whatever they need
// to remember within a call goes to work, which the caller owns.
//
// A bnn.Linear divides its mean by the temperature in serving mode only: pass m.Output() to train, m.Eval().Output() to
// evaluate.
type GaussianLayer[T Float] interface {
	// In and Out are the numbers of inputs and outputs.
	In() int
	Out() int

	// NumParams counts all parameters, covariance included.
	NumParams() int

	// WorkLen is the length of work that Predict and PredictGrad need for a batch of that many rows.
	WorkLen(batch int) int

	// Predict writes the predictive mean and variance (batch×Out) of the rows
	// of phi (batch×In).
	Predict(mean, variance, phi, work []T) error

	// PredictGrad backpropagates dMean and dVariance (batch×Out), the gradient of a scalar with respect to mean and
	// variance: it writes dPhi (batch×In) and adds to dParams (length NumParams). Either may be nil.
	//
	// The order of the parameters is fixed: mean bias, mean weight (out×in), then the bias part of the covariance, then
	// its weight part (a Kronecker covariance: input factor bias, input factor weight, output factor). What a layer
	// does not have, such as a bias, takes no entries.
	PredictGrad(dPhi, dParams, phi, dMean, dVariance, work []T) error
}

// GaussianModel is a model with a Gaussian distribution over its parameters, as [VariationalFreeEnergy] needs it.
// bnn.Sequential is one. The demands on implementations are those of [GaussianLayer].
type GaussianModel[T Float] interface {
	// NumMeanParams counts the mean parameters P: the length of a per-parameter prior, and the P of the KL weight 1/P
	// that KLWeightPerParam means.
	NumMeanParams() int

	// NumParams counts all parameters, covariances included.
	NumParams() int

	// KLWorkLen is the length of work that KL and KLGrad need.
	KLWorkLen() int

	// KL returns the Kullback-Leibler divergence of the distribution over the
	// parameters from the prior N(priorMu, priorSigma²), with eps added to the
	// variances of both. A priorMu of nil means 0, a priorSigma of nil 1;
	// length 1 is one number for all parameters; length P is one for each,
	// layer by layer, in each layer the bias first, then the weight row-major
	// (out×in).
	KL(priorMu, priorSigma []T, eps T, work []T) (float64, error)

	// KLGrad returns KL and adds scale times its gradient to dParams (length
	// NumParams), ordered layer by layer as in [GaussianLayer].
	KLGrad(dParams []T, priorMu, priorSigma []T, eps, scale T, work []T) (float64, error)
}
