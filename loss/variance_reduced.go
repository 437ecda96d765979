package loss

import (
	"reflect"

	"github.com/simmer-go/simmer/kernels"
)

// varianceReduced is what [MSEVR], [BCEWithLogitsVR] and [CrossEntropyVR] have in common.
type varianceReduced[T Float] struct {
	pairs
	layer  GaussianLayer[T]
	perRow int // elements, and entries of the target, for each row of phi
}

// predictive is what such a loss works on: the predictive mean and variance of each row, and room for the derivatives
// with respect to them, all rows×out. The slices are parts of the work that the caller owns.
type predictive[T Float] struct {
	varianceReduced[T]
	mean, variance, dMean, dVariance []T
	layerWork                        []T
	rows, out                        int
	scale                            float64 // of the derivatives
}

// layerGrads are what the gradient is written to; either may be nil.
type layerGrads[T Float] struct{ phi, params []T }

// workLen is the length of work for so many rows of phi.
func workLen[T Float](layer GaussianLayer[T], rows int) int {
	if isNil(layer) {
		return 0
	}
	return 4*rows*layer.Out() + layer.WorkLen(rows)
}

// checkFields demands a layer, and a mask that fits the targets.
func checkFields[T Float](layer GaussianLayer[T], mask []bool, target int) error {
	if isNil(layer) {
		return paramsError("loss: Layer = nil: want a layer")
	}
	return checkMask(mask, target)
}

// layerKind is the kind of a loss of a layer, which is told from others by the number of its outputs only.
func layerKind[T Float](of source, p pairs, layer GaussianLayer[T]) (kind, error) {
	if err := checkFields(layer, nil, 0); err != nil {
		return kind{}, err
	}
	return kindOf[T](of, p.samplesOption(), float64(layer.Out())), nil
}

// isNil reports whether an interface holds nothing, or a nil pointer, which a constructor returns beside an error.
func isNil(v any) bool {
	r := reflect.ValueOf(v)
	return v == nil || r.Kind() == reflect.Pointer && r.IsNil()
}

// predict checks everything but the values of the target, whose length it is told, and evaluates the layer. dst and
// grads are nil if not wanted.
func (l varianceReduced[T]) predict(
	dst *[]T, grads *layerGrads[T], phi, work []T, target int,
) (p predictive[T], err error) {
	if err := l.reduction.check(); err != nil {
		return p, err
	}
	in, out := l.layer.In(), l.layer.Out()
	if in <= 0 || out <= 0 {
		return p, paramsError("loss: Layer has In %d and Out %d: want at least 1", in, out)
	}
	if len(phi)%in != 0 {
		return p, inputError("loss: len(phi) = %d: want a multiple of the layer's In = %d", len(phi), in)
	}
	rows := len(phi) / in
	if err := l.checkTarget(rows, target); err != nil {
		return p, err
	}
	if need := workLen(l.layer, rows); len(work) < need {
		return p, inputError("loss: len(work) = %d: want at least WorkLen(%d) = %d", len(work), rows, need)
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
		l.gradScale(l.size(target)),
	}
	if rows == 0 {
		return p, nil
	}
	return p, ofParams(l.layer.Predict(p.mean, p.variance, phi, p.layerWork))
}

// checkTarget demands a target for each row of one sample.
func (l *varianceReduced[T]) checkTarget(rows, target int) error {
	samples := sampleCount(l.samples)
	switch {
	case l.samples < 0:
		return countError("Samples", l.samples)
	case rows%samples != 0:
		return inputError("loss: len(phi) = %d rows: want a multiple of Samples = %d", rows, samples)
	case target != rows/samples*l.perRow:
		return inputError("loss: len(target) = %d: want %d, as phi has %d rows, and Samples = %d have %d targets for each",
			target, rows/samples*l.perRow, rows, samples, l.perRow)
	}
	return nil
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
		return inputError("loss: len(dParams) = %d: want %d, the layer's NumParams", len(g.params), n)
	}
	return nil
}

// finish reduces the sum of the elements and takes the derivatives, if wanted, back through the layer.
func (p *predictive[T]) finish(sum float64, grads *layerGrads[T], phi []T, target int) (float64, error) {
	value := p.reduction.reduce(sum, p.size(target))
	if grads == nil || p.rows == 0 {
		return value, nil
	}
	return value, ofParams(p.layer.PredictGrad(grads.phi, grads.params, phi, p.dMean, p.dVariance, p.layerWork))
}

// keepTargets writes the targets to dst, with 0 in place of those that are left out, whose mean and variance it makes
// 0.
func (p *predictive[T]) keepTargets(dst, target []T) []T {
	for i, n := 0, len(target); i < len(p.mean); i += n {
		kernels.SelectTo(p.mean[i:i+n], p.mean[i:i+n], p.mask, 0)
		kernels.SelectTo(p.variance[i:i+n], p.variance[i:i+n], p.mask, 0)
	}
	return kernels.SelectTo(dst[:len(target)], target, p.mask, 0)
}
