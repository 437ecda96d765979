package loss

// VariationalFreeEnergy is the negative evidence lower bound of a model with Gaussian parameters,
//
//	nll + w·KL(q‖prior)
//
// for any loss of its predictions and any covariance of its parameters: inferno.loss_fns.VariationalFreeEnergy, which
// handles diagonal covariances.
//
// The nll is reduced as its own Reduction says; inferno allows the mean only. Training needs the right KLWeight beside
// it: the evidence lower bound has the sum of the nll over all N rows of the training set against one divergence.
// Divided by N, that is the mean over the rows and KLWeight = 1/N, for any batch; with a sum over a batch of B rows it
// is B/N. The default, 1, is inferno's, and right for a mean only if N is 1: see the example KLWeight, where digits are
// learned to 91 % with 1/N, and not at all with 1.
//
// The prior is a Gaussian with independent parameters, and Eps is added to the variances of both; see [GaussianModel]
// for the order of its entries.
//
// The variance-reduced losses take other arguments, so their free energy is put together from their ValueGrad and
// [VariationalFreeEnergy.KLGrad]; NLL may be nil then.
//
// It has no Accumulate, since the divergence is not that of any row: over more rows than one call has, it is Mean, or
// Sum, of an [Accumulator] of NLL, plus [VariationalFreeEnergy.KL], added once after all batches are merged.
//
// The caller owns work, of length [VariationalFreeEnergy.WorkLen] at least; it must not be shared between concurrent
// calls.
//
// Errors: those of NLL and of the model (a prior of the wrong length, parameters that are not finite, a prior scale of
// 0 with Eps = 0), options that are negative or not finite. On error only work may have changed. Safe for concurrent
// use.
type VariationalFreeEnergy[T Float, E Target] struct {
	NLL   Loss[T, E]
	Model GaussianModel[T]

	// PriorMu and PriorSigma are the mean and the standard deviation of the prior, inferno's prior_loc and prior_scale:
	// nil for 0 and 1, or one number for all parameters, or one for each, as [GaussianModel] takes them.
	PriorMu, PriorSigma []T

	// KLWeight is w. Set it: one divided by the number of rows of the training set (not of the batch) if NLL is a mean,
	// as by default. nil means 1, as in inferno, unless KLWeightPerParam, and with a mean that is far too much for any
	// network: training makes the weights forget the data. With 0 the divergence is left out, even if it is infinite.
	KLWeight *float64

	// KLWeightPerParam makes w one divided by the number of mean parameters, as
	// kl_weight=None of inferno does. It excludes KLWeight.
	KLWeightPerParam bool

	// Eps is added to all variances; nil means 1e-6.
	Eps *float64
}

// NegativeELBO is another name of the variational free energy, as in inferno.
type NegativeELBO[T Float, E Target] = VariationalFreeEnergy[T, E]

// WorkLen is the length of work that the methods need.
func (l VariationalFreeEnergy[T, E]) WorkLen() int {
	if isNil(l.Model) {
		return 0
	}
	return l.Model.KLWorkLen()
}

// Value returns nll + w·KL.
func (l VariationalFreeEnergy[T, E]) Value(pred []T, target []E, work []T) (float64, error) {
	nll, kl, err := l.Terms(pred, target, work)
	return nll + kl, err
}

// Terms returns the two terms of Value, nll and w·KL.
func (l VariationalFreeEnergy[T, E]) Terms(pred []T, target []E, work []T) (nll, kl float64, err error) {
	if kl, err = l.KL(work); err != nil {
		return 0, 0, err
	}
	if err = l.checkHasNLL(); err != nil {
		return 0, 0, err
	}
	if nll, err = l.NLL.Value(pred, target); err != nil {
		return 0, 0, err
	}
	return nll, kl, nil
}

// ElementsTo writes the elements of NLL, each with w·KL added, to dst: their mean is Value if NLL is a plain mean.
func (l VariationalFreeEnergy[T, E]) ElementsTo(dst, pred []T, target []E, work []T) error {
	kl, err := l.KL(work)
	if err != nil {
		return err
	}
	if err := l.checkHasNLL(); err != nil {
		return err
	}
	if err := l.NLL.ElementsTo(dst, pred, target); err != nil {
		return err
	}
	for i, v := range dst {
		dst[i] = T(float64(v) + kl)
	}
	return nil
}

