package bnn

import "github.com/simmer-go/simmer/kernels"

// WorkLen is the length of work that every method but KL and KLGrad needs for a phi of that many rows, gradients
// included, as loss.GaussianLayer has it; Sample and SampleGrad, which have no rows, need no more than WorkLen(0). Rows
// are worked on in tiles, so it stops growing with the batch.
func (l *Linear[T]) WorkLen(rows int) int {
	return max(l.predictLen(rows), l.predictGradLen(rows), l.covarianceLen(), l.sampleLen())
}

// preparedLen is what prepare needs of work.
func (l *Linear[T]) preparedLen() int {
	n := aligned(affineLen[T](l.dims))
	if l.cov != nil {
		n += aligned(l.cov.preparedLen())
	}
	return n
}

// predictLen, predictGradLen and covarianceLen are what Predict, PredictGrad and PredictCovariance need of it.
func (l *Linear[T]) predictLen(rows int) int {
	p, parts := l.pass(rows)
	return l.preparedLen() + parts*p.scratchLen()
}

func (l *Linear[T]) predictGradLen(rows int) int {
	tile := l.gradTile(rows)
	n := aligned(tile * l.out)
	if l.cov != nil {
		n += aligned(l.cov.preparedLen()) + aligned(l.cov.gradLen()) + tile*l.cov.gradWidth()
	}
	return n
}

func (l *Linear[T]) covarianceLen() int {
	if l.cov == nil {
		return 0
	}
	return aligned(l.cov.preparedLen()) + l.cov.covarianceLen()
}

// Predict writes the predictive mean and variance (batch×Out) of the outputs for the rows of phi (batch×In):
//
//	mean_o = (w_o·φ + b_o)/T,  variance_o = φ̃ᵀ Σ_o φ̃
//
// with φ̃ = (1, φ), Σ_o the covariance of row o and its bias, and T = 1 unless serving. The variance is formed as a sum
// of squares, never below 0, and is 0 for a deterministic layer.
func (l *Linear[T]) Predict(mean, variance, phi, work []T) error {
	rows, err := checkRows("Predict", "phi", len(phi), l.in)
	if err := firstError(err,
		checkLen("Predict", "mean", len(mean), rows*l.out),
		checkLen("Predict", "variance", len(variance), rows*l.out),
		checkWork("Predict", len(work), l.predictLen(rows)),
		checkFinite("Predict", "parameter", l.params)); err != nil {
		return err
	}
	p, parts := l.pass(rows)
	p.y, p.variance, p.x = mean, variance, phi
	p.affines, p.pre, p.scratch = l.prepare(work)
	do(p, parts)
	return nil
}

// pass is Predict without its slices, and its number of parts.
func (l *Linear[T]) pass(rows int) (p pass[T], parts int) {
	p = pass[T]{last: l, in: l.in, out: l.out, width: max(l.in, l.out)}
	parts = p.divide(rows, l.workers)
	return p, parts
}

// prepare does what all rows of a prediction share: it packs the parameters of the mean, prepares the covariance, and
// returns the rest of work.
func (l *Linear[T]) prepare(work []T) (memory []T, pre prepared[T], rest []T) {
	memory, rest = room(work, affineLen[T](l.dims))
	l.setAffine(memory, nil, nil, nil)
	pre, rest = l.prepareCovariance(rest)
	return memory, pre, rest
}

func (l *Linear[T]) prepareCovariance(work []T) (pre prepared[T], rest []T) {
	if l.cov == nil {
		return pre, work
	}
	pre.s = l.covParams(l.params)
	pre.p, rest = room(work, l.cov.preparedLen())
	l.cov.prepare(pre.p, pre.s)
	return pre, rest
}

// varianceWidth is what variance needs of work for each row.
func (l *Linear[T]) varianceWidth() int {
	if l.cov == nil {
		return 0
	}
	return l.cov.varianceWidth()
}

// variance writes the variances for the rows of phi.
func (l *Linear[T]) variance(v, phi []T, pre prepared[T], work []T, rows int) {
	if l.cov == nil {
		clear(v)
		return
	}
	l.cov.variance(v, phi, pre, work, rows)
}

// gradTile is how many rows PredictGrad takes at once.
func (l *Linear[T]) gradTile(rows int) int {
	width := max(l.in, l.out)
	if l.cov != nil {
		width = max(width, l.cov.gradWidth())
	}
	return min(rows, tileRows(width))
}

// PredictGrad backpropagates dMean and dVariance, the derivatives of a scalar with respect to what Predict writes: it
// writes dPhi (batch×In) and adds to dParams (NumParams, in the order of Params). Either may be nil.
func (l *Linear[T]) PredictGrad(dPhi, dParams, phi, dMean, dVariance, work []T) error {
	rows, err := checkRows("PredictGrad", "phi", len(phi), l.in)
	if err := firstError(err,
		checkLen("PredictGrad", "dMean", len(dMean), rows*l.out),
		checkLen("PredictGrad", "dVariance", len(dVariance), rows*l.out),
		checkWork("PredictGrad", len(work), l.predictGradLen(rows)),
		checkFinite("PredictGrad", "parameter", l.params),
		checkLenOrNil("PredictGrad", "dPhi", dPhi, len(phi)),
		checkLenOrNil("PredictGrad", "dParams", dParams, len(l.params))); err != nil {
		return err
	}
	g := predictGrad[T]{l: l, c: l.inverseTemperature()}
	tile := l.gradTile(rows)
	g.dMean, work = room(work, tile*l.out)
	if g.pre, work = l.prepareCovariance(work); l.cov != nil {
		g.dPre.p, work = room(work, l.cov.gradLen())
		clear(g.dPre.p)
	}
	if dParams != nil {
		g.dTheta, g.dPre.s = dParams[:l.NumMeanParams()], l.covParams(dParams)
	}
	for r := 0; r < rows; r += tile {
		n := min(tile, rows-r)
		var dx []T
		if dPhi != nil {
			dx = dPhi[r*l.in:][:n*l.in]
		}
		g.tile(dx, phi[r*l.in:][:n*l.in], dMean[r*l.out:][:n*l.out], dVariance[r*l.out:][:n*l.out], work, n)
	}
	if l.cov != nil && dParams != nil {
		l.cov.gradOfPrepared(g.dPre.s, g.dPre.p, g.pre.s)
	}
	return nil
}

// predictGrad is one call of PredictGrad.
type predictGrad[T Float] struct {
	l         *Linear[T]
	c         T   // the mean is multiplied with
	dMean     []T // of a tile, times c
	dTheta    []T // by the parameters of the mean; nil if nobody wants it, as dPre.s
	pre, dPre prepared[T]
}

// tile does some rows; dx may be nil.
func (g *predictGrad[T]) tile(dx, phi, dMean, dVariance, work []T, rows int) {
	dy := kernels.ScaleTo(g.dMean[:len(dMean)], g.c, dMean)
	if dx != nil {
		g.l.backward(dx, dy, g.l.params, rows)
	}
	if g.dTheta != nil {
		affineGrad[T]{dTheta: g.dTheta, dy: dy, x: phi, rows: rows, d: g.l.dims}.add(g.l.workers)
	}
	if g.l.cov != nil {
		g.l.cov.varianceGrad(dx, g.dPre, dVariance, phi, g.pre, work, rows)
	}
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
	pre, work := l.prepareCovariance(work)
	for r := range rows {
		l.cov.covariance(cov[r*n:][:n], phi[r*l.in:][:l.in], pre, work)
	}
	return nil
}
