package main

import (
	"fmt"
	"math"
	"slices"

	"github.com/simmer-go/simmer/kernels"
)

// lengths are those of the logits of classifiers: of relevance, 1, of sentiment, 2, of entailment, 3, of emotions, 6 and
// 28, of the objects of COCO, 91, and of ImageNet, 1000; 384 is between the last two.
var lengths = []int{1, 2, 3, 6, 28, 91, 384, 1000}

// Of results up to 1: the errors that kernels states, 4 and 0.97 ULP, and half a one of the loop.
const (
	softmaxTolerance = 4.5 * 0x1p-24
	sigmoidTolerance = 1.5 * 0x1p-24
)

// loopTrials are the last step of an inference server written in plain Go: the scores of the logits of one row.
func loopTrials() []trial {
	var trials []trial
	for _, n := range lengths {
		x := logits(n)
		trials = append(trials, newTrial(fmt.Sprintf("softmax of %d", n), 1, n, softmaxTolerance,
			func(dst []float32) { softmax(dst, x) },
			func(dst []float32) { kernels.SoftmaxRowsTo(dst, x, len(x)) }))
	}
	for _, n := range lengths {
		x := logits(n)
		trials = append(trials, newTrial(fmt.Sprintf("sigmoid of %d", n), 1, n, sigmoidTolerance,
			func(dst []float32) { sigmoid(dst, x) },
			func(dst []float32) { kernels.SigmoidTo(dst, x) }))
	}
	return trials
}

// logits returns n numbers between −5 and 5.
func logits(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(37*(i+1)%101-50) / 10
	}
	return x
}

func softmax(dst, x []float32) {
	largest := slices.Max(x)
	sum := 0.0
	for i, v := range x {
		e := math.Exp(float64(v - largest))
		dst[i] = float32(e)
		sum += e
	}
	for i := range dst {
		dst[i] = float32(float64(dst[i]) / sum)
	}
}

func sigmoid(dst, x []float32) {
	for i, v := range x {
		dst[i] = float32(1 / (1 + math.Exp(-float64(v))))
	}
}
