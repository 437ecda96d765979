package main

import (
	"math"

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

// evaluate predicts the digits twice, as the model would serve them now: with the mean weights, and with probabilities
// averaged over drawn weights.
func evaluate(model *bnn.Sequential[float32], d dataset, key bnn.Key) (r result, err error) {
	p, err := bnn.NewPredictor(model.Eval())
	if err != nil {
		return r, err
	}
	probabilities, err := meanProbabilities(p, d)
	if err != nil {
		return r, err
	}
	if r.mean, err = judge(probabilities, d.labels); err != nil {
		return r, err
	}
	if probabilities, r.sd, err = averagedProbabilities(p, d, key); err != nil {
		return r, err
	}
	r.averaged, err = judge(probabilities, d.labels)
	return r, err
}

// meanLogits are the logits of the network with its mean weights.
func meanLogits(model *bnn.Sequential[float32], d dataset) ([]float32, error) {
	logits := make([]float32, d.len()*classes)
	return logits, model.Forward(logits, d.images, make([]float32, model.WorkLen(d.len())))
}

func meanProbabilities(p *bnn.Predictor[float32], d dataset) ([]float32, error) {
	logits := make([]float32, d.len()*classes)
	err := p.Forward(logits, d.images)
	return kernels.SoftmaxRowsTo(logits, logits, classes), err
}

// averagedProbabilities returns mean and standard deviation of the probabilities over the draws. For the mean alone there
// is ProbabilitiesFromDraws.
func averagedProbabilities(p *bnn.Predictor[float32], d dataset, key bnn.Key) (mean, sd []float32, err error) {
	mean = make([]float32, d.len()*classes)
	drawn := make([]float32, draws*len(mean)) // logits, which MeanProbabilities turns into probabilities
	if err := p.Draws(drawn, d.images, key, 0); err != nil {
		return nil, nil, err
	}
	if err := bnn.MeanProbabilities(mean, drawn, classes); err != nil {
		return nil, nil, err
	}
	sd = make([]float32, len(mean))
	for i, v := range drawn {
		deviation := v - mean[i%len(mean)]
		sd[i%len(mean)] += deviation * deviation
	}
	for i, sum := range sd {
		sd[i] = float32(math.Sqrt(float64(sum) / (draws - 1)))
	}
	return mean, sd, nil
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
