package bnn

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/simmer-go/simmer/kernels"
)

// Module is a part of a [Sequential]: a [LinearConfig] or an [Activation].
type Module interface{ module() }

func (LinearConfig) module() {}
func (Activation) module()   {}
func (badModule) module()    {}

// badModule carries an error of MLP, which returns none, to NewSequential.
type badModule struct{ err error }

// MLP returns the modules of inferno.models.MLP: linear layers through the given sizes, which begin with the inputs and
// end with the outputs, with an activation between them. covs is empty if no layer has a covariance; one stands for all
// layers, as cov=DiagonalCovariance() does there; else there is one for each (nil: deterministic). The first layer is an
// input layer, the last one the output layer.
//
// Fewer than two sizes, or another number of covariances, are an error that [NewSequential] returns.
func MLP(sizes []int, activation Activation, covs []Covariance) []Module {
	layers := len(sizes) - 1
	if layers < 1 {
		return []Module{badModule{fmt.Errorf("MLP: sizes has length %d, want at least 2", len(sizes))}}
	}
	if n := len(covs); n > 1 && n != layers {
		return []Module{badModule{fmt.Errorf("MLP: covs has length %d, want 0, 1 or the number of layers, %d", n, layers)}}
	}
	var ms []Module
	for i := range layers {
		l := LinearConfig{In: sizes[i], Out: sizes[i+1]}
		if len(covs) > 0 {
			l.Covariance = covs[min(i, len(covs)-1)]
		}
		switch i {
		case layers - 1:
			l.Type = Output
		case 0:
			l.Type = Input
		}
		ms = append(ms, l)
		if i < layers-1 {
			ms = append(ms, activation)
		}
	}
	return ms
}

// Sequential is a chain of linear layers and activations that ends in a linear layer. It implements loss.GaussianModel.
//
// Like [Linear] it is made in training mode; Eval gives the view for serving, in which the temperature of the output
// layer counts. It may be used from many goroutines, each with its own work, while nobody changes its parameters.
//
// Models come from [NewSequential]: the zero value is no model, and most of its methods panic.
type Sequential[T Float] struct {
	modules []Module
	linears []*Linear[T] // by module; nil for activations
	last    *Linear[T]
	params  []T // of all layers
	width   int // of the widest layer, aligned
}

// NewSequential returns a model of the given modules, often those of [MLP], in training mode. The first and the last must
// be linear layers, and each layer takes as many inputs as the layer before has outputs; any number of activations may
// stand between two layers. All parameters are 0: they must be read, or given random values before a training, since
// units that begin equal stay equal.
//
// Errors: modules that do not follow these rules, what [NewLinear] and MLP refuse, and more parameters of all layers
// together than NewLinear allows for one; nothing has been allocated for parameters then.
func NewSequential[T Float](modules ...Module) (*Sequential[T], error) {
	s := &Sequential[T]{modules: slices.Clone(modules)}
	total := 0
	for i, m := range modules {
		n, err := s.add(m)
		if err == nil && n > maxParams-total {
			err = fmt.Errorf("In is %d and Out is %d: more than %d parameters with the modules before", s.last.in,
				s.last.out, maxParams)
		}
		if err != nil {
			return nil, fmt.Errorf("bnn: NewSequential: module %d: %w", i, err)
		}
		total += n
	}
	if len(modules) == 0 || s.linears[len(modules)-1] == nil || s.linears[0] == nil {
		return nil, errors.New("bnn: NewSequential: the first and the last module must be linear layers")
	}
	s.params = make([]T, total)
	rest := s.params
	for _, l := range s.linears {
		if l != nil {
			n := l.numParams(l.cfg.Covariance)
			l.params, rest = rest[:n:n], rest[n:]
		}
	}
	return s, nil
}

// add appends a module, without its n parameters.
func (s *Sequential[T]) add(m Module) (n int, err error) {
	var l *Linear[T] // nil for an activation
	switch m := m.(type) {
	case LinearConfig:
		if l, n, err = newLinear[T](m); err != nil {
			return 0, err
		}
		if s.last != nil && s.last.out != l.in {
			return 0, fmt.Errorf("In is %d, but the layer before has Out %d", l.in, s.last.out)
		}
		s.last, s.width = l, max(s.width, aligned(l.in), aligned(l.out))
	case Activation:
		if err := m.check(); err != nil {
			return 0, err
		}
	case badModule:
		return 0, m.err
	default:
		return 0, fmt.Errorf("it is a %T, want a LinearConfig or an Activation", m)
	}
	s.linears = append(s.linears, l)
	return n, nil
}

// In is the number of inputs.
func (s *Sequential[T]) In() int { return s.linears[0].in }

// Out is the number of outputs.
func (s *Sequential[T]) Out() int { return s.last.out }

// Len is the number of modules.
func (s *Sequential[T]) Len() int { return len(s.modules) }

