package loss_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/loss"
)

// results are what the three methods of a loss give.
type results[T loss.Float] struct {
	value, again   float64 // of Value and of ValueGrad
	elements, grad []T
}

// evaluate calls the three methods, which must write everything.
func evaluate[T loss.Float, E loss.Target](t *testing.T, l loss.Loss[T, E], pred []T, target []E, elements int) results[T] {
	t.Helper()
	r := results[T]{elements: filled(elements, catalog.Canary[T]()), grad: filled(len(pred), catalog.Canary[T]())}
	var err error
	if r.value, err = l.Value(pred, target); err != nil {
		t.Fatalf("%T: Value: %v", l, err)
	}
	if r.again, err = l.ValueGrad(r.grad, pred, target); err != nil {
		t.Fatalf("%T: ValueGrad: %v", l, err)
	}
	if err := l.ElementsTo(r.elements, pred, target); err != nil {
		t.Fatalf("%T: ElementsTo: %v", l, err)
	}
	if at := slices.IndexFunc(r.elements, catalog.IsCanary); at >= 0 {
		t.Errorf("%T: element %d was not written", l, at)
	}
	if at := slices.IndexFunc(r.grad, catalog.IsCanary); at >= 0 {
		t.Errorf("%T: gradient %d was not written", l, at)
	}
	return r
}

// expectRefusal demands an error of all methods that names one of the arguments, and nothing written.
func expectRefusal[T loss.Float, E loss.Target](
	t *testing.T, l loss.Loss[T, E], pred []T, target []E, elements int, names ...string,
) {
	t.Helper()
	dst, grad := filled(elements, catalog.Canary[T]()), filled(len(pred), catalog.Canary[T]())
	_, valueErr := l.Value(pred, target)
	_, gradErr := l.ValueGrad(grad, pred, target)
	var a, empty loss.Accumulator
	accumulateErr := l.(accumulating[T, E]).Accumulate(&a, dst, pred, target)
	if a != empty {
		t.Errorf("%T: accumulated %v in spite of an error", l, &a)
	}
	for _, err := range []error{valueErr, l.ElementsTo(dst, pred, target), gradErr, accumulateErr} {
		if err == nil || !slices.ContainsFunc(names, func(name string) bool { return says(err, name) }) {
			t.Errorf("%T: error %v, want one about %q", l, err, names)
		}
	}
	expectUntouched(t, dst, grad)
}

// expectUntouched demands that slices full of canaries still are.
func expectUntouched[T loss.Float](t *testing.T, list ...[]T) {
	t.Helper()
	for _, x := range list {
		if slices.ContainsFunc(x, func(v T) bool { return !catalog.IsCanary(v) }) {
			t.Errorf("wrote %v in spite of an error", x)
		}
	}
}

func says(err error, what string) bool { return strings.Contains(err.Error(), what) }

func filled[T loss.Float](n int, v T) []T {
	x := make([]T, n)
	catalog.FillWith(x, v)
	return x
}

// usual are positive numbers unless the domain is signed.
func usual[T loss.Float](n int, d catalog.Domain) []T { return usualOf[T](n, d, 1) }

func usualOf[T loss.Float](n int, d catalog.Domain, seed uint64) []T {
	x := make([]T, n)
	catalog.Fill(x, d, seed)
	return x
}
