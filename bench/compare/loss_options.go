package main

import (
	"fmt"
	"strings"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/kernels"
	"github.com/simmer-go/simmer/loss"
)

// The losses with each of their options: OPTION-TYPE-SHAPE, and -grad with the gradient, as torch_cases.py has them.

// optionCases are those of both types.
func optionCases() []torchCase {
	return append(optionCasesOf[float32]("float32"), optionCasesOf[float64]("float64")...)
}

// lossLimit is the most of PyTorch's time that any option may take.
func lossLimit() float64 {
	if isa.Active == isa.AVX512 {
		return 0.5
	}
	return 0.7
}

// lossShape is that of predictions, batch × class × position.
type lossShape struct {
	name                    string
	rows, classes, position int
}

func lossShapes() []lossShape {
	return []lossShape{
		{"4096x10", 4096, 10, 1}, {"256x1000", 256, 1000, 1}, {"64x32000", 64, 32000, 1}, {"8x21x16384", 8, 21, 16384},
	}
}

// lossData is what the options of a shape are about.
type lossData[T kernels.Float] struct {
	x, grad, prob, weight []T
	y                     []int
}

func newLossData[T kernels.Float](s lossShape) *lossData[T] {
	n := s.rows * s.classes * s.position
	d := &lossData[T]{
		x: spread[T](n, 256), grad: make([]T, n), prob: make([]T, n), weight: make([]T, s.classes),
		y: classes(s.rows*s.position, s.classes),
	}
	for i := range d.prob {
		d.prob[i] = T(i*31%17) / 16
	}
	for i := range d.weight {
		d.weight[i] = 1 + T(i%5)/4
	}
	return d
}

func optionCasesOf[T kernels.Float](name string) (list []torchCase) {
	for _, s := range lossShapes() {
		list = append(list, classCases(newLossData[T](s), s, name)...)
	}
	return append(list, elementCases(newLossData[T](lossShape{"", 6554, 10, 1}), name)...)
}

// optionCase is one option: what its time is compared with besides, and both calls.
type optionCase[T kernels.Float] struct {
	name, base  string
	value, grad func() (float64, error)
}

// option makes it of a loss.
func option[T kernels.Float, E loss.Target](name, base string, l loss.Loss[T, E], d *lossData[T], target []E) optionCase[T] {
	return optionCase[T]{
		name, base,
		func() (float64, error) { return l.Value(d.x, target) },
		func() (float64, error) { return l.ValueGrad(d.grad, d.x, target) },
	}
}

// cases are those of values and of gradients.
func cases[T kernels.Float](options []optionCase[T], of string, elements int) (list []torchCase) {
	for _, o := range options {
		for _, grad := range []bool{false, true} {
			call, suffix := o.value, of
			if grad {
				call, suffix = o.grad, of+"-grad"
			}
			c := lossCase(o.name+suffix, elements, lossLimit(), call)
			if o.base != "" {
				c.base = strings.Replace(o.base+suffix, "256x1000"+of[strings.LastIndex(of, "-"):], "256x1000", 1)
			}
			list = append(list, c)
		}
	}
	return list
}

func classCases[T kernels.Float](d *lossData[T], s lossShape, typeName string) []torchCase {
	const plain = "plain"
	ignore := 0
	c, p := s.classes, s.position
	of := fmt.Sprintf("-%s-%s", typeName, s.name)
	type (
		ce   = loss.CrossEntropy[T]
		prob = loss.CrossEntropyProb[T]
		nll  = loss.NLL[T]
	)
	focal := func(gamma float64) loss.Focal[T] { return loss.Focal[T]{Classes: c, Positions: p, Gamma: gamma} }
	list := []optionCase[T]{
		option("plain", "", ce{Classes: c, Positions: p}, d, d.y),
		option("weights", plain, ce{Classes: c, Positions: p, Weight: d.weight}, d, d.y),
		option("ignored", plain, ce{Classes: c, Positions: p, IgnoreIndex: &ignore}, d, d.y),
		option("smoothing", plain, ce{Classes: c, Positions: p, LabelSmoothing: 0.125}, d, d.y),
		option("smoothing_weights", plain, ce{Classes: c, Positions: p, LabelSmoothing: 0.125, Weight: d.weight}, d, d.y),
		option("soft", plain, prob{Classes: c, Positions: p}, d, d.prob),
		option("soft_weights", plain, prob{Classes: c, Positions: p, Weight: d.weight}, d, d.prob),
		option("soft_smoothing", plain, prob{Classes: c, Positions: p, LabelSmoothing: 0.125}, d, d.prob),
		option("focal_1", plain, focal(1), d, d.y),
		option("focal_2", plain, focal(2), d, d.y),
		option("focal_2.5", plain, focal(2.5), d, d.y),
		option("nll", "", nll{Classes: c, Positions: p}, d, d.y),
		option("nll_weights", "", nll{Classes: c, Positions: p, Weight: d.weight}, d, d.y),
		option("masked", plain, ce{Classes: c, Positions: p, Mask: mask(len(d.y))}, d, d.y),
	}
	if p > 1 { // per element, against rows of 1000
		list[0].base = "plain-" + typeName + "-256x1000"
	} else {
		list = append(list, classVR(d))
	}
	return cases(list, of, len(d.x))
}
