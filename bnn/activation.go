package bnn

import (
	"fmt"

	"github.com/simmer-go/simmer/kernels"
)

// Activation is a function that a [Sequential] applies to every element between its linear layers.
type Activation int

// The activations, as in torch.nn.
const (
	ReLU       Activation = iota // max(x, 0)
	Tanh                         // tanh x
	SiLU                         // x·σ(x)
	GELU                         // x·(1 + erf(x/√2))/2, the exact form
	Sigmoid                      // σ(x) = 1/(1+exp(−x))
	GELUTanh                     // GELU(approximate='tanh')
	Mish                         // x·tanh(log(1+exp(x)))
	LogSigmoid                   // log σ(x)
)

var activationNames = [...]string{"ReLU", "Tanh", "SiLU", "GELU", "Sigmoid", "GELUTanh", "Mish", "LogSigmoid"}

// String is the name of the class in torch.nn, or GELUTanh.
func (a Activation) String() string {
	if a.check() != nil {
		return fmt.Sprintf("Activation(%d)", int(a))
	}
	return activationNames[a]
}

func (a Activation) check() error {
	if a < 0 || int(a) >= len(activationNames) {
		return fmt.Errorf("Activation(%d) is no activation", int(a))
	}
	return nil
}

// apply replaces x by a(x). NaN stays NaN.
func apply[T Float](a Activation, x []T) {
	switch a {
	case ReLU:
		relu(x)
	case Tanh:
		kernels.TanhTo(x, x)
	case SiLU:
		kernels.SiLUTo(x, x)
	case GELU:
		kernels.GELUTo(x, x)
	case Sigmoid:
		kernels.SigmoidTo(x, x)
	case GELUTanh:
		kernels.GELUTanhTo(x, x)
	case Mish:
		kernels.MishTo(x, x)
	case LogSigmoid:
		kernels.LogSigmoidTo(x, x)
	}
}

// applyGrad multiplies d by the derivative of a at x, where y = a(x). ReLU has 0 at 0.
func applyGrad[T Float](a Activation, d, x, y []T) {
	switch a {
	case ReLU:
		reluGrad(d, y)
	case Tanh:
		kernels.TanhGradTo(d, x, d)
	case SiLU:
		kernels.SiLUGradTo(d, x, d)
	case GELU:
		kernels.GELUGradTo(d, x, d)
	case Sigmoid:
		for i, s := range y {
			d[i] *= s * (1 - s)
		}
	case GELUTanh:
		kernels.GELUTanhGradTo(d, x, d)
	case Mish:
		kernels.MishGradTo(d, x, d)
	case LogSigmoid:
		kernels.LogSigmoidGradTo(d, x, d)
	}
}