// ValueGrad returns Value, writes the gradient of the nll with respect to pred to grad, and adds the gradient of w·KL
// with respect to the model's parameters to dParams, in the order of [GaussianModel]. The gradient of the nll with
// respect to the parameters follows from grad by the model's backward pass, such as ForwardGrad of a bnn.Sequential.
func (l VariationalFreeEnergy[T, E]) ValueGrad(grad, dParams, pred []T, target []E, work []T) (float64, error) {
	if err := l.checkNLL(grad, pred, target); err != nil {
		return 0, err
	}
	kl, err := l.KLGrad(dParams, work)
	if err != nil {
		return 0, err
	}
	nll, err := l.NLL.ValueGrad(grad, pred, target)
	return nll + kl, err
}

// KL returns w·KL.
func (l VariationalFreeEnergy[T, E]) KL(work []T) (float64, error) {
	weight, eps, err := l.check(work)
	if err != nil {
		return 0, err
	}
	kl, err := l.Model.KL(l.PriorMu, l.PriorSigma, T(eps), work)
	return weigh(weight, kl), ofParams(err)
}

// KLGrad returns w·KL and adds its gradient with respect to the model's parameters to dParams.
func (l VariationalFreeEnergy[T, E]) KLGrad(dParams, work []T) (float64, error) {
	weight, eps, err := l.check(work)
	if err != nil {
		return 0, err
	}
	if n := l.Model.NumParams(); len(dParams) != n {
		return 0, inputError("loss: len(dParams) = %d: want %d, the model's NumParams", len(dParams), n)
	}
	if weight == 0 { // nothing to add, and an infinite divergence has no gradient
		return l.KL(work)
	}
	kl, err := l.Model.KLGrad(dParams, l.PriorMu, l.PriorSigma, T(eps), T(weight), work)
	return float64(weight * kl), ofParams(err)
}

func (l *VariationalFreeEnergy[T, E]) check(work []T) (weight, eps float64, err error) {
	if isNil(l.Model) {
		return 0, 0, paramsError("loss: Model = nil: want a model")
	}
	weight, eps = 1, 1e-6
	if l.KLWeight != nil {
		weight = *l.KLWeight
	}
	if l.KLWeightPerParam {
		weight = 1 / float64(l.Model.NumMeanParams())
	}
	if l.Eps != nil {
		eps = *l.Eps
	}
	if l.KLWeightPerParam && l.KLWeight != nil {
		return 0, 0, paramsError("loss: KLWeight = %v: want nil beside KLWeightPerParam", *l.KLWeight)
	}
	if err := checkScalar[T]("KLWeight", weight); err != nil {
		return 0, 0, err
	}
	if err := checkScalar[T]("Eps", eps); err != nil {
		return 0, 0, err
	}
	if need := l.Model.KLWorkLen(); len(work) < need {
		return 0, 0, inputError("loss: len(work) = %d: want at least WorkLen() = %d", len(work), need)
	}
	return weight, eps, nil
}

func (l *VariationalFreeEnergy[T, E]) checkHasNLL() error {
	if isNil(l.NLL) {
		return paramsError("loss: NLL = nil: want a loss of the predictions")
	}
	return nil
}

// checker is what the losses of this package can do without evaluating anything.
type checker[T Float, E Target] interface {
	checkGrad(grad, pred []T, target []E) error
}

// checkNLL finds out whether NLL.ValueGrad will succeed, so that neither gradient is written if the other cannot be. A
// loss from elsewhere is asked for its value.
func (l *VariationalFreeEnergy[T, E]) checkNLL(grad, pred []T, target []E) error {
	if err := l.checkHasNLL(); err != nil {
		return err
	}
	if c, ok := l.NLL.(checker[T, E]); ok {
		return c.checkGrad(grad, pred, target)
	}
	if err := checkLen("grad", len(grad), "pred", len(pred)); err != nil {
		return err
	}
	_, err := l.NLL.Value(pred, target)
	return err
}
