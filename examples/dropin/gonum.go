package main

import (
	"slices"

	"github.com/simmer-go/simmer/examples/internal/digits"
	"github.com/simmer-go/simmer/kernels"
	"gonum.org/v1/gonum/floats"
)

// floatsTolerance is for sums of 64 float64, and for their logarithms.
const floatsTolerance = 1e-12

// floatsTrials are consumers of gonum/floats.
func floatsTrials(path string) ([]trial, error) {
	images, labels, err := digits.Read(path)
	if err != nil {
		return nil, err
	}
	const training, queries = 1200, 64
	train := newImages(images[:training*digits.Pixels], labels[:training])
	test := newImages(images[training*digits.Pixels:], labels[training:])
	means := train.means()
	variance := train.variance(means)
	return append(regressionTrials(newRegression(means, variance), test),
		densityTrial(train, test.rows[:queries], variance)), nil
}

// regression is a softmax regression: the logits of x are w·x + b.
type regression struct {
	w [][]float64
	b []float64
}

// newRegression is the discriminant of classes that are Gaussian around their means with one variance:
// logit_c = x·μ_c/σ² − |μ_c|²/2σ².
func newRegression(means [][]float64, variance float64) regression {
	r := regression{b: make([]float64, len(means))}
	for c, mean := range means {
		r.w = append(r.w, floats.ScaleTo(make([]float64, len(mean)), 1/variance, mean))
		r.b[c] = -floats.Dot(mean, r.w[c]) / 2
	}
	return r
}

// regressionTrials are the negative log-likelihoods of images, −log softmax(logits)_label.
func regressionTrials(r regression, x images) []trial {
	n := len(x.rows)
	z := make([]float64, n*digits.Classes)

	gonum := func(dst []float64) {
		z := z[:digits.Classes]
		for i, row := range x.rows {
			for c, w := range r.w {
				z[c] = floats.Dot(row, w) + r.b[c]
			}
			dst[i] = floats.LogSumExp(z) - z[x.labels[i]]
		}
	}
	lineByLine := func(dst []float64) {
		z := z[:digits.Classes]
		for i, row := range x.rows {
			for c, w := range r.w {
				z[c] = kernels.Dot(row, w) + r.b[c]
			}
			dst[i] = kernels.LogSumExp(z) - z[x.labels[i]]
		}
	}
	packed := kernels.Pack(slices.Concat(r.w...), digits.Classes, digits.Pixels, digits.Pixels)
	inputs := slices.Concat(x.rows...)
	wholeBatch := func(dst []float64) {
		kernels.AffineTo(z, inputs, packed, r.b)
		kernels.CrossEntropyRowsTo(dst, z, digits.Classes, x.labels)
	}
	return []trial{
		newTrial("softmax regression, line by line", n, n, floatsTolerance, gonum, lineByLine),
		newTrial("softmax regression, the whole batch", n, n, floatsTolerance, gonum, wholeBatch),
	}
}

// densityTrial is a kernel density estimate: log Σ exp(−|x−t|²/2σ²) over the training rows t, up to a constant.
// floats.Distance keeps the squares in range, which takes most of its time; those of SquaredError overflow where numbers
// differ by more than 1e154.
func densityTrial(train images, queries [][]float64, variance float64) trial {
	e := make([]float64, len(train.rows))
	c := -0.5 / variance
	gonum := func(dst []float64) {
		for i, x := range queries {
			for j, t := range train.rows {
				d := floats.Distance(x, t, 2)
				e[j] = c * d * d
			}
			dst[i] = floats.LogSumExp(e)
		}
	}
	lineByLine := func(dst []float64) {
		for i, x := range queries {
			for j, t := range train.rows {
				e[j] = c * kernels.SquaredError(x, t)
			}
			dst[i] = kernels.LogSumExp(e)
		}
	}
	n := len(queries)
	return newTrial("kernel density, line by line", n, n, floatsTolerance, gonum, lineByLine)
}
