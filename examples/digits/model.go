package main

import (
	"math"
	"math/rand/v2"

	"github.com/simmer-go/simmer/bnn"
)

const hidden = 32 // units between the pixels and the classes

// newModel returns a network whose output layer is Gaussian, with parameters that are all 0.
//
// The covariance is diagonal: the divergence keeps every single weight as uncertain as the prior unless the digits say
// otherwise. Of a low-rank one it only asks that its few columns are as long as the prior is wide, and training finds
// directions for them that change no prediction.
func newModel() (*bnn.Sequential[float32], error) {
	return bnn.NewMLP[float32]([]int{pixels, hidden, classes}, bnn.ReLU, nil, bnn.Diagonal{})
}

// initialise draws the mean weights as He et al. (2015) do for ReLU, and makes the standard deviations small; the mean
// biases stay 0.
func initialise(model *bnn.Sequential[float32], rng *rand.Rand) {
	for k := range model.Len() {
		layer := model.Linear(k)
		if layer == nil {
			continue // an activation
		}
		weights := layer.Params()[layer.Out():layer.NumMeanParams()]
		for i := range weights {
			weights[i] = float32(math.Sqrt(2/float64(layer.In())) * rng.NormFloat64())
		}
		scales := layer.Params()[layer.NumMeanParams():]
		for i := range scales {
			scales[i] = 0.05
		}
	}
}
