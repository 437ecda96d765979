package bnn

import (
	"fmt"
	"math"

	"github.com/simmer-go/simmer/kernels"
)

// Activation is a function that a [Sequential] applies to every element between its linear layers.
type Activation int

// The activations, as in torch.nn.
const (
	ReLU    Activation = iota // max(x, 0)
	Tanh                      // tanh x
	SiLU                      // x·σ(x)
	GELU                      // x·(1 + erf(x/√2))/2, the exact form
	Sigmoid                   // σ(x) = 1/(1+exp(−x))
)

// String is the name of the class in torch.nn.
func (a Activation) String() string {
	if a < ReLU || a > Sigmoid {
		return fmt.Sprintf("Activation(%d)", int(a))
	}
	return [...]string{"ReLU", "Tanh", "SiLU", "GELU", "Sigmoid"}[a]
}

func (a Activation) check() error {
	if a < ReLU || a > Sigmoid {
		return fmt.Errorf("%v is no activation", a)
	}
	return nil
}

// apply replaces x by a(x). NaN stays NaN; scratch is as long as x.
func apply[T Float](a Activation, x, scratch []T) {
	switch a {
	case ReLU:
		relu(x)
	case Tanh:
		for i, v := range x {
			x[i] = T(math.Tanh(float64(v)))
		}
	case SiLU:
		kernels.MulTo(x, x, kernels.SigmoidTo(scratch[:len(x)], x))
	case GELU:
		for i, v := range x {
			// erfc keeps the digits of the left tail.
			x[i] = T(float64(v) * 0.5 * math.Erfc(-float64(v)/math.Sqrt2))
		}
	case Sigmoid:
		kernels.SigmoidTo(x, x)
	}
}

// applyGrad multiplies d by the derivative of a at x, where y = a(x) and scratch is as long as x. ReLU has 0 at 0.
func applyGrad[T Float](a Activation, d, x, y, scratch []T) {
	switch a {
	case ReLU:
		reluGrad(d, y)
	case Tanh:
		for i, v := range y {
			d[i] *= (1 - v) * (1 + v)
		}
	case SiLU:
		for i, s := range kernels.SigmoidTo(scratch[:len(x)], x) {
			d[i] *= s * (1 + T(x[i]*(1-s)))
		}
	case GELU:
		for i, v := range x {
			z := float64(v)
			density := math.Exp(-z*z/2) / math.Sqrt(2*math.Pi)
			d[i] *= T(float64(0.5*math.Erfc(-z/math.Sqrt2)) + float64(z*density))
		}
	case Sigmoid:
		for i, s := range y {
			d[i] *= s * (1 - s)
		}
	}
}
