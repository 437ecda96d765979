package bnn

import "github.com/simmer-go/simmer/kernels"

// Float is the element type of parameters and inputs: float32 or float64.
type Float = kernels.Float

// Key names the random numbers of draws and of initial parameters; see package kernels.
type Key = kernels.Key