// Linear returns module k if it is a linear layer, else nil; like the index of a slice, k must be at least 0 and below Len.
// The layer shares its parameters with s and has the mode of s, as that of Output.
func (s *Sequential[T]) Linear(k int) *Linear[T] { return s.linears[k] }

// Output returns the last layer. It shares its parameters with s and has the mode of s: m.Eval().Output() divides its mean
// by the temperature, and m.Output() of a model in training mode does not. It is what the variance-reduced losses take, so
// give them the layer of the mode that is meant.
func (s *Sequential[T]) Output() *Linear[T] { return s.last }

// Eval returns the model in serving mode. It shares its parameters with s.
func (s *Sequential[T]) Eval() *Sequential[T] { return s.mode((*Linear[T]).Eval) }

// Train returns the model in training mode. It shares its parameters with s.
func (s *Sequential[T]) Train() *Sequential[T] { return s.mode((*Linear[T]).Train) }

func (s *Sequential[T]) mode(view func(*Linear[T]) *Linear[T]) *Sequential[T] {
	c := *s
	c.linears = make([]*Linear[T], len(s.linears))
	for i, l := range s.linears {
		if l != nil {
			c.linears[i] = view(l)
			c.last = c.linears[i]
		}
	}
	return &c
}

// total adds up f over the linear layers.
func (s *Sequential[T]) total(f func(*Linear[T]) int) int {
	n := 0
	for _, l := range s.linears {
		if l != nil {
			n += f(l)
		}
	}
	return n
}

func (s *Sequential[T]) largest(f func(*Linear[T]) int) int {
	n := 0
	for _, l := range s.linears {
		if l != nil {
			n = max(n, f(l))
		}
	}
	return n
}

// NumMeanParams is P, the number of mean parameters of all layers.
func (s *Sequential[T]) NumMeanParams() int { return s.total((*Linear[T]).NumMeanParams) }

// NumParams counts all parameters, covariances included.
func (s *Sequential[T]) NumParams() int { return s.total((*Linear[T]).NumParams) }

// Params returns the parameters themselves, not a copy, as one vector for an optimiser: those of [Linear.Params] for each
// linear layer in turn, which are parts of it. All gradients by the parameters have this order.
func (s *Sequential[T]) Params() []T { return s.params }

// NumNormals is how many standard normals one draw of all layers takes.
func (s *Sequential[T]) NumNormals() int { return s.total((*Linear[T]).NumNormals) }

// WorkLen is the length of work that Forward, Representation, Predict, ForwardSample and RepresentationSample need for so
// many rows.
func (s *Sequential[T]) WorkLen(rows int) int {
	return 4*rows*s.width + aligned(s.largest((*Linear[T]).NumMeanParams)) +
		max(s.last.WorkLen(rows), s.largest((*Linear[T]).SampleWorkLen))
}

// Forward writes the outputs y (rows×Out) for the inputs x (rows×In) with the mean parameters.
func (s *Sequential[T]) Forward(y, x, work []T) error {
	rows, err := s.check("Forward", "y", y, s.Out(), x, work)
	if err != nil {
		return err
	}
	s.run(y, x, nil, work, rows, len(s.modules))
	return nil
}

// Representation writes what the output layer gets (rows × its In) for the inputs x (rows×In) with the mean parameters.
func (s *Sequential[T]) Representation(phi, x, work []T) error {
	rows, err := s.check("Representation", "phi", phi, s.last.in, x, work)
	if err != nil {
		return err
	}
	s.run(phi, x, nil, work, rows, len(s.modules)-1)
	return nil
}

// Predict writes the predictive mean and variance (rows×Out) of the output layer, given the representation
// that the mean parameters of the other layers make of x (rows×In).
func (s *Sequential[T]) Predict(mean, variance, x, work []T) error {
	rows, err := s.check("Predict", "mean", mean, s.Out(), x, work)
	if err := firstError(err, checkLen("Predict", "variance", len(variance), len(mean))); err != nil {
		return err
	}
	phi, rest := work[:rows*s.last.in], work[rows*s.width:]
	s.run(phi, x, nil, rest, rows, len(s.modules)-1)
	return s.last.Predict(mean, variance, phi, rest[:s.last.WorkLen(rows)])
}

// ForwardSample writes the outputs y (rows×Out) for the inputs x (rows×In) with one draw of the parameters, made from the
// standard normals eps (NumNormals, layer by layer).
func (s *Sequential[T]) ForwardSample(y, x, eps, work []T) error {
	rows, err := s.check("ForwardSample", "y", y, s.Out(), x, work)
	if err := firstError(err, checkLen("ForwardSample", "eps", len(eps), s.NumNormals())); err != nil {
		return err
	}
	s.run(y, x, eps, work, rows, len(s.modules))
	return nil
}

