package main

import (
	"math"
	"math/rand/v2"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/kernels"
	"github.com/simmer-go/simmer/loss"
)

// draws is how many sets of weights the averaged probabilities are averaged over.
const draws = 200

// bins is the number of bins for the probability of the predicted class: narrower ones would have few rows.
const bins = 5

// result is what a model says about a dataset.
type result struct {
	mean     prediction // of the mean weights
	averaged prediction // probabilities averaged over draws
	sd       []float32  // standard deviations over the draws of the probabilities that are averaged
}

// prediction is class probabilities and how good they are.
type prediction struct {
	p             []float32 // rows×classes
	accuracy, nll float64
	bins          []loss.ReliabilityBin
}

// evaluate predicts the digits twice: with the mean weights, and with probabilities averaged over drawn weights.
func evaluate(model *bnn.Sequential[float32], d dataset, rng *rand.Rand) (r result, err error) {
	p, err := meanProbabilities(model, d)
	if err != nil {
		return r, err
	}
	if r.mean, err = judge(p, d.labels); err != nil {
		return r, err
	}
	if p, r.sd, err = averagedProbabilities(model, d, rng); err != nil {
		return r, err
	}
	r.averaged, err = judge(p, d.labels)
	return r, err
}

// meanLogits are the logits of the network with its mean weights.
func meanLogits(model *bnn.Sequential[float32], d dataset) ([]float32, error) {
	logits := make([]float32, d.len()*classes)
	return logits, model.Forward(logits, d.images, make([]float32, model.WorkLen(d.len())))
}

func meanProbabilities(model *bnn.Sequential[float32], d dataset) ([]float32, error) {
	logits, err := meanLogits(model, d)
	return kernels.SoftmaxRowsTo(logits, logits, classes), err
}

// averagedProbabilities returns mean and standard deviation of the probabilities over the draws.
func averagedProbabilities(model *bnn.Sequential[float32], d dataset, rng *rand.Rand) (p, sd []float32, err error) {
	p = make([]float32, d.len()*classes)
	drawn := make([]float32, draws*len(p)) // logits, which MeanProbabilities turns into probabilities
	normals := make([]float32, model.NumNormals())
	work := make([]float32, model.WorkLen(d.len()))
	if err := model.ForwardSamples(drawn, d.images, rng, normals, work); err != nil {
		return nil, nil, err
	}
	if err := bnn.MeanProbabilities(p, drawn, classes); err != nil {
		return nil, nil, err
	}
	sd = make([]float32, len(p))
	for i, v := range drawn {
		deviation := v - p[i%len(p)]
		sd[i%len(p)] += deviation * deviation
	}
	for i, sum := range sd {
		sd[i] = float32(math.Sqrt(float64(sum) / (draws - 1)))
	}
	return p, sd, nil
}

// judge compares probabilities with the labels.
func judge(p []float32, labels []int) (prediction, error) {
	judged := prediction{p: p, bins: make([]loss.ReliabilityBin, bins)}
	var err error
	if judged.accuracy, err = (loss.Accuracy[float32]{Classes: classes}).Value(p, labels); err != nil {
		return judged, err
	}
	if judged.nll, err = (loss.LogLoss[float32]{Classes: classes}).Value(p, labels); err != nil {
		return judged, err
	}
	return judged, loss.Reliability[float32]{Classes: classes}.BinsTo(judged.bins, p, labels)
}

// mostProbable returns the most probable class of row i, and its probability.
func mostProbable(p []float32, i int) (class int, probability float64) {
	row := p[i*classes : (i+1)*classes]
	for c := range row {
		if row[c] > row[class] {
			class = c
		}
	}
	return class, float64(row[class])
}
