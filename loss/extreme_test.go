package loss_test

import (
	"math"
	"testing"

	"github.com/simmer-go/simmer/loss"
)

// Extreme predictions give what the mathematics gives, and NaN only where that has no value.
func TestExtremes(t *testing.T) {
	t.Run("float32", testExtremes[float32])
	t.Run("float64", testExtremes[float64])
}

func testExtremes[T loss.Float](t *testing.T) {
	testExtremeNumbers[T](t)
	testExtremeClasses[T](t)
	testEmpty[T](t)
}

// Losses of one prediction x and one target t: the element and its derivative.
func testExtremeNumbers[T loss.Float](t *testing.T) {
	big, half, tiny, eight, huge := T(1e4), 0.5, 1e-40, 8.0, 1e30
	least, most := T(precisionOf[T]().unit), T(precisionOf[T]().most)
	pos, neg, zero := T(inf), T(-inf), T(math.Copysign(0, -1))
	type (
		mse    = loss.MSE[T]
		l1     = loss.L1[T]
		bce    = loss.BCE[T]
		logits = loss.BCEWithLogits[T]
		focal  = loss.FocalBinary[T]
	)
	for _, c := range []struct {
		loss        loss.Loss[T, T]
		x, t        T
		value, grad float64
	}{
		{mse{}, 1, 1, 0, 0},
		{mse{}, big, -big, 4e8, 4e4},
		{mse{}, pos, 0, inf, inf},
		{mse{}, 0, neg, inf, inf},
		{mse{}, pos, pos, nan, nan},
		{l1{}, 1, 1, 0, 0},
		{l1{}, big, -big, 2e4, 1},
		{l1{}, neg, 0, inf, -1},
		{l1{}, least, 0, float64(least), 1},
		{l1{}, most, 0, float64(most), 1},

		{loss.Huber[T]{}, pos, 0, inf, 1},
		{loss.Huber[T]{}, 0, pos, inf, -1},
		{loss.Huber[T]{}, pos, pos, nan, nan},
		{loss.Huber[T]{Delta: 2}, big, -big, 4e4 - 2, 2},
		{loss.Huber[T]{}, most, 0, float64(most), 1},
		{loss.SmoothL1[T]{Beta: &tiny}, 1, 1, 0, 0},
		{loss.SmoothL1[T]{Beta: &tiny}, 3, 1, 2, 1},
		{loss.SmoothL1[T]{Beta: &half}, neg, 1, inf, -1},
		{loss.SmoothL1[T]{Beta: &eight}, pos, 1, inf, 1},
		{loss.SmoothL1[T]{Beta: &eight}, most / 4, 0, float64(most / 4), 1}, // 8 times which is no number
		{loss.SmoothL1[T]{Beta: &huge}, 1e25, 0, 5e19, 1e-5},                // 1e50 is no float32

		{bce{}, 0, 0, 0, 0},
		{bce{}, 1, 1, 0, 0},
		{bce{}, 0, 1, 100, -1 / 9.999999960041972e-13},
		{bce{}, 1, 0, 100, 1 / 9.999999960041972e-13},
		{bce{}, zero, 0, 0, 0},
		{bce{}, zero, 1, 100, -1 / 9.999999960041972e-13},
		{bce{}, 0.5, 0.5, math.Ln2, 0},

		{logits{}, big, 1, 0, 0},
		{logits{}, -big, 1, 1e4, -1},
		{logits{}, big, 0, 1e4, 1},
		{logits{}, -big, 0, 0, 0},
		{logits{}, pos, 1, 0, 0},
		{logits{}, neg, 1, inf, -1},
		{logits{}, pos, 0, inf, 1},
		{logits{}, neg, 0, 0, 0},
		{logits{}, pos, 0.5, inf, 0.5},
		{logits{}, 0, 0.5, math.Ln2, 0},
		{logits{PosWeight: []T{0}}, neg, 1, 0, 0},
		{logits{Weight: []T{0}}, neg, 1, nan, 0},

		{focal{Gamma: 2}, big, 1, 0, 0},
		{focal{Gamma: 2}, -big, 1, 1e4, -1},
		{focal{Gamma: 2}, pos, 1, 0, 0},
		{focal{Gamma: 2}, neg, 1, inf, -1},
		{focal{Gamma: 2}, pos, 0.5, inf, 0.125},
		{focal{Gamma: 0.5}, pos, 1, 0, 0},
		{focal{Gamma: 0}, pos, 1, 0, 0},
	} {
		checkOne(t, c.loss, []T{c.x}, []T{c.t}, c.value, []float64{c.grad})
	}
}

