package main

import (
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// source is what the inputs of all kernels are made of.
type source[T kernels.Float] struct {
	logits        []T // how many standard deviations a pixel is from the mean of its class
	probabilities []T // pixels, 0 to 1
	scales        []T // standard deviations of the pixel in its class, at least sigmaFloor
	classes       []int
}

func (d *digits[T]) source() *source[T] {
	s := &source[T]{probabilities: d.images, classes: d.labels}
	for i, v := range d.images {
		c := d.labels[i/pixels]*pixels + i%pixels
		s.logits = append(s.logits, (v-d.mu[c])/d.sigma[c])
		s.scales = append(s.scales, d.sigma[c])
	}
	return s
}

// inked is where the first images have ink: of 0, which the edges are, package math knows the logarithm and the like at
// once.
const inked = 10

// args makes the arguments of a call of that shape. Operand number i begins within image i, and the images are repeated as
// often as it needs. Of fewer columns than classes each stands for several.
func (s *source[T]) args(k catalog.Kernel[T], shape catalog.Shape) catalog.Args[T] {
	a := k.NewArgs(shape)
	for i, x := range a.In {
		fill(x, s.of(k.Inputs[i].Domain), i*pixels+inked)
	}
	if k.Masks {
		for i := range a.Keep {
			a.Keep[i] = s.probabilities[i%len(s.probabilities)] > 0 // no image is blank
		}
	}
	if k.Classes {
		fill(a.Target, s.classes, 0)
		for r, y := range a.Target {
			a.Target[r] = y % a.Cols
		}
	}
	return a
}

func (s *source[T]) of(d catalog.Domain) []T {
	switch d {
	case catalog.Probability:
		return s.probabilities
	case catalog.Positive, catalog.Scale:
		return s.scales
	}
	return s.logits
}

// fill copies x from position first on, over and over.
func fill[E any](dst, x []E, first int) {
	for at := first % len(x); len(dst) > 0; at = 0 {
		dst = dst[copy(dst, x[at:]):]
	}
}
