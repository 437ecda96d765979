package bnn

import (
	"errors"
	"fmt"
)

// LayerType is the type that inferno gives a layer. Only Output layers have a temperature, which is stored in the file;
// Input and Hidden layers behave alike. The position in a [Sequential] is not checked: the last layer may have any
// type, and an Output layer elsewhere divides the mean of its own outputs by its temperature.
type LayerType int

// The layer types of inferno.
const (
	Hidden LayerType = iota
	Input
	Output
)

// LinearConfig describes a linear layer. The zero values of the options mean: a bias, a hidden layer, deterministic.
type LinearConfig struct {
	In, Out    int
	NoBias     bool
	Type       LayerType
	Covariance Covariance
}

// Linear is y = x Wᵀ + b with Gaussian (W, b). It implements loss.GaussianLayer and loss.GaussianModel.
//
// In serving mode ([Linear.Eval]) an output layer divides its mean, not its covariance, by the temperature, as inferno
// does; a new layer is in training mode, where the temperature is ignored.
//
// Layers come from [NewLinear] or a [Sequential]: the zero value is no layer, and most of its methods panic.
type Linear[T Float] struct {
	dims
	cfg    LinearConfig
	cov    structure[T] // nil if deterministic
	params []T          // mean bias, mean weight, covariance
	temp   []T          // the temperature, shared by Train and Eval
	eval   bool

	workers int
}

// NewLinear returns a layer whose parameters are all 0 and whose temperature is 1.
//
// Errors: sizes below 1; a type or a covariance that is none of this package's; ranks that the covariance does not
// allow; and, before anything is allocated, more than 2³¹ parameters (2²⁶ where an int has 32 bits), covariance
// included, or more than as many normals for one draw.
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
		//lint:ignore ST1005 Type is the name of a field
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
	if l.cov, err = newStructure[T](cfg.Covariance, d); err != nil || l.cov == nil {
		return l, n, err
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
func (l *Linear[T]) NumMeanParams() int { return l.dims.numMeanParams() }

// NumParams counts all parameters, covariance included.
func (l *Linear[T]) NumParams() int { return len(l.params) }

// NumNormals is how many standard normals one draw takes.
func (l *Linear[T]) NumNormals() int {
	if l.cov == nil {
		return 0
	}
	return l.cov.numNormals()
}

// Params returns the parameters themselves, not a copy: mean bias, mean weight (out×in), then the covariance's bias
// part and weight part (Kronecker: input factor bias, input factor weight (in×rank), output factor).
func (l *Linear[T]) Params() []T { return l.params }

// biasAndWeight and covParams cut the parameters, or a gradient with respect to them.
func (l *Linear[T]) biasAndWeight(p []T) (bias, weight []T) {
	return p[:l.numBias()], p[l.numBias():l.NumMeanParams()]
}
func (l *Linear[T]) covParams(p []T) []T { return p[l.NumMeanParams():] }

// Temperature returns the temperature, 1 for layers that have none.
func (l *Linear[T]) Temperature() T { return l.temp[0] }

// SetTemperature sets the temperature of an output layer, which its training and serving views share. To calibrate a
// model, fit loss.TemperatureScaling to the logits of its training view, which are not divided by a temperature yet:
//
//	t, err := loss.TemperatureScaling[float32]{}.Fit(logits, labels) // of model.Train()
//	err = model.Output().SetTemperature(float32(t))
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

// isTemperature reports whether means can be divided by t.
func isTemperature[T Float](t T) bool { return t > 0 && isFinite(float64(t)) && isFinite(float64(1/t)) }

// Eval returns the layer in serving mode. It shares its parameters with l.
func (l *Linear[T]) Eval() *Linear[T] { return l.mode(true) }

// Train returns the layer in training mode. It shares its parameters with l.
func (l *Linear[T]) Train() *Linear[T] { return l.mode(false) }

// Workers returns the layer with n goroutines for each call of Predict, and for the gradient with respect to the mean
// parameters in PredictGrad. With an n of 1 or less, as in a new layer, a call uses the caller's goroutine alone. It
// shares its parameters with l, and its results are the same to the bit. Each goroutine needs work of its own, so
// WorkLen is larger.
func (l *Linear[T]) Workers(n int) *Linear[T] {
	c := *l
	c.workers = n
	return &c
}

func (l *Linear[T]) mode(eval bool) *Linear[T] {
	c := *l
	c.eval = eval
	return &c
}
