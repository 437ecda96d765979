package loss_test

import (
	"math"
	"math/big"
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

	exact      func() (elements, grads []term) // of the sum
	divisor    float64                         // of the mean, 1 for the sum
	none       bool                            // every target is ignored
	float64Sum bool                            // a sum of float32 has the range of float64
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
	wantElements, wantGrads := p.exact()
	own := precisionOf[T]()
	for i, want := range wantElements {
		if !own.near(own.value, float64(got.elements[i]), want, 1) {
			t.Errorf("element %d of %d = %v, want %v", i, len(got.elements), got.elements[i], want)
		}
	}
	p.testSum(t, "Value", got.value, wantElements)
	p.testSum(t, "ValueGrad", got.again, wantElements)
	if catalog.Bits(got.again) != catalog.Bits(got.value) {
		t.Errorf("ValueGrad returns %v, Value %v", got.again, got.value)
	}
	for i, want := range wantGrads {
		switch {
		case p.none && got.grad[i] != 0:
			t.Errorf("gradient %d = %v where all is ignored", i, got.grad[i])
		case p.divisor != 0 && !own.near(own.grad, float64(got.grad[i]), want, p.divisor):
			t.Errorf("gradient %d of %d = %v, want %v/%v", i, len(got.grad), got.grad[i], want, p.divisor)
		}
	}
	if p.derivative != nil {
		p.derivative(t)
	}
	p.testInvariances(t, got.elements)
	if p.slope > 0 {
		p.testShift(t, got.elements, wantElements)
	}
}

// testSum holds a reduced value to the exact elements.
func (p *problem[T, E]) testSum(t *testing.T, what string, value float64, elements []term) {
	sum, scale, loose, special, over := num(0), num(0), 0.0, 0.0, false
	own := precisionOf[T]()
	for _, e := range elements {
		over = over || 2*e.scale >= own.most
		loose += e.loose
		if e.value == nil {
			special += e.limit
			continue
		}
		sum.Add(sum, e.value)
		scale.Add(scale, new(big.Float).SetFloat64(min(e.scale, math.MaxFloat64)))
	}
	want := term{sum, round(scale), loose, 0}
	if special != 0 {
		want = term{limit: special}
	}
	if p.float64Sum {
		own.unit, own.most = math.SmallestNonzeroFloat64, math.MaxFloat64
	} else if over && value-value != 0 {
		return
	}
	if p.divisor == 0 {
		if value-value == 0 {
			t.Errorf("%s = %v, want something divided by 0", what, value)
		}
		return
	}
	if !own.near(own.value, value, want, p.divisor) {
		t.Errorf("%s = %v, want %v/%v", what, value, want, p.divisor)
	}
}

// checkDerivative holds an exact gradient to the difference quotient of exact values, at a finite x of moderate size.
// With h = 2⁻⁴⁰ its error is h²/6 third derivatives, far below 2⁻⁵⁰ terms, and rounding of the values, divided by h.
func checkDerivative(t *testing.T, value func(x *big.Float) term, x *big.Float, grad term) {
	const h = 0x1p-40
	up, down := value(add(x, num(h))), value(sub(x, num(h)))
	got := quo(sub(up.value, down.value), num(2*h))
	tolerance := 0x1p-50*grad.scale + 0x1p-130/h*(up.scale+down.scale)
	if d := round(sub(got, grad.value)); !(math.Abs(d) <= tolerance) {
		t.Errorf("difference quotient %v at %v, want %v: off by %v", round(got), x, round(grad.value), d)
	}
}