// RepresentationSample writes what the output layer gets (rows × its In) for the inputs x (rows×In) with the draw of the
// parameters that ForwardSample makes from the same eps (NumNormals, layer by layer). Those of the output layer, the last
// of eps, have no part.
func (s *Sequential[T]) RepresentationSample(phi, x, eps, work []T) error {
	rows, err := s.check("RepresentationSample", "phi", phi, s.last.in, x, work)
	if err := firstError(err, checkLen("RepresentationSample", "eps", len(eps), s.NumNormals())); err != nil {
		return err
	}
	s.run(phi, x, eps, work, rows, len(s.modules)-1)
	return nil
}

// ForwardSamples writes the outputs y (samples×rows×Out) for the inputs x (rows×In) with as many draws of the parameters
// as fit y: len(y) is a multiple of rows·Out, and 0 if there are no rows. eps has length NumNormals and work at least
// WorkLen(rows), however many draws there are.
//
// For each draw eps is filled with NumNormals values of rng.NormFloat64, layer by layer, and y gets what ForwardSample
// makes of them; of a seeded rng the draws are always the same ones. A nil rng panics, unless nothing is drawn.
func (s *Sequential[T]) ForwardSamples(y, x []T, rng *rand.Rand, eps, work []T) error {
	rows, err := checkRows("ForwardSamples", "x", len(x), s.In())
	n := rows * s.Out()
	if err == nil && len(y) > 0 && (n == 0 || len(y)%n != 0) {
		err = fmt.Errorf("bnn: ForwardSamples: y has length %d, want a multiple of %d", len(y), n)
	}
	if err := firstError(err,
		checkLen("ForwardSamples", "eps", len(eps), s.NumNormals()),
		checkWork("ForwardSamples", len(work), s.WorkLen(rows)),
		s.checkParams("ForwardSamples")); err != nil {
		return err
	}
	for ; len(y) > 0; y = y[n:] {
		for i := range eps {
			eps[i] = T(rng.NormFloat64())
		}
		s.run(y[:n], x, eps, work, rows, len(s.modules))
	}
	return nil
}

func (s *Sequential[T]) check(method, name string, y []T, cols int, x, work []T) (rows int, err error) {
	rows, err = s.checkRows(method, name, y, cols, x)
	return rows, firstError(err, checkWork(method, len(work), s.WorkLen(rows)))
}

// checkRows checks everything but work.
func (s *Sequential[T]) checkRows(method, name string, y []T, cols int, x []T) (rows int, err error) {
	rows, err = checkRows(method, "x", len(x), s.In())
	return rows, firstError(err, checkLen(method, name, len(y), rows*cols), s.checkParams(method))
}

// checkParams says in which module a parameter is not finite.
func (s *Sequential[T]) checkParams(method string) error {
	for k, l := range s.linears {
		if l != nil && checkFinite(method, "", l.params) != nil {
			return checkFinite(method, fmt.Sprintf("module %d: parameter", k), l.params)
		}
	}
	return nil
}

// run applies the first modules to x and leaves the result in y. With eps, parameters are drawn.
func (s *Sequential[T]) run(y, x, eps, work []T, rows, modules int) {
	size := rows * s.width
	ping, pong, scratch := work[:size], work[size:2*size], work[2*size:3*size]
	theta, rest := room(work[3*size:], s.largest((*Linear[T]).NumMeanParams))
	now := x
	for k := range modules {
		l := s.linears[k]
		if l == nil {
			apply(s.modules[k].(Activation), now, scratch)
			continue
		}
		next := ping[:rows*l.out]
		params, c := l.use(theta, eps, rest)
		_, eps = cut(eps, l.NumNormals())
		l.forward(next, now, params, rows, c)
		now, ping, pong = next, pong, ping
	}
	copy(y, now)
}

// MeanProbabilities writes the class probabilities averaged over draws to p (rows×classes) for logits of
// samples×rows×classes: softmax, or for one class σ. Afterwards logits holds the probabilities of each draw.
//
// Errors: classes below 1, a p that is empty or not a multiple of classes long, logits that are empty or not a multiple
// of p long; nothing is written then. NaN in logits propagates.
func MeanProbabilities[T Float](p, logits []T, classes int) error {
	if classes < 1 || len(p)%classes != 0 {
		return fmt.Errorf("bnn: MeanProbabilities: p has length %d, want a multiple of classes = %d", len(p), classes)
	}
	if len(p) == 0 || len(logits) == 0 || len(logits)%len(p) != 0 {
		return fmt.Errorf("bnn: MeanProbabilities: logits has length %d, want a multiple of the %d of p", len(logits), len(p))
	}
	if classes == 1 {
		kernels.SigmoidTo(logits, logits)
	} else {
		kernels.SoftmaxRowsTo(logits, logits, classes)
	}
	samples := float64(len(logits) / len(p))
	for i := range p {
		sum := 0.0
		for k := i; k < len(logits); k += len(p) {
			sum += float64(logits[k])
		}
		p[i] = T(sum / samples)
	}
	return nil
}
