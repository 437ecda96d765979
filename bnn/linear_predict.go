package bnn

// WorkLen is the length of work that every method but KL and KLGrad needs for so many rows of phi, gradients included,
// as loss.GaussianLayer has it; Sample and SampleGrad, which have no rows, need no more than WorkLen(0). Rows are
// worked on in tiles, so it stops growing with the batch.
func (l *Linear[T]) WorkLen(rows int) int {
	return max(l.predictGradLen(rows), l.covarianceLen(), l.sampleLen())
}

// predictLen, predictGradLen and covarianceLen are what Predict, PredictGrad and PredictCovariance need of it.
func (l *Linear[T]) predictLen(rows int) int {
	if l.cov == nil {
		return 0
	}
	return aligned(l.cov.preparedLen()) + l.cov.tileLen(min(rows, tileRows))
}

func (l *Linear[T]) predictGradLen(rows int) int {
	n := aligned(min(rows, tileRows) * l.out)
	if l.cov != nil {
		n += aligned(l.cov.preparedLen()) + l.predictLen(rows)
	}
	return n
}

func (l *Linear[T]) covarianceLen() int {
	if l.cov == nil {
		return 0
	}
	return l.cov.covarianceLen()
}

// Predict writes the predictive mean and variance (batch×Out) of the outputs for
// the rows of phi (batch×In):
//
//	mean_o = (w_o·φ + b_o)/T,  variance_o = φ̃ᵀ Σ_o φ̃
//
// with φ̃ = (1, φ), Σ_o the covariance of row o and its bias, and T = 1 unless
// serving. The variance is formed as a sum of squares, never below 0, and is 0
// for a deterministic layer.
func (l *Linear[T]) Predict(mean, variance, phi, work []T) error {
	rows, err := checkRows("Predict", "phi", len(phi), l.in)
	if err := firstError(err,
		checkLen("Predict", "mean", len(mean), rows*l.out),
		checkLen("Predict", "variance", len(variance), rows*l.out),
		checkWork("Predict", len(work), l.predictLen(rows)),
		checkFinite("Predict", "parameter", l.params)); err != nil {
		return err
	}
	l.forward(mean, phi, l.params, rows, l.inverseTemperature())
	if l.cov == nil {
		clear(variance)
		return nil
	}
	pre, work := l.prepare(work)
	for r := 0; r < rows; r += tileRows {
		l.cov.variance(variance[r*l.out:], phi[r*l.in:], pre, work, min(tileRows, rows-r))
	}
	return nil
}

// prepare does for Predict and PredictGrad what all rows share, and returns the rest of work.
func (l *Linear[T]) prepare(work []T) (pre prepared[T], rest []T) {
	pre.s = l.covParams(l.params)
	pre.p, rest = room(work, l.cov.preparedLen())
	l.cov.prepare(pre.p, pre.s)
	return pre, rest
}

// PredictGrad takes dMean and dVar, the derivatives of a scalar by what Predict
// writes, back: it writes dPhi (batch×In) and adds to dParams (NumParams, in the
// order of Params). Either may be nil.
func (l *Linear[T]) PredictGrad(dPhi, dParams, phi, dMean, dVar, work []T) error {
	rows, err := checkRows("PredictGrad", "phi", len(phi), l.in)
	if err := firstError(err,
		checkLen("PredictGrad", "dMean", len(dMean), rows*l.out),
		checkLen("PredictGrad", "dVar", len(dVar), rows*l.out),
		checkWork("PredictGrad", len(work), l.predictGradLen(rows)),
		checkFinite("PredictGrad", "parameter", l.params),
		checkLenOrNil("PredictGrad", "dPhi", dPhi, len(phi)),
		checkLenOrNil("PredictGrad", "dParams", dParams, len(l.params))); err != nil {
		return err
	}
	dTile, work := room(work, min(rows, tileRows)*l.out)
	var pre, dPre prepared[T]
	if l.cov != nil {
		pre, work = l.prepare(work)
		dPre.p, work = room(work, len(pre.p))
		clear(dPre.p)
		if dParams != nil {
			dPre.s = l.covParams(dParams)
		}
	}
	c := l.inverseTemperature()
	for r := 0; r < rows; r += tileRows {
		n := min(tileRows, rows-r)
		for i, g := range dMean[r*l.out : (r+n)*l.out] {
			dTile[i] = c * g
		}
		var dPhiTile []T
		if dPhi != nil {
			dPhiTile = dPhi[r*l.in : (r+n)*l.in]
		}
		l.backward(dPhiTile, dParams, dTile, phi[r*l.in:], l.params, n)
		if l.cov != nil {
			l.cov.varianceGrad(dPhiTile, dPre, dVar[r*l.out:], phi[r*l.in:], pre, work, n)
		}
	}
	if dPre.s != nil {
		l.cov.prepareGrad(dPre.s, dPre.p, pre.s)
	}
	return nil
}

// PredictCovariance writes the covariance (batch×Out×Out) of the outputs for the rows of phi (batch×In). Its diagonal
// is the variance of Predict up to rounding, since it is summed in another order. It is 0 for a deterministic layer.
func (l *Linear[T]) PredictCovariance(cov, phi, work []T) error {
	rows, err := checkRows("PredictCovariance", "phi", len(phi), l.in)
	n := l.out * l.out
	if err := firstError(err,
		checkLen("PredictCovariance", "cov", len(cov), rows*n),
		checkWork("PredictCovariance", len(work), l.covarianceLen()),
		checkFinite("PredictCovariance", "parameter", l.params)); err != nil {
		return err
	}
	if l.cov == nil {
		clear(cov)
		return nil
	}
	for r := 0; r < rows; r++ {
		l.cov.covariance(cov[r*n:][:n], phi[r*l.in:][:l.in], l.covParams(l.params), work)
	}
	return nil
}
