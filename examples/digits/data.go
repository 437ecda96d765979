package main

import (
	"math/rand/v2"

	"github.com/simmer-go/simmer/examples/internal/digits"
)

const (
	side    = digits.Side
	pixels  = digits.Pixels
	classes = digits.Classes
)

// dataset is handwritten digits, one image a row, and which digits they are.
type dataset struct {
	images []float32 // row-major, 0 (paper) to 1 (ink)
	labels []int
}

func (d dataset) len() int { return len(d.labels) }

func (d dataset) image(i int) []float32 { return d.images[i*pixels : (i+1)*pixels] }

// rows returns the rows from i up to, without, j.
func (d dataset) rows(i, j int) dataset {
	return dataset{d.images[i*pixels : j*pixels], d.labels[i:j]}
}

// shuffled returns a copy with the rows in random order.
func (d dataset) shuffled(rng *rand.Rand) dataset {
	var s dataset
	for _, i := range rng.Perm(d.len()) {
		s.images = append(s.images, d.image(i)...)
		s.labels = append(s.labels, d.labels[i])
	}
	return s
}

func readDigits(path string) (dataset, error) {
	images, labels, err := digits.Read(path)
	return dataset{images, labels}, err
}
