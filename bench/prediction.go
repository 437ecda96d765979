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

// predictImages are whole predictions, from an image through a hidden layer to mean and variance of each digit's logit,
// by a model that was trained in Python.
func predictImages[T kernels.Float](d *digits[T]) []float64 {
	model, err := bnn.NewMLP[T]([]int{pixels, 32, classes}, bnn.ReLU, nil, bnn.LowRank{Rank: 5})
	if err == nil {
		err = model.ReadWeights(bytes.NewReader(digitsModel))
	}
	if err != nil {
		panic(err) // the file is our own
	}
	n := len(d.labels)
	mean, variance := make([]T, n*classes), make([]T, n*classes)
	if err := model.Eval().Predict(mean, variance, d.images, make([]T, model.WorkLen(n))); err != nil {
		panic(err)
	}
	return appendFloats(appendFloats(nil, mean), variance)
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
