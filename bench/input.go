package main

import (
	"github.com/simmer-go/simmer/internal/isa"
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

// args makes the arguments of a call with n elements, in rows of cols if k works on rows. Operand number i begins
// with image i, and the images are repeated as often as n needs.
func (s *source[T]) args(k catalog.Kernel[T], n, cols int) catalog.Args[T] {
	a := catalog.Args[T]{Scalars: k.UsualScalars(), Cols: cols}
	for _, o := range k.Outputs {
		a.Out = append(a.Out, make([]T, o.Elements(n, cols)))
	}
	for i, o := range k.Inputs {
		a.In = append(a.In, repeat(s.of(o.Domain), o.Elements(n, cols), i*pixels))
	}
	if k.Classes {
		a.Target = repeat(s.classes, n/cols, 0)
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

// repeat returns n elements of x from position first on, over and over.
func repeat[E any](x []E, n, first int) []E {
	all := make([]E, 0, n)
	for at := first % len(x); len(all) < n; at = 0 {
		all = append(all, x[at:min(len(x), at+n-len(all))]...)
	}
	return all
}

// results are all results of a call of k by implementation i: what it returns, and then what it writes.
func results[T kernels.Float](i isa.ISA, k catalog.Kernel[T], a catalog.Args[T]) []float64 {
	defer isa.Use(i)()
	for _, out := range a.Out {
		clear(out)
	}
	all := []float64{k.Call(a)}
	for _, out := range a.Out {
		all = widen(all, out)
	}
	return all
}

// widen appends x to dst; different values stay different.
func widen[T kernels.Float](dst []float64, x []T) []float64 {
	for _, v := range x {
		dst = append(dst, float64(v))
	}
	return dst
}
