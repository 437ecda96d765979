package bnn

import "fmt"

// NewMLP returns the model of inferno.models.MLP, in training mode and with parameters that are all 0: linear layers
// through the given sizes, from the inputs to the outputs, and an activation between them. Without covariances all
// layers are deterministic; a single one is used for every layer, as cov=DiagonalCovariance() is in inferno; otherwise
// there must be one for each layer, nil for a deterministic one. The first layer is an [Input] layer, the last one the
// [Output] layer.
//
// Errors: fewer than two sizes, another number of covariances, and what NewSequential refuses.
func NewMLP[T Float](sizes []int, activation Activation, covariances ...Covariance) (*Sequential[T], error) {
	modules, err := mlp(sizes, activation, covariances)
	var s *Sequential[T]
	if err == nil {
		s, err = newSequential[T](modules)
	}
	if err != nil {
		return nil, fmt.Errorf("bnn: NewMLP: %w", err)
	}
	return s, nil
}

// mlp lists the modules.
func mlp(sizes []int, activation Activation, covariances []Covariance) (modules []Module, err error) {
	layers := len(sizes) - 1
	if layers < 1 {
		return nil, fmt.Errorf("sizes has length %d, want at least 2", len(sizes))
	}
	if n := len(covariances); n > 1 && n != layers {
		return nil, fmt.Errorf("%d covariances, want 0, 1 or the number of layers, %d", n, layers)
	}
	for i := range layers {
		l := LinearConfig{In: sizes[i], Out: sizes[i+1]}
		if n := len(covariances); n > 0 {
			l.Covariance = covariances[min(i, n-1)]
		}
		switch i {
		case layers - 1:
			l.Type = Output
		case 0:
			l.Type = Input
		}
		if i > 0 {
			modules = append(modules, activation)
		}
		modules = append(modules, l)
	}
	return modules, nil
}
