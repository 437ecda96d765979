package loss_test

import (
	"flag"
	"math"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/loss"
)

// A problem is a call of a loss, and what is known about its results.
type problem[T loss.Float, E loss.Target] struct {
	loss   loss.Loss[T, E]
	pred   []T
	target []E

	// bad names arguments that must be refused, one of them at least by name. If there are none, the rest counts.
	bad []string

	samples, items                       int // leading dimensions
	predItem, targetItem, elementsOfItem int // lengths of one item of the batch

	shape rows // of the elements, each of which has the gradients of so many classes
	// exact gives the terms of the sum for the elements that are wanted.
	exact      func(wanted func(i int) bool) (elements, grads []term)
	divisor    float64                         // of the mean, 1 for the sum
	none       bool                            // every target is ignored
	float64Sum bool                            // a sum of float32 has the range of float64
	subnormal  bool                            // but for factors that are subnormal in T
	choose     func(selection) loss.Loss[T, E] // the loss of a part, summed
	// slope is what a change of all logits by at most 1 does to an element; 0 unless a shift of all does nothing.
	slope      float64
	derivative func(t *testing.T) // of the formula itself, at one entry
}

func (p *problem[T, E]) elements() int { return p.samples * p.items * p.elementsOfItem }

func (p *problem[T, E]) test(t *testing.T) {
	if len(p.bad) > 0 {
		expectRefusal(t, p.loss, p.pred, p.target, p.elements(), p.bad...)
		return
	}
	got := evaluate(t, p.loss, p.pred, p.target, p.elements())
	if catalog.Bits(got.again) != catalog.Bits(got.value) {
		t.Errorf("ValueGrad returns %v, Value %v", got.again, got.value)
	}
	p.testInvariances(t, got.elements)
	p.testMerged(t, got.elements)
	if !fuzzing() || !p.quickly(t, got) {
		p.slowly(t, got)
	}
}

// fuzzing reports whether inputs are tried, not replayed.
func fuzzing() bool { return flag.Lookup("test.fuzz").Value.String() != "" }

// slowly holds all results to exact ones.
func (p *problem[T, E]) slowly(t *testing.T, got results[T]) {
	elements, grads := p.exact(func(int) bool { return true })
	for i := range elements {
		p.compare(t.Errorf, got, i, elements, grads)
	}
	p.compareSums(t.Errorf, got, elements)
	if p.slope > 0 {
		p.compareShifted(t.Errorf, got.elements, elements)
	}
	if p.derivative != nil {
		p.derivative(t)
	}
}

// quickly does so with exact results only where those of float64 leave a doubt: where they are off by more than half of
// what is allowed, so that the other half is left for their own error. It takes a hundredth of the time. It says
// whether the sums leave no doubt.
func (p *problem[T, E]) quickly(t *testing.T, got results[T]) bool {
	quick = true
	elements, grads := p.exact(func(int) bool { return true })
	doubts := make([]bool, len(elements))
	for i := range elements {
		p.compare(func(string, ...any) { doubts[i] = true }, got, i, elements, grads)
	}
	right := true
	complain := func(string, ...any) { right = false }
	if !slices.Contains(doubts, true) {
		for i := range elements {
			elements[i].scale /= 2
		}
		p.compareSums(complain, got, elements)
		if p.slope > 0 {
			p.compareShifted(complain, got.elements, elements)
		}
		quick = false
		return right
	}
	quick = false
	exactElements, exactGrads := p.exact(func(i int) bool { return doubts[i] })
	for i, doubt := range doubts {
		if doubt {
			p.compare(t.Errorf, got, i, exactElements, exactGrads)
			elements[i] = exactElements[i]
		} else if !elements[i].special {
			elements[i].value = num(elements[i].value.f)
		}
		elements[i].scale /= 2
	}
	p.compareSums(complain, got, elements)
	if p.slope > 0 {
		p.compareShifted(complain, got.elements, elements)
	}
	return right
}

// compare holds element i and its gradients to terms.
func (p *problem[T, E]) compare(complain func(string, ...any), got results[T], i int, elements, grads []term) {
	own := precisionOf[T]()
	if !own.near(own.value, float64(got.elements[i]), elements[i], 1) {
		complain("element %d of %d = %v, want %v", i, len(got.elements), got.elements[i], elements[i])
	}
	for c := range p.shape.classes {
		at := p.shape.at(i, c)
		switch g := got.grad[at]; {
		case p.none && g != 0:
			complain("gradient %d = %v where all is ignored", at, g)
		case p.divisor != 0 && !own.near(own.grad, float64(g), grads[at], p.divisor):
			complain("gradient %d of %d = %v, want %v/%v", at, len(got.grad), g, grads[at], p.divisor)
		}
	}
}

// compareSums holds the reduced values to the terms of all elements.
func (p *problem[T, E]) compareSums(complain func(string, ...any), got results[T], elements []term) {
	want := sumOf(elements)
	p.compareSum(complain, "Value", got.value, want)
	p.compareSum(complain, "ValueGrad", got.again, want)
}

// An elementSum is the sum of elements, and whether one of them leaves the range of a type.
type elementSum struct {
	term
	largest float64 // of the scales
}

func sumOf(elements []term) elementSum {
	var values, scales []number
	sum := elementSum{term: term{}}
	limits := 0.0
	for _, e := range elements {
		sum.largest = max(sum.largest, e.scale)
		sum.loose += e.loose
		sum.most = max(sum.most, e.most)
		if e.special {
			limits += e.limit
			continue
		}
		values, scales = append(values, e.value), append(scales, num(min(e.scale, math.MaxFloat64)))
	}
	if limits != 0 {
		sum.term = term{special: true, limit: limits}
		return sum
	}
	sum.value, sum.scale = add(values...), round(add(scales...))
	return sum
}

// compareSum holds a reduced value to the exact elements.
func (p *problem[T, E]) compareSum(complain func(string, ...any), what string, value float64, want elementSum) {
	own := precisionOf[T]()
	if p.float64Sum {
		own.most = math.MaxFloat64
		if !p.subnormal {
			own.unit = math.SmallestNonzeroFloat64
		}
	} else if 2*want.largest >= own.most && value-value != 0 {
		return
	}
	if p.divisor == 0 {
		if value-value == 0 {
			complain("%s = %v, want something divided by 0", what, value)
		}
		return
	}
	if !own.near(own.value, value, want.term, p.divisor) {
		complain("%s = %v, want %v/%v", what, value, want.term, p.divisor)
	}
}

// checkDerivative holds an exact gradient to the difference quotient of exact values, at a finite x of moderate size.
// With h = 2⁻⁴⁰ its error is h²/6 third derivatives, far below 2⁻⁵⁰ terms, and rounding of the values, divided by h.
func checkDerivative(t *testing.T, value func(x number) term, x number, grad term) {
	const h = 0x1p-40
	up, down := value(add(x, num(h))), value(sub(x, num(h)))
	got := quo(sub(up.value, down.value), num(2*h))
	tolerance := 0x1p-50*grad.scale + 0x1p-130/h*(up.scale+down.scale)
	if d := round(sub(got, grad.value)); !(math.Abs(d) <= tolerance) {
		t.Errorf("difference quotient %v at %v, want %v: off by %v", round(got), round(x), round(grad.value), d)
	}
}
