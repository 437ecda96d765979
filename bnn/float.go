package bnn

import "github.com/simmer-go/simmer/kernels"

// Float is the element type of parameters and inputs: float32 or float64.
type Float = kernels.Float
