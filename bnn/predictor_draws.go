package bnn

import "fmt"

// Draws writes the outputs y (draws×rows×Out) for the inputs x (rows×In) with the draws of all parameters of that key
// from number first on, as many as fit y: len(y) is a multiple of rows·Out, and 0 if there are no rows.
//
// Draw i is made from the standard normals from place i·NumNormals on of the stream of the key, layer by layer:
//
//	kernels.NormalTo(eps, key, uint64(i)*uint64(p.NumNormals()))
//
// with eps of length NumNormals. So it is the same for any batch, whatever draws are asked for besides, with any number
// of goroutines and on every machine. It is what [Sequential.ForwardSample] makes of eps: to the bit, but where outputs
// are drawn instead of parameters, which differs in the last bits.
//
// Layers before the first Gaussian one are computed once for all draws. Of that one, which has the same inputs in all
// draws, outputs are drawn where the shape of the layer says that this is cheaper: with a covariance LowRank of a rank
// up to 32 and In/2; Kronecker in the layout Kron, of an InputRank up to full rank; or Kronecker in the layout Sampled,
// if it is written out (see [Predictor]) and InputRank·OutputRank is at most In/2. It does not depend on rows or the
// number of draws. Of all other Gaussian layers parameters are drawn.
func (p *Predictor[T]) Draws(y, x []T, key Key, first int) error {
	rows, err := checkRows("Draws", "x", len(x), p.In())
	n := rows * p.Out()
	if err == nil && len(y) > 0 && (n == 0 || len(y)%n != 0) {
		err = fmt.Errorf("bnn: Draws: y has length %d, want a multiple of %d", len(y), n)
	}
	if err == nil && first < 0 {
		err = fmt.Errorf("bnn: Draws: first is %d, want at least 0", first)
	}
	if err != nil || len(y) == 0 {
		return err
	}
	p.draw(drawing[T]{x: x, rows: rows, key: key, first: first, draws: len(y) / n, want: wantOutputs, y: y})
	return nil
}

// PredictFromDraws writes mean and variance (rows×Out) of the outputs for the inputs x (rows×In) over that many draws
// of all parameters, at least 2: draws 0, 1, … of [Predictor.Draws]. It has what Predict leaves out, the Gaussian
// layers before the last. The variance is that of a sample, Σ(y−mean)²/(draws−1); sums are made in float64, in the
// order of the draws.
func (p *Predictor[T]) PredictFromDraws(mean, variance, x []T, key Key, draws int) error {
	rows, err := p.checkRows("PredictFromDraws", x, "mean", mean, p.Out())
	if err = firstError(err, checkLen("PredictFromDraws", "variance", len(variance), len(mean)),
		checkDraws("PredictFromDraws", draws, 2)); err == nil {
		p.draw(drawing[T]{x: x, rows: rows, key: key, draws: draws, want: wantMoments, y: mean, variance: variance})
	}
	return err
}

// ProbabilitiesFromDraws writes class probabilities (rows×Out) for the inputs x (rows×In), averaged over that many
// draws of all parameters, at least 1: what [MeanProbabilities] makes of draws 0, 1, … of [Predictor.Draws], to the
// bit. Sums are made in float64, in the order of the draws.
func (p *Predictor[T]) ProbabilitiesFromDraws(probabilities, x []T, key Key, draws int) error {
	const method = "ProbabilitiesFromDraws"
	rows, err := p.checkRows(method, x, "probabilities", probabilities, p.Out())
	if err = firstError(err, checkDraws(method, draws, 1)); err == nil {
		p.draw(drawing[T]{x: x, rows: rows, key: key, draws: draws, want: wantProbabilities, y: probabilities})
	}
	return err
}

func checkDraws(method string, draws, least int) error {
	if draws < least {
		return fmt.Errorf("bnn: %s: draws is %d, want at least %d", method, draws, least)
	}
	return nil
}

// NumNormals is how many standard normals one draw of all layers takes.
func (p *Predictor[T]) NumNormals() int { return p.drawn.normals }
