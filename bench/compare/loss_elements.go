package main

import (
	"fmt"

	"github.com/simmer-go/simmer/kernels"
	"github.com/simmer-go/simmer/loss"
)

// mask leaves out each seventh of n targets.
func mask(n int) []bool {
	m := make([]bool, n)
	for i := range m {
		m[i] = i%7 != 0
	}
	return m
}

// elementCases are the losses of numbers, logits and probabilities.
func elementCases[T kernels.Float](d *lossData[T], typeName string) []torchCase {
	of := fmt.Sprintf("-%s-%d", typeName, len(d.x))
	p := &lossData[T]{x: make([]T, len(d.x)), grad: d.grad, prob: d.prob, weight: d.weight} // probabilities
	for i := range p.x {
		p.x[i] = (T(i*7919%2003) + 0.5) / 2003.5
	}
	var list []torchCase
	for _, options := range [][]optionCase[T]{logitOptions(d), probabilityOptions(p), numberOptions(d), gaussianOptions(d)} {
		list = append(list, cases(options, of, len(d.x))...)
	}
	return list
}

func logitOptions[T kernels.Float](d *lossData[T]) []optionCase[T] {
	type logits = loss.BCEWithLogits[T]
	focal := func(gamma float64) loss.FocalBinary[T] { return loss.FocalBinary[T]{Gamma: gamma} }
	return []optionCase[T]{
		option("logits", "", logits{}, d, d.prob),
		option("logits_weight", "logits", logits{Weight: d.prob}, d, d.prob),
		option("logits_feature", "logits", logits{FeatureWeight: d.weight}, d, d.prob),
		option("logits_pos", "logits", logits{PosWeight: d.weight}, d, d.prob),
		option("logits_both", "logits", logits{Weight: d.prob, PosWeight: d.weight}, d, d.prob),
		option("logits_masked", "logits", logits{Mask: mask(len(d.x))}, d, d.prob),
		option("binary_1", "logits", focal(1), d, d.prob),
		option("binary_2", "logits", focal(2), d, d.prob),
		option("binary_2.5", "logits", focal(2.5), d, d.prob),
	}
}

func probabilityOptions[T kernels.Float](d *lossData[T]) []optionCase[T] {
	type bce = loss.BCE[T]
	return []optionCase[T]{
		option("bce", "", bce{}, d, d.prob),
		option("bce_weight", "bce", bce{Weight: d.prob}, d, d.prob),
		option("bce_feature", "bce", bce{FeatureWeight: d.weight}, d, d.prob),
		option("bce_masked", "bce", bce{Mask: mask(len(d.x))}, d, d.prob),
	}
}

func numberOptions[T kernels.Float](d *lossData[T]) []optionCase[T] {
	half := 0.5
	return []optionCase[T]{
		option("squared", "", loss.MSE[T]{}, d, d.prob),
		option("squared_masked", "squared", loss.MSE[T]{Mask: mask(len(d.x))}, d, d.prob),
		option("absolute", "", loss.L1[T]{}, d, d.prob),
		option("huber", "squared", loss.Huber[T]{Delta: half}, d, d.prob),
		option("smooth", "squared", loss.SmoothL1[T]{Beta: &half}, d, d.prob),
	}
}

// gaussianOptions are the losses of a mean and a variance. What a layer computes does not count.
func gaussianOptions[T kernels.Float](d *lossData[T]) []optionCase[T] {
	l := newFixedLayer(d.x, d.weight)
	nll := loss.GaussianNLL[T]{}
	squared, logits := loss.MSEVR[T]{Layer: l}, loss.BCEWithLogitsVR[T]{Layer: l}
	work := make([]T, logits.WorkLen(l.rows()))
	phi := make([]T, l.rows())
	dVariance := make([]T, len(d.x))
	return []optionCase[T]{
		{
			"gaussian", "", func() (float64, error) { return nll.Value(d.x, l.variance, d.prob) },
			func() (float64, error) { return nll.ValueGrad(d.grad, dVariance, d.x, l.variance, d.prob) },
		},
		{
			"squared_vr", "squared", func() (float64, error) { return squared.Value(phi, d.prob, work) },
			func() (float64, error) { return squared.ValueGrad(nil, nil, phi, d.prob, work) },
		},
		{
			"logits_vr", "logits", func() (float64, error) { return logits.Value(phi, d.prob, work) },
			func() (float64, error) { return logits.ValueGrad(nil, nil, phi, d.prob, work) },
		},
	}
}

// classVR is the variance-reduced cross-entropy.
func classVR[T kernels.Float](d *lossData[T]) optionCase[T] {
	l := newFixedLayer(d.x, d.weight)
	ce := loss.CrossEntropyVR[T]{Layer: l}
	work := make([]T, ce.WorkLen(l.rows()))
	phi := make([]T, l.rows())
	return optionCase[T]{
		"vr", "plain", func() (float64, error) { return ce.Value(phi, d.y, work) },
		func() (float64, error) { return ce.ValueGrad(nil, nil, phi, d.y, work) },
	}
}

// fixedLayer has a mean and a variance that it does not compute: it copies them.
type fixedLayer[T kernels.Float] struct {
	mean, variance []T
	out            int
}

func newFixedLayer[T kernels.Float](mean, variances []T) *fixedLayer[T] {
	l := &fixedLayer[T]{mean, make([]T, len(mean)), len(variances)}
	for i := range l.variance {
		l.variance[i] = variances[i%len(variances)]
	}
	return l
}

func (l *fixedLayer[T]) rows() int       { return len(l.mean) / l.out }
func (l *fixedLayer[T]) In() int         { return 1 }
func (l *fixedLayer[T]) Out() int        { return l.out }
func (l *fixedLayer[T]) NumParams() int  { return 0 }
func (l *fixedLayer[T]) WorkLen(int) int { return 0 }

func (l *fixedLayer[T]) Predict(mean, variance, phi, work []T) error {
	copy(mean, l.mean)
	copy(variance, l.variance)
	return nil
}

func (l *fixedLayer[T]) PredictGrad(dPhi, dParams, phi, dMean, dVariance, work []T) error { return nil }
