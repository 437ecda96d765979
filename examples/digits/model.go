package main

import "github.com/simmer-go/simmer/bnn"

const hidden = 32 // units between the pixels and the classes

// newModel returns a network whose output layer is Gaussian, with parameters that are all 0.
//
// The covariance is diagonal: the divergence keeps every single weight as uncertain as the prior unless the digits say
// otherwise. Of a low-rank one it only asks that its few columns are as long as the prior is wide, and training finds
// directions for them that change no prediction.
func newModel() (*bnn.Sequential[float32], error) {
	return bnn.NewMLP[float32]([]int{pixels, hidden, classes}, bnn.ReLU, nil, bnn.Diagonal{})
}

// The streams of random numbers that a seed has.
const (
	startStream = iota
	drawStream
)

// initialise draws the mean weights as He et al. (2015) do for ReLU, and makes the standard deviations small.
func initialise(model *bnn.Sequential[float32], seed uint64) {
	model.KaimingNormal(bnn.Key{Seed: seed, Stream: startStream})
	scales := model.Output().Params()[model.Output().NumMeanParams():]
	for i := range scales {
		scales[i] = 0.05
	}
}
