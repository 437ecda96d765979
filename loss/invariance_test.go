package loss_test

import (
	"math"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
)

// A selection takes samples and items of the batch, in the given order.
type selection struct{ samples, items []int }

// testInvariances holds a loss to what does not depend on its formula: the elements of a batch keep their bits in any
// order, in any part of the batch and in any sample, and a sum is the sum of its parts.
func (p *problem[T, E]) testInvariances(t *testing.T, elements []T) {
	if len(p.pred) == 0 {
		return
	}
	samples, items := count(p.samples), count(p.items)
	backwards := selection{count(p.samples), count(p.items)}
	slices.Reverse(backwards.samples)
	slices.Reverse(backwards.items)
	cut := p.items * 2 / 3

	whole := p.sum(t, "whole", selection{samples, items}, elements)
	first := p.sum(t, "first part", selection{samples, items[:cut]}, elements)
	second := p.sum(t, "second part", selection{samples, items[cut:]}, elements)
	reverse := p.sum(t, "reversed", backwards, elements)
	thrice := p.sum(t, "one sample, thrice", selection{[]int{0, 0, 0}, items}, elements)
	once := p.sum(t, "one sample", selection{[]int{0}, items}, elements)

	p.testEqual(t, "the parts of the batch", first+second, whole, elements)
	p.testEqual(t, "the batch backwards", reverse, whole, elements)
	three := choose(elements, selection{[]int{0, 0, 0}, items}, p.elementsOfItem, p.samples)
	p.testEqual(t, "three equal samples", thrice, 3*once, three)
}

// compareShifted adds a constant to all logits, which changes an element by no more than the rounding of the logits
// does.
func (p *problem[T, E]) compareShifted(complain func(string, ...any), elements []T, exact []term) {
	const shift = 5.3
	pred, worst := make([]T, len(p.pred)), 0.0
	for i, x := range p.pred {
		pred[i] = x + shift
		if x-x == 0 {
			off := add(num(float64(pred[i])), num(-float64(x)), num(-float64(T(shift))))
			worst = max(worst, math.Abs(round(off)))
		}
	}
	shifted := make([]T, len(elements))
	if err := p.loss.ElementsTo(shifted, pred, p.target); err != nil {
		complain("all logits %v higher: %v", shift, err)
		return
	}
	own := precisionOf[T]()
	for i, v := range elements {
		if v-v != 0 {
			continue
		}
		tolerance := p.slope*worst + 2*own.value*exact[i].scale + 8*own.unit*exact[i].loose
		if d := math.Abs(float64(shifted[i]) - float64(v)); !(d <= tolerance) {
			complain("element %d is %v, with all logits %v higher %v", i, v, shift, shifted[i])
		}
	}
}

func count(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// sum evaluates the loss for a selection, whose elements must have the bits that they have in the whole.
func (p *problem[T, E]) sum(t *testing.T, name string, s selection, elements []T) float64 {
	pred := choose(p.pred, s, p.predItem, p.samples)
	target := choose(p.target, s.one(), p.targetItem, 1)
	want := choose(elements, s, p.elementsOfItem, p.samples)
	got := make([]T, len(want))
	l := p.choose(s)
	if err := l.ElementsTo(got, pred, target); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if at := catalog.Difference(got, want); at >= 0 {
		t.Errorf("%s: element %d is %v, in the whole %v", name, at, got[at], want[at])
	}
	value, err := l.Value(pred, target)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return value
}

// testEqual compares sums of the same elements, in different orders.
func (p *problem[T, E]) testEqual(t *testing.T, what string, got, want float64, elements []T) {
	terms := 0.0
	for _, v := range elements {
		terms += math.Abs(float64(v))
	}
	own := precisionOf[T]()
	tolerance := own.value*terms + 4*own.unit*float64(len(elements))
	if terms < own.most/2 && !same(got, want) && !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: the sum is %v, want %v", what, got, want)
	}
}

// one is a selection of what has no sample dimension.
func (s selection) one() selection { return selection{[]int{0}, s.items} }

// choose selects from x, in which an item of one of so many samples has so many entries; nil stays nil.
func choose[E any](x []E, s selection, entries, samples int) []E {
	if x == nil {
		return nil
	}
	out := make([]E, 0, len(s.samples)*len(s.items)*entries)
	size := len(x) / samples
	for _, k := range s.samples {
		for _, i := range s.items {
			out = append(out, x[k*size+i*entries:k*size+(i+1)*entries]...)
		}
	}
	return out
}
