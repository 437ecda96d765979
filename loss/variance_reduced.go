package loss

import "fmt"

// varianceReduced is what [MSEVR], [BCEWithLogitsVR] and [CrossEntropyVR] have in
// common.
type varianceReduced[T Float] struct {
	reduction Reduction
	layer     GaussianLayer[T]
	perRow    int // elements, and entries of the target, for each row of phi
}

// predictive is what such a loss works on: the predictive mean and variance of each
// row, and room for the derivatives by them, all rows×out. The slices are parts of
// the work that the caller owns.
type predictive[T Float] struct {
	varianceReduced[T]
	mean, variance, dMean, dVar []T
	layerWork                   []T
	rows, out                   int
	scale                       float64 // of the derivatives
}

// layerGrads are what the gradient is written to; either may be nil.
type layerGrads[T Float] struct{ phi, params []T }

// workLen is the length of work for so many rows of phi.
func workLen[T Float](layer GaussianLayer[T], rows int) int {
	return 4*rows*layer.Out() + layer.WorkLen(rows)
}

// predict checks everything but the values of the target, whose length it is told,
// and evaluates the layer. dst and grads are nil if not wanted.
func (l varianceReduced[T]) predict(
	dst *[]T, grads *layerGrads[T], phi, work []T, target int,
) (p predictive[T], err error) {
	if err := l.reduction.check(); err != nil {
		return p, err
	}
	in, out := l.layer.In(), l.layer.Out()
	if in <= 0 || out <= 0 || len(phi)%in != 0 {
		return p, fmt.Errorf("loss: len(phi) = %d: want a multiple of the layer's In = %d", len(phi), in)
	}
	rows := len(phi) / in
	if target%l.perRow != 0 || checkSamples(rows*l.perRow, target) != nil {
		return p, fmt.Errorf("loss: len(target) = %d: want the %d rows of phi, times %d, or those of one of its samples",
			target, rows, l.perRow)
	}
	if need := workLen(l.layer, rows); len(work) < need {
		return p, fmt.Errorf("loss: len(work) = %d: want at least WorkLen(%d) = %d", len(work), rows, need)
	}
	if dst != nil {
		if err := checkLen("dst", len(*dst), "all elements", rows*l.perRow); err != nil {
			return p, err
		}
	}
	if err := grads.check(l.layer, len(phi)); err != nil {
		return p, err
	}
	n := rows * out
	p = predictive[T]{
		l, work[:n], work[n : 2*n], work[2*n : 3*n], work[3*n : 4*n], work[4*n:], rows, out,
		l.reduction.gradScale(float64(rows * l.perRow)),
	}
	if rows == 0 {
		return p, nil
	}
	return p, l.layer.Predict(p.mean, p.variance, phi, p.layerWork)
}

func (g *layerGrads[T]) check(layer GaussianLayer[T], phi int) error {
	if g == nil {
		return nil
	}
	if g.phi != nil {
		if err := checkLen("dPhi", len(g.phi), "phi", phi); err != nil {
			return err
		}
	}
	if n := layer.NumParams(); g.params != nil && len(g.params) != n {
		return fmt.Errorf("loss: len(dParams) = %d: want %d, the layer's NumParams", len(g.params), n)
	}
	return nil
}

// finish reduces the sum of the elements and takes the derivatives, if wanted, back
// through the layer.
func (p *predictive[T]) finish(sum float64, grads *layerGrads[T], phi []T) (float64, error) {
	value := p.reduction.reduce(sum, float64(p.rows*p.perRow))
	if grads == nil || p.rows == 0 {
		return value, nil
	}
	return value, p.layer.PredictGrad(grads.phi, grads.params, phi, p.dMean, p.dVar, p.layerWork)
}
