package loss_test

import (
	"math"
	"math/big"
	"slices"
	"strings"
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

	exact   func() (elements, grads []term) // of the sum
	divisor float64                         // of the mean, 1 for the sum
	none    bool                            // every target is ignored
	wideSum bool                            // a sum of float32 has the range of float64
	choose  func(selection) loss.Loss[T, E] // the loss of a part, summed
	// slope is what a change of all logits by at most 1 does to an element; 0 unless a shift of all does nothing.
	slope      float64
	derivative func(t *testing.T) // of the formula itself, at one entry
}

func (p *problem[T, E]) elements() int { return p.samples * p.items * p.elementsOfItem }

// precision is what results are owed, relatively to the sum of the absolute terms.
type precision struct {
	value, grad float64
	unit, most  float64 // the least and the largest number
}

func precisionOf[T loss.Float]() precision {
	p := precision{unit: math.SmallestNonzeroFloat64, most: math.MaxFloat64}
	if is32[T]() {
		p.unit, p.most = math.SmallestNonzeroFloat32, math.MaxFloat32
	}
	p.value, p.grad = tolerances[T]()
	return p
}

func (p *problem[T, E]) test(t *testing.T) {
	if len(p.bad) > 0 {
		expectRefusal(t, p.loss, p.pred, p.target, p.elements(), p.bad...)
		return
	}
	elements, value, again, grad := p.run(t)
	wantElements, wantGrads := p.exact()
	own := precisionOf[T]()
	for i, want := range wantElements {
		if !own.near(own.value, float64(elements[i]), want, 1) {
			t.Errorf("element %d of %d = %v, want %v", i, len(elements), elements[i], want)
		}
	}
	p.testSum(t, "Value", value, wantElements)
	p.testSum(t, "ValueGrad", again, wantElements)
	if catalog.Bits(again) != catalog.Bits(value) {
		t.Errorf("ValueGrad returns %v, Value %v", again, value)
	}
	for i, want := range wantGrads {
		switch {
		case p.none && grad[i] != 0:
			t.Errorf("gradient %d = %v where all is ignored", i, grad[i])
		case p.divisor != 0 && !own.near(own.grad, float64(grad[i]), want, p.divisor):
			t.Errorf("gradient %d of %d = %v, want %v/%v", i, len(grad), grad[i], want, p.divisor)
		}
	}
	if p.derivative != nil {
		p.derivative(t)
	}
	p.testInvariances(t, elements)
	if p.slope > 0 {
		p.testShift(t, elements, wantElements)
	}
}

// run calls the three methods, which must write everything.
func (p *problem[T, E]) run(t *testing.T) (elements []T, value, again float64, grad []T) {
	elements, grad = filled(p.elements(), catalog.Canary[T]()), filled(len(p.pred), catalog.Canary[T]())
	value, err := p.loss.Value(p.pred, p.target)
	if err != nil {
		t.Fatalf("Value: %v", err)
	}
	again, err = p.loss.ValueGrad(grad, p.pred, p.target)
	if err != nil {
		t.Fatalf("ValueGrad: %v", err)
	}
	if err := p.loss.ElementsTo(elements, p.pred, p.target); err != nil {
		t.Fatalf("ElementsTo: %v", err)
	}
	if at := slices.IndexFunc(elements, catalog.IsCanary); at >= 0 {
		t.Errorf("element %d was not written", at)
	}
	if at := slices.IndexFunc(grad, catalog.IsCanary); at >= 0 {
		t.Errorf("gradient %d was not written", at)
	}
	return elements, value, again, grad
}

// near says whether got is what an exact term divided by a number allows.
func (p precision) near(tolerance, got float64, want term, divisor float64) bool {
	if want.value == nil {
		return same(got, want.limit/divisor)
	}
	shrink := max(1, 1/math.Abs(divisor))
	if got-got != 0 { // only if something overflows
		return 2*want.scale*shrink >= p.most
	}
	exact := round(quo(want.value, num(divisor)))
	if math.IsInf(exact, 0) { // a finite number must be next to it
		return math.Abs(got) > (1-tolerance)*p.most
	}
	return math.Abs(got-exact) <= tolerance*want.scale/math.Abs(divisor)+4*p.unit*want.loose*shrink
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
	if p.wideSum {
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

// expectRefusal demands an error of all three methods that names one of the arguments, and nothing written.
func expectRefusal[T loss.Float, E loss.Target](
	t *testing.T, l loss.Loss[T, E], pred []T, target []E, elements int, names ...string,
) {
	t.Helper()
	dst, grad := filled(elements, catalog.Canary[T]()), filled(len(pred), catalog.Canary[T]())
	_, valueErr := l.Value(pred, target)
	_, gradErr := l.ValueGrad(grad, pred, target)
	for _, err := range []error{valueErr, l.ElementsTo(dst, pred, target), gradErr} {
		if err == nil || !slices.ContainsFunc(names, func(name string) bool { return says(err, name) }) {
			t.Errorf("%T: error %v, want one about %q", l, err, names)
		}
	}
	for _, x := range [][]T{dst, grad} {
		if slices.ContainsFunc(x, func(v T) bool { return !catalog.IsCanary(v) }) {
			t.Errorf("%T wrote in spite of %v", l, valueErr)
		}
	}
}

func says(err error, what string) bool { return strings.Contains(err.Error(), what) }