// checkOne compares the three methods for one element: its mean and its sum are the element.
func checkOne[T loss.Float, E loss.Target](t *testing.T, l loss.Loss[T, E], pred []T, target []E, value float64, grad []float64) {
	t.Helper()
	got := evaluate(t, l, pred, target, 1)
	own := precisionOf[T]()
	near := func(got, want float64) bool { return own.near(own.value, got, known(want), 1) }
	if !near(got.value, value) || !near(got.again, value) || !near(float64(got.elements[0]), value) {
		t.Errorf("%+v of %v, %v = %v, %v, element %v, want %v", l, pred, target, got.value, got.again, got.elements[0], value)
	}
	for i, want := range grad {
		if !near(float64(got.grad[i]), want) {
			t.Errorf("%+v of %v, %v: gradient %v, want %v", l, pred, target, got.grad, grad)
			break
		}
	}
}

// Losses of one row of logits and a class.
func testExtremeClasses[T loss.Float](t *testing.T) {
	pos, neg, no := T(inf), T(-inf), T(nan)
	type (
		ce    = loss.CrossEntropy[T]
		focal = loss.Focal[T]
	)
	third := 1.0 / 3
	allNaN := []float64{nan, nan}
	for _, c := range []struct {
		loss  loss.Loss[T, int]
		x     []T
		y     int
		value float64
		grad  []float64
	}{
		{ce{}, []T{7}, 0, 0, []float64{0}}, // one class
		{ce{}, []T{-1e4}, 0, 0, []float64{0}},
		{ce{}, []T{5, 5, 5}, 1, math.Log(3), []float64{third, third - 1, third}}, // ties
		{ce{}, []T{1e4, 1e4}, 1, math.Ln2, []float64{0.5, -0.5}},
		{ce{}, []T{1e4, -1e4}, 0, 0, []float64{0, 0}},
		{ce{}, []T{1e4, -1e4}, 1, 2e4, []float64{1, -1}},
		{ce{}, []T{0, neg}, 0, 0, []float64{0, 0}},
		{ce{}, []T{0, neg}, 1, inf, []float64{1, -1}},
		{ce{}, []T{0, 0, neg}, 0, math.Ln2, []float64{-0.5, 0.5, 0}},
		{ce{}, []T{0, pos}, 0, nan, allNaN},
		{ce{}, []T{0, pos}, 1, nan, allNaN},
		{ce{}, []T{neg, neg}, 1, nan, allNaN},
		{ce{}, []T{0, no}, 0, nan, allNaN},
		{ce{LabelSmoothing: 0.5}, []T{0, neg}, 0, inf, []float64{0.25, -0.25}},
		{ce{LabelSmoothing: 0.5}, []T{1e4, -1e4}, 0, 5e3, []float64{0.25, -0.25}},
		{ce{LabelSmoothing: 0.5}, []T{7}, 0, 0, []float64{0}},
		{ce{Weight: []T{0, 1}}, []T{neg, 0}, 0, nan, nil},

		{focal{Gamma: 2}, []T{7}, 0, 0, []float64{0}},
		{focal{Gamma: 0.5}, []T{7}, 0, 0, []float64{0}},
		{focal{Gamma: 2}, []T{1e4, -1e4}, 0, 0, []float64{0, 0}},
		{focal{Gamma: 2}, []T{1e4, -1e4}, 1, 2e4, []float64{1, -1}},
		{focal{Gamma: 2}, []T{0, neg}, 1, inf, []float64{1, -1}},
		{focal{Gamma: 0.5}, []T{0, neg}, 0, 0, []float64{0, 0}},
		{focal{Gamma: 2}, []T{0, pos}, 1, nan, allNaN},

		{loss.NLL[T]{}, []T{neg, no}, 0, inf, []float64{-1, 0}},
		{loss.NLL[T]{}, []T{no, 0.5}, 1, -0.5, []float64{0, -1}},
	} {
		if l, ok := c.loss.(ce); ok && l.Weight != nil {
			l.Reduction = loss.Sum // a weight of 0 is no divisor
			c.loss = l
		}
		checkOne(t, c.loss, c.x, []int{c.y}, c.value, c.grad)
	}
	type prob = loss.CrossEntropyProb[T]
	checkOne[T, T](t, prob{Classes: 2}, []T{0, neg}, []T{0.5, 0.5}, inf, []float64{0.5, -0.5})
	checkOne[T, T](t, prob{Classes: 2}, []T{0, neg}, []T{1, 0}, 0, []float64{0, 0}) // 0·log 0 is 0; torch: NaN
	checkOne[T, T](t, prob{Classes: 2}, []T{neg, 0}, []T{0, 1}, 0, []float64{0, 0})
	checkOne[T, T](t, prob{Classes: 2}, []T{neg, neg}, []T{0, 1}, nan, []float64{nan, nan})
	checkOne[T, T](t, prob{Classes: 2}, []T{1e4, -1e4}, []T{0.5, 0.5}, 1e4, []float64{0.5, -0.5})
	checkOne[T, T](t, prob{Classes: 1}, []T{7}, []T{1}, 0, []float64{0})
}

