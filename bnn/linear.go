package bnn

import (
	"errors"
	"fmt"

	"gonum.org/v1/gonum/blas"

	"github.com/simmer-go/simmer/kernels"
)

// LayerType is where a layer stands. Input and Hidden do the same here; only an Output layer has a temperature, also in
// its file. The types are not compared with the places in a [Sequential]: the last layer may be of any type, and the
// temperature of an Output layer before it divides the mean of what that one hands on.
type LayerType int

// The layer types of inferno.
const (
	Hidden LayerType = iota
	Input
	Output
)

// LinearConfig describes a linear layer. The zero values of the options mean: a
// bias, a hidden layer, deterministic.
type LinearConfig struct {
	In, Out    int
	NoBias     bool
	Type       LayerType
	Covariance Covariance
}

// Linear is y = x Wᵀ + b with Gaussian (W, b). It implements loss.GaussianLayer
// and loss.GaussianModel.
//
// In serving mode ([Linear.Eval]) an output layer divides its mean, not its
// covariance, by the temperature, as inferno does; a new layer is in training
// mode, where the temperature has no part.
//
// Layers come from [NewLinear] or a [Sequential]: the zero value is no layer, and most of its methods panic.
type Linear[T Float] struct {
	dims
	cfg    LinearConfig
	cov    structure[T] // nil if deterministic
	params []T          // mean bias, mean weight, covariance
	temp   []T          // the temperature, shared by Train and Eval
	eval   bool
}

// NewLinear returns a layer whose parameters are all 0 and whose temperature is 1.
//
// Errors: sizes below 1; a type or a covariance that is none of this package's; ranks that the covariance does not allow;
// and, before anything is allocated, more than 2³¹ parameters (2²⁶ where an int has 32 bits), covariance included, or
// more than as many normals for one draw.
func NewLinear[T Float](cfg LinearConfig) (*Linear[T], error) {
	l, n, err := newLinear[T](cfg)
	if err != nil {
		return nil, fmt.Errorf("bnn: NewLinear: %w", err)
	}
	l.params = make([]T, n)
	return l, nil
}

// newLinear returns a layer without its n parameters.
func newLinear[T Float](cfg LinearConfig) (l *Linear[T], n int, err error) {
	if cfg.In < 1 || cfg.Out < 1 {
		return nil, 0, fmt.Errorf("In is %d and Out is %d, want at least 1", cfg.In, cfg.Out)
	}
	if cfg.Type < Hidden || cfg.Type > Output {
		return nil, 0, fmt.Errorf("Type is %d, which is no layer type", cfg.Type)
	}
	d := dims{cfg.In, cfg.Out, 1}
	if cfg.NoBias {
		d.bias = 0
	}
	l = &Linear[T]{dims: d, cfg: cfg, temp: []T{1}}
	if n = d.numParams(nil); n > maxParams { // first, since a covariance may have as many rows and columns
		return nil, 0, fmt.Errorf("In is %d and Out is %d: more than %d parameters", cfg.In, cfg.Out, maxParams)
	}
	if cfg.Covariance == nil {
		return l, n, nil
	}
	if l.cov = newStructure[T](cfg.Covariance, d); l.cov == nil {
		return nil, 0, fmt.Errorf("Covariance is a %T, want Diagonal, Factorized, LowRank or Kronecker", cfg.Covariance)
	}
	if err := cfg.Covariance.check(); err != nil {
		return nil, 0, err
	}
	if n = d.numParams(cfg.Covariance); n > maxParams || l.cov.numNormals() > maxParams {
		return nil, 0, fmt.Errorf("In is %d, Out is %d and Covariance is %v: more than %d parameters, or normals for a draw",
			cfg.In, cfg.Out, cfg.Covariance, maxParams)
	}
	return l, n, nil
}

// In is the number of inputs.
func (l *Linear[T]) In() int { return l.in }

// Out is the number of outputs.
func (l *Linear[T]) Out() int { return l.out }

// NumMeanParams is P, the number of mean parameters.
func (l *Linear[T]) NumMeanParams() int { return l.dims.params() }

// NumParams counts all parameters, covariance included.
func (l *Linear[T]) NumParams() int { return len(l.params) }

// NumNormals is how many standard normals one draw takes.
func (l *Linear[T]) NumNormals() int {
	if l.cov == nil {
		return 0
	}
	return l.cov.numNormals()
}

// Params returns the parameters themselves, not a copy: mean bias, mean weight
// (out×in), then the covariance's bias part and weight part (Kronecker: input
// factor bias, input factor weight (in×rank), output factor).
func (l *Linear[T]) Params() []T { return l.params }

// Temperature returns the temperature, 1 for layers that have none.
func (l *Linear[T]) Temperature() T { return l.temp[0] }

// SetTemperature sets the temperature of an output layer, for both modes' views.
func (l *Linear[T]) SetTemperature(t T) error {
	if l.cfg.Type != Output {
		return errors.New("bnn: SetTemperature: only an output layer has a temperature")
	}
	if !isTemperature(t) {
		return fmt.Errorf("bnn: SetTemperature: temperature is %v, want a finite number above 0, and so its inverse", t)
	}
	l.temp[0] = t
	return nil
}

// isTemperature says that means can be divided by t.
func isTemperature[T Float](t T) bool { return t > 0 && isFinite(float64(t)) && isFinite(float64(1/t)) }

// Eval returns the layer in serving mode. It shares its parameters with l.
func (l *Linear[T]) Eval() *Linear[T] { return l.mode(true) }

