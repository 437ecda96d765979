package bnn

import (
	"fmt"
	"strings"
)

// String describes the layer, not its parameters: Linear[float32](32→10 output, low_rank(5)).
func (l *Linear[T]) String() string { return fmt.Sprintf("Linear[%T](%s)", T(0), l.cfg.describe()) }

// String describes the modules, not their parameters: Sequential[float32](64→32 input; ReLU; 32→10 output,
// low_rank(5)).
func (s *Sequential[T]) String() string {
	return fmt.Sprintf("Sequential[%T](%s)", T(0), describe(s.modules))
}

// String describes the modules of the model, as that of a [Sequential] does.
func (p *Predictor[T]) String() string {
	return fmt.Sprintf("Predictor[%T](%s)", T(0), describe(p.model.modules))
}

// String describes the members.
func (e *Ensemble[T]) String() string {
	names := make([]string, len(e.members))
	for i, m := range e.members {
		names[i] = m.String()
	}
	return fmt.Sprintf("Ensemble[%T](%s)", T(0), strings.Join(names, ", "))
}

func describe(modules []Module) string {
	names := make([]string, len(modules))
	for i, m := range modules {
		switch m := m.(type) {
		case LinearConfig:
			names[i] = m.describe()
		case Activation:
			names[i] = m.String()
		}
	}
	return strings.Join(names, "; ")
}

// describe leaves out what is the default: a bias, and no covariance.
func (c LinearConfig) describe() string {
	text := fmt.Sprintf("%d→%d %v", c.In, c.Out, c.Type)
	if c.NoBias {
		text += ", no bias"
	}
	if c.Covariance != nil {
		text += ", " + c.Covariance.String()
	}
	return text
}
