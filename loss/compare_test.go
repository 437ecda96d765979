package loss_test

import (
	"math"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/cases"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/loss"
)

// precision is what results are owed, relatively to the sum of the absolute terms; gradients of reference cases to the
// largest entry.
type precision struct {
	value, grad float64
	unit, most  float64 // the least and the largest number
}

func precisionOf[T loss.Float]() precision {
	if catalog.TypeName[T]() == "float32" {
		return precision{1e-6, 1e-6, math.SmallestNonzeroFloat32, math.MaxFloat32}
	}
	return precision{1e-13, 1e-12, math.SmallestNonzeroFloat64, math.MaxFloat64}
}

// near reports whether got is what an exact term divided by a number allows.
func (p precision) near(tolerance, got float64, want term, divisor float64) bool {
	if want.special {
		return same(got, want.limit/divisor)
	}
	shrink, scale, loose := max(1, 1/math.Abs(divisor)), want.scale, want.loose
	exact := round(quo(want.value, num(divisor)))
	if quick { // the reference has an error of its own, and a limited range
		if scale, loose = scale/2, loose/2; scale-scale != 0 || exact-exact != 0 {
			return false
		}
	}
	if got-got != 0 { // only if something overflows
		return 2*max(scale, want.most)*shrink >= p.most
	}
	if math.IsInf(exact, 0) { // a finite number must be next to it
		return math.Abs(got) > (1-tolerance)*p.most
	}
	return math.Abs(got-exact) <= tolerance*scale/math.Abs(divisor)+4*p.unit*loose*shrink
}

func same(got, want float64) bool {
	return got == want || math.IsNaN(got) && math.IsNaN(want)
}

// compareSum compares a float64, whatever T is.
func compareSum[T loss.Float](t *testing.T, what string, got, want, terms float64) {
	t.Helper()
	if !same(got, want) && !(math.Abs(got-want) <= precisionOf[T]().value*terms) {
		t.Errorf("%s = %v, want %v, off by %.2g of %g", what, got, want, math.Abs(got-want)/terms, terms)
	}
}

// compareNumber compares what had to fit in a T.
func compareNumber[T loss.Float](t *testing.T, what string, i int, got, want, terms float64) {
	t.Helper()
	own := precisionOf[T]()
	if math.Abs(want) > own.most {
		want = math.Copysign(inf, want)
	}
	if !same(got, want) && !(math.Abs(got-want) <= own.value*terms+own.unit) {
		t.Errorf("%s %d = %v, want %v, off by %.2g", what, i, got, want, math.Abs(got-want)/terms)
	}
}

func compareGrad[T loss.Float](t *testing.T, what string, got []T, want cases.Tensor) {
	t.Helper()
	if len(got) != len(want.Data) {
		t.Fatalf("%s has %d entries, want %d", what, len(got), len(want.Data))
	}
	tol, largest := precisionOf[T]().grad, 0.0
	for _, v := range want.Data {
		largest = math.Max(largest, math.Abs(v))
	}
	for i, v := range want.Data {
		if g := float64(got[i]); !same(g, v) && !(math.Abs(g-v) <= tol*largest+math.SmallestNonzeroFloat64) {
			t.Errorf("%s %d = %v, want %v, off by %.2g of the largest", what, i, g, v, math.Abs(g-v)/largest)
		}
	}
}
