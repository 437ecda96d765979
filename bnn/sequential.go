package bnn

import (
	"errors"
	"fmt"
	"slices"
)

// Module is a part of a [Sequential]: a [LinearConfig] or an [Activation].
type Module interface{ module() }

func (LinearConfig) module() {}
func (Activation) module()   {}

// Sequential is a chain of linear layers and activations that ends in a linear layer. It implements loss.GaussianModel.
//
// Like [Linear] it is made in training mode; Eval gives the view for serving, in which the temperature of the output
// layer counts. A [Predictor] of that view serves faster. A model may be used from many goroutines, each with its own
// work, while nobody changes its parameters.
//
// Models come from [NewSequential] or [NewMLP]: the zero value is no model, and most of its methods panic.
type Sequential[T Float] struct {
	modules []Module
	linears []*Linear[T] // by module; nil for activations
	last    *Linear[T]
	params  []T // of all layers
	width   int // of the widest layer
	workers int
}

// NewSequential returns a model of the given modules in training mode; for the usual ones there is [NewMLP]. The first
// and the last must be linear layers, and each layer takes as many inputs as the layer before has outputs; any number
// of activations may stand between two layers. All parameters are 0: load them, or initialise them randomly before
// training, as by [Sequential.KaimingNormal], since units that begin equal stay equal.
//
// Errors: modules that do not follow these rules, what [NewLinear] refuses, and more parameters of all layers together
// than NewLinear allows for one; nothing has been allocated for parameters then.
func NewSequential[T Float](modules ...Module) (*Sequential[T], error) {
	s, err := newSequential[T](slices.Clone(modules))
	if err != nil {
		return nil, fmt.Errorf("bnn: NewSequential: %w", err)
	}
	return s, nil
}

// newSequential returns a model that keeps modules.
func newSequential[T Float](modules []Module) (*Sequential[T], error) {
	s, err := assemble[T](modules)
	if err == nil {
		s.allocate()
	}
	return s, err
}

// assemble returns a model without its parameters.
func assemble[T Float](modules []Module) (*Sequential[T], error) {
	s := &Sequential[T]{modules: modules}
	total := 0
	for i, m := range modules {
		n, err := s.add(m)
		if err == nil && n > maxParams-total {
			err = fmt.Errorf("In is %d and Out is %d: more than %d parameters with the modules before", s.last.in,
				s.last.out, maxParams)
		}
		if err != nil {
			return nil, fmt.Errorf("module %d: %w", i, err)
		}
		total += n
	}
	if len(modules) == 0 || s.linears[len(modules)-1] == nil || s.linears[0] == nil {
		return nil, errors.New("the first and the last module must be linear layers")
	}
	return s, nil
}

// allocate gives the model its parameters, all 0, unless it has them.
func (s *Sequential[T]) allocate() {
	if s.params != nil {
		return
	}
	s.params = make([]T, s.total(func(l *Linear[T]) int { return l.numParams(l.cfg.Covariance) }))
	rest := s.params
	for _, l := range s.linears {
		if l != nil {
			n := l.numParams(l.cfg.Covariance)
			l.params, rest = rest[:n:n], rest[n:]
		}
	}
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
		s.last, s.width = l, max(s.width, l.in, l.out)
	case Activation:
		if err := m.check(); err != nil {
			return 0, err
		}
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

// Linear returns module k if it is a linear layer, else nil. It panics if k is negative or not below Len. The layer
// shares its parameters with s and has the mode of s, as that of Output.
func (s *Sequential[T]) Linear(k int) *Linear[T] { return s.linears[k] }

// Output returns the last layer. It shares its parameters with s and has the mode of s: m.Eval().Output() divides its
// mean by the temperature, and m.Output() of a model in training mode does not. It is what the variance-reduced losses
// take, so give them the layer of the mode that is meant.
func (s *Sequential[T]) Output() *Linear[T] { return s.last }

// Eval returns the model in serving mode. It shares its parameters with s.
func (s *Sequential[T]) Eval() *Sequential[T] { return s.mode((*Linear[T]).Eval) }

// Train returns the model in training mode. It shares its parameters with s.
func (s *Sequential[T]) Train() *Sequential[T] { return s.mode((*Linear[T]).Train) }

// Workers returns the model with n goroutines for each call of a method that goes through rows. With an n of 1 or less,
// as in a new model, a call uses the caller's goroutine alone. It shares its parameters with s, and its results are the
// same to the bit. Each goroutine needs work of its own, so ask the returned model for WorkLen and GradWorkLen. A call
// with several parts allocates, and starts goroutines.
func (s *Sequential[T]) Workers(n int) *Sequential[T] {
	c := s.mode(func(l *Linear[T]) *Linear[T] { return l.Workers(n) })
	c.workers = n
	return c
}

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

// largest is the maximum of f over the linear layers.
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

// Params returns the parameters themselves, not a copy, as one vector for an optimiser: those of [Linear.Params] for
// each linear layer in turn, which are parts of it. All gradients with respect to the parameters have this order.
func (s *Sequential[T]) Params() []T { return s.params }

// NumNormals is how many standard normals one draw of all layers takes.
func (s *Sequential[T]) NumNormals() int { return s.total((*Linear[T]).NumNormals) }
