package main

import (
	"fmt"
	"math"

	"github.com/simmer-go/simmer/kernels"
)

// job is a use of one kernel, or of a network made of some, on the digits. All its results, whatever they mean, come as one list.
type job[T kernels.Float] struct {
	kernel string
	run    func(d *digits[T]) []float64
	say    func(d *digits[T], results []float64) string
}

func jobs[T kernels.Float]() []job[T] {
	return []job[T]{
		{"SoftplusTo", softplusPixels[T], saySoftplus[T]},
		{"LogSumExp", logSumExpImages[T], sayLogSumExp[T]},
		{"SquaredError", squaredErrorPairs[T], sayNearest[T]},
		{"GaussianKL", klClasses[T], sayClosest[T]},
		{"AffineTo", predictImages[T], sayPredictions[T]},
	}
}

// softplusPixels is softplus of every pixel.
func softplusPixels[T kernels.Float](d *digits[T]) []float64 {
	return appendFloats(nil, kernels.SoftplusTo(make([]T, len(d.images)), d.images))
}

func saySoftplus[T kernels.Float](_ *digits[T], results []float64) string {
	return fmt.Sprintf("softplus of %d pixels, %.6f on average", len(results), kernels.Sum(results)/float64(len(results)))
}

// logSumExpImages is logsumexp of every image.
func logSumExpImages[T kernels.Float](d *digits[T]) []float64 {
	var all []float64
	for i := range d.labels {
		all = append(all, kernels.LogSumExp(d.image(i)))
	}
	return all
}

func sayLogSumExp[T kernels.Float](_ *digits[T], results []float64) string {
	return fmt.Sprintf("logsumexp of %d images, %.6f on average", len(results), kernels.Sum(results)/float64(len(results)))
}

// squaredErrorPairs is the squared error between image i and each before it, for every i.
func squaredErrorPairs[T kernels.Float](d *digits[T]) []float64 {
	all := make([]float64, 0, len(d.labels)*(len(d.labels)-1)/2)
	for i := range d.labels {
		for j := range i {
			all = append(all, kernels.SquaredError(d.image(i), d.image(j)))
		}
	}
	return all
}

// sayNearest classifies each image by the nearest of the others.
func sayNearest[T kernels.Float](d *digits[T], results []float64) string {
	n := len(d.labels)
	nearest, at := make([]float64, n), make([]int, n)
	for i := range nearest {
		nearest[i] = math.Inf(1)
	}
	for i, k := 0, 0; i < n; i++ {
		for j := range i {
			if e := results[k]; e < nearest[i] {
				nearest[i], at[i] = e, j
			}
			if e := results[k]; e < nearest[j] {
				nearest[j], at[j] = e, i
			}
			k++
		}
	}
	right := 0
	for i, j := range at {
		if d.labels[i] == d.labels[j] {
			right++
		}
	}
	return fmt.Sprintf("squared error of %d pairs of images: for %d of %d the nearest other image shows the same digit", len(results), right, n)
}

// klClasses is KL(P‖Q) for every two classes, and its terms.
func klClasses[T kernels.Float](d *digits[T]) []float64 {
	var all []float64
	terms := make([]T, pixels)
	for p := range classes {
		for q := range classes {
			muP, sigmaP := d.class(p)
			muQ, sigmaQ := d.class(q)
			all = append(all, kernels.GaussianKL(muP, sigmaP, muQ, sigmaQ, varianceEps))
			all = appendFloats(all, kernels.GaussianKLTo(terms, muP, sigmaP, muQ, sigmaQ, varianceEps))
		}
	}
	return all
}

// varianceEps is what inferno adds to variances.
const varianceEps = 1e-6

func sayClosest[T kernels.Float](_ *digits[T], results []float64) string {
	least, p, q := math.Inf(1), 0, 0
	for i := range classes * classes {
		if kl := results[i*(1+pixels)]; i/classes != i%classes && kl < least {
			least, p, q = kl, i/classes, i%classes
		}
	}
	return fmt.Sprintf("Gaussian KL of %d pairs of digits: closest are %d and %d, %.1f nats", classes*classes, p, q, least)
}
