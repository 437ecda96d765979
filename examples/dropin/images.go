package main

import (
	"slices"

	"github.com/simmer-go/simmer/examples/internal/digits"
	"gonum.org/v1/gonum/floats"
)

// images is handwritten digits as consumers of gonum/floats have them: a slice for each row.
type images struct {
	rows   [][]float64
	labels []int
}

func newImages(pixels []float32, labels []int) images {
	x := images{labels: labels}
	for image := range slices.Chunk(pixels, digits.Pixels) {
		row := make([]float64, digits.Pixels)
		for i, v := range image {
			row[i] = float64(v)
		}
		x.rows = append(x.rows, row)
	}
	return x
}

// means is the mean image of each class.
func (x images) means() [][]float64 {
	means, counts := make([][]float64, digits.Classes), make([]float64, digits.Classes)
	for c := range means {
		means[c] = make([]float64, digits.Pixels)
	}
	for i, row := range x.rows {
		floats.Add(means[x.labels[i]], row)
		counts[x.labels[i]]++
	}
	for c, n := range counts {
		floats.Scale(1/n, means[c])
	}
	return means
}

// variance is the mean square by which a pixel differs from the mean image of its class.
func (x images) variance(means [][]float64) float64 {
	sum := 0.0
	for i, row := range x.rows {
		d := floats.Distance(row, means[x.labels[i]], 2)
		sum += d * d
	}
	return sum / float64(len(x.rows)*digits.Pixels)
}