// The mean of nothing is NaN, its sum 0; so are those of ignored targets.
func testEmpty[T loss.Float](t *testing.T) {
	ignore := []int{-100, -100}
	x := make([]T, 6)
	for r, want := range map[loss.Reduction]float64{loss.Mean: nan, loss.Sum: 0} {
		for _, l := range []loss.Loss[T, T]{
			loss.MSE[T]{Reduction: r}, loss.L1[T]{Reduction: r}, loss.Huber[T]{Reduction: r}, loss.SmoothL1[T]{Reduction: r},
			loss.BCE[T]{Reduction: r}, loss.BCEWithLogits[T]{Reduction: r},
			loss.BCE[T]{Reduction: r, Weight: []T{}, DatumWeight: []T{}}, loss.BCEWithLogits[T]{Reduction: r, FeatureWeight: []T{1, 2}},
			loss.FocalBinary[T]{Reduction: r}, loss.CrossEntropyProb[T]{Reduction: r, Classes: 3},
		} {
			checkEmpty(t, l, nil, nil, want)
		}
		for _, l := range []loss.Loss[T, int]{
			loss.CrossEntropy[T]{Reduction: r}, loss.CrossEntropy[T]{Reduction: r, Classes: 3, LabelSmoothing: 0.1},
			loss.NLL[T]{Reduction: r}, loss.Focal[T]{Reduction: r, Weight: []T{1, 2, 3}},
		} {
			checkEmpty(t, l, nil, nil, want)
			if f, ok := l.(loss.Focal[T]); !ok || f.Weight != nil {
				checkEmpty(t, l, x, ignore, want)
			}
		}
		checkEmpty(t, loss.Focal[T]{Reduction: r}, x, ignore, 0) // counts ignored targets, as inferno does
	}
}

// checkEmpty compares value and gradient, which is 0, for predictions that do not count.
func checkEmpty[T loss.Float, E loss.Target](t *testing.T, l loss.Loss[T, E], pred []T, target []E, want float64) {
	t.Helper()
	got := evaluate(t, l, pred, target, len(target))
	if !same(got.value, want) || !same(got.again, want) {
		t.Errorf("%+v of %v, %v = %v and %v, want %v", l, pred, target, got.value, got.again, want)
	}
	for _, g := range got.grad {
		if g != 0 {
			t.Errorf("%+v of %v, %v: gradient %v", l, pred, target, got.grad)
			break
		}
	}
}
