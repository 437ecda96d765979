package main

import (
	"bytes"
	_ "embed"
	"fmt"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/kernels"
)

//go:embed testdata/digits_lowrank.safetensors
var digitsModel []byte

// The network that was trained in Python: an image, a hidden layer with ReLU, and the mean and variance of each digit's
// logit, which the weights' low-rank covariance gives.
const (
	hidden = 32
	rank   = 5
)

func readModel[T kernels.Float]() *bnn.Sequential[T] {
	model, err := bnn.NewMLP[T]([]int{pixels, hidden, classes}, bnn.ReLU, nil, bnn.LowRank{Rank: rank})
	if err == nil {
		err = model.ReadWeights(bytes.NewReader(digitsModel))
	}
	if err != nil {
		panic(err) // the file is our own
	}
	return model.Eval()
}

// prediction is a use of the network on all images.
type prediction[T kernels.Float] struct {
	images, mean, variance []T
	predict                func(mean, variance, images []T) error
}

func (p *prediction[T]) repeat(reps int) {
	for range reps {
		if err := p.predict(p.mean, p.variance, p.images); err != nil {
			panic(err)
		}
	}
}

// newPrediction predicts as a server does.
func newPrediction[T kernels.Float](d *digits[T]) *prediction[T] {
	serving, err := bnn.NewPredictor(readModel[T]())
	if err != nil {
		panic(err)
	}
	n := len(d.labels) * classes
	return &prediction[T]{d.images, make([]T, n), make([]T, n), serving.Predict}
}

// predictImages are whole predictions.
func predictImages[T kernels.Float](d *digits[T]) []float64 {
	p := newPrediction(d)
	p.repeat(1)
	return appendFloats(appendFloats(nil, p.mean), p.variance)
}

// sayPredictions tells how many means are largest for the digit that the image shows.
func sayPredictions[T kernels.Float](d *digits[T], results []float64) string {
	right := 0
	for i, label := range d.labels {
		best := 0
		for c, v := range results[i*classes : (i+1)*classes] {
			if v > results[i*classes+best] {
				best = c
			}
		}
		if best == label {
			right++
		}
	}
	return fmt.Sprintf("mean and variance of %d images by a network trained in Python: %d digits are recognised", len(d.labels), right)
}
