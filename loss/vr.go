package loss

import "fmt"

// predictive is what the variance-reduced losses work on: the predictive mean and
// variance of each row, and room for the derivatives by them, all rows×out. The
// slices are parts of the work that the caller owns.
type predictive[T Float] struct {
	mean, variance, dMean, dVar []T
	layerWork                   []T
	rows, out                   int
}

// workLen is the length of work for so many rows of phi.
func workLen[T Float](layer GaussianLayer[T], rows int) int {
	return 4*rows*layer.Out() + layer.WorkLen(rows)
}

// predict checks the arguments that all variance-reduced losses have in common and
// evaluates the layer. A row of the target has perRow entries.
func predict[T Float](r Reduction, layer GaussianLayer[T], phi, work []T, target, perRow int) (p predictive[T], err error) {
	if err := r.check(); err != nil {
		return p, err
	}
	in, out := layer.In(), layer.Out()
	if in <= 0 || out <= 0 || len(phi)%in != 0 {
		return p, fmt.Errorf("loss: len(phi) = %d: want a multiple of the layer's In = %d", len(phi), in)
	}
	rows := len(phi) / in
	if target%perRow != 0 || checkSamples(rows*perRow, target) != nil {
		return p, fmt.Errorf("loss: len(target) = %d: want the %d rows of phi, times %d, or those of one of its samples", target, rows, perRow)
	}
	if need := workLen(layer, rows); len(work) < need {
		return p, fmt.Errorf("loss: len(work) = %d: want at least WorkLen(%d) = %d", len(work), rows, need)
	}
	n := rows * out
	p = predictive[T]{work[:n], work[n : 2*n], work[2*n : 3*n], work[3*n : 4*n], work[4*n:], rows, out}
	if rows == 0 {
		return p, nil
	}
	return p, layer.Predict(p.mean, p.variance, phi, p.layerWork)
}

// checkGrads checks what a gradient is written to; nil is not wanted.
func checkGrads[T Float](layer GaussianLayer[T], dPhi, dParams, phi []T) error {
	if dPhi != nil {
		if err := checkLen("dPhi", len(dPhi), "phi", len(phi)); err != nil {
			return err
		}
	}
	if n := layer.NumParams(); dParams != nil && len(dParams) != n {
		return fmt.Errorf("loss: len(dParams) = %d: want %d, the layer's NumParams", len(dParams), n)
	}
	return nil
}

// grad takes the derivatives back through the layer.
func (p *predictive[T]) grad(layer GaussianLayer[T], dPhi, dParams, phi []T) error {
	if p.rows == 0 {
		return nil
	}
	return layer.PredictGrad(dPhi, dParams, phi, p.dMean, p.dVar, p.layerWork)
}