// Train returns the layer in training mode. It shares its parameters with l.
func (l *Linear[T]) Train() *Linear[T] { return l.mode(false) }

func (l *Linear[T]) mode(eval bool) *Linear[T] {
	c := *l
	c.eval = eval
	return &c
}

// mean and covParams cut the parameters, or a gradient by them.
func (l *Linear[T]) mean(p []T) (bias, weight []T) {
	n := l.bias * l.out
	return p[:n], p[n:l.dims.params()]
}
func (l *Linear[T]) covParams(p []T) []T { return p[l.dims.params():] }

// inverseTemperature is what the mean is multiplied with.
func (l *Linear[T]) inverseTemperature() T {
	if l.eval {
		return 1 / l.temp[0]
	}
	return 1
}

// forward writes y = c (x Wᵀ + b).
func (l *Linear[T]) forward(y, x, theta []T, rows int, c T) {
	b, w := l.mean(theta)
	affine(y, x, w, b, rows, l.out, l.in)
	if c != 1 {
		y = y[:rows*l.out]
		kernels.ScaleTo(y, c, y)
	}
}

// WorkLen is the length of work that Predict and PredictGrad need. Rows are
// worked on in tiles, so it does not depend on the batch.
func (l *Linear[T]) WorkLen(int) int {
	n := tileRows * l.out
	if l.cov != nil {
		n += l.cov.workLen()
	}
	return n
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
		checkWork("Predict", len(work), l.WorkLen(rows)),
		checkFinite("Predict", "parameter", l.params)); err != nil {
		return err
	}
	l.forward(mean, phi, l.params, rows, l.inverseTemperature())
	if l.cov == nil {
		clear(variance)
		return nil
	}
	s := l.covParams(l.params)
	l.cov.prepare(s, work)
	for r := 0; r < rows; r += tileRows {
		n := min(tileRows, rows-r)
		l.cov.variance(variance[r*l.out:], phi[r*l.in:], s, work, n)
	}
	return nil
}

// PredictGrad takes dMean and dVar, the derivatives of a scalar by what Predict
// writes, back: it writes dPhi (batch×In) and adds to dParams (NumParams, in the
// order of Params). Either may be nil.
func (l *Linear[T]) PredictGrad(dPhi, dParams, phi, dMean, dVar, work []T) error {
	rows, err := checkRows("PredictGrad", "phi", len(phi), l.in)
	err = firstError(err,
		checkLen("PredictGrad", "dMean", len(dMean), rows*l.out),
		checkLen("PredictGrad", "dVar", len(dVar), rows*l.out),
		checkWork("PredictGrad", len(work), l.WorkLen(rows)),
		checkFinite("PredictGrad", "parameter", l.params))
	if err == nil && dPhi != nil {
		err = checkLen("PredictGrad", "dPhi", len(dPhi), len(phi))
	}
	if err == nil && dParams != nil {
		err = checkLen("PredictGrad", "dParams", len(dParams), len(l.params))
	}
	if err != nil {
		return err
	}
	dm, work := work[:tileRows*l.out], work[tileRows*l.out:]
	var s, ds []T
	if l.cov != nil {
		s = l.covParams(l.params)
		l.cov.prepare(s, work)
	}
	if dParams != nil {
		ds = l.covParams(dParams)
	}
	c := l.inverseTemperature()
	for r := 0; r < rows; r += tileRows {
		n := min(tileRows, rows-r)
		for i, g := range dMean[r*l.out : (r+n)*l.out] {
			dm[i] = c * g
		}
		var dx []T
		if dPhi != nil {
			dx = dPhi[r*l.in : (r+n)*l.in]
		}
		l.backward(dx, dParams, dm, phi[r*l.in:], l.params, n)
		if l.cov != nil {
			l.cov.varianceGrad(dx, ds, dVar[r*l.out:], phi[r*l.in:], s, work, n)
		}
	}
	if l.cov != nil && dParams != nil {
		l.cov.finish(ds, s, work)
	}
	return nil
}

// backward takes dy back through y = x Wᵀ + b: it writes dx, and adds to the
// mean part of dTheta. Either may be nil.
func (l *Linear[T]) backward(dx, dTheta, dy, x, theta []T, rows int) {
	if dx != nil {
		_, w := l.mean(theta)
		gemm(blas.NoTrans, blas.NoTrans, rows, l.in, l.out, dy, l.out, w, l.in, 0, dx, l.in)
	}
	if dTheta == nil {
		return
	}
	db, dw := l.mean(dTheta)
	affineGrad(dw, db, dy, x, rows, l.out, l.in)
}

// CovarianceWorkLen is the length of work that PredictCovariance needs.
func (l *Linear[T]) CovarianceWorkLen() int {
	if l.cov == nil {
		return 0
	}
	return l.cov.covWorkLen()
}

// PredictCovariance writes the covariance (batch×Out×Out) of the outputs for the rows of phi (batch×In). Its diagonal is
// the variance of Predict up to rounding, since it is summed in another order. It is 0 for a deterministic layer.
func (l *Linear[T]) PredictCovariance(cov, phi, work []T) error {
	rows, err := checkRows("PredictCovariance", "phi", len(phi), l.in)
	n := l.out * l.out
	if err := firstError(err,
		checkLen("PredictCovariance", "cov", len(cov), rows*n),
		checkWork("PredictCovariance", len(work), l.CovarianceWorkLen()),
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
