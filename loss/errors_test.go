package loss_test

import (
	"math"
	"testing"

	"github.com/simmer-go/simmer/loss"
)

// Every bad argument and option: the error names it, its position and its value, and nothing is written.
func TestErrors(t *testing.T) {
	t.Run("float32", testErrors[float32])
	t.Run("float64", testErrors[float64])
}

func testErrors[T loss.Float](t *testing.T) {
	testNumberErrors[T](t)
	testProbErrors[T](t)
	testClassErrors[T](t)
}

// Losses whose targets are numbers, one for each prediction.
func testNumberErrors[T loss.Float](t *testing.T) {
	nan, inf := T(math.NaN()), T(math.Inf(1))
	good, minus, barely, no := []T{0.25, 0.5, 0.75, 1}, -0.5, -1e-300, math.NaN()
	type (
		mse    = loss.MSE[T]
		l1     = loss.L1[T]
		bce    = loss.BCE[T]
		logits = loss.BCEWithLogits[T]
		focal  = loss.FocalBinary[T]
	)
	for _, l := range []loss.Loss[T, T]{mse{}, l1{}, loss.Huber[T]{}, loss.SmoothL1[T]{}, bce{}, logits{}, focal{}} {
		for _, c := range []struct {
			pred, target []T
			want         string
		}{
			{good, good[:3], "len(pred) = 4: want len(target) = 3 times Samples = 1"},
			{good[:2], good, "len(pred) = 2: want len(target) = 4 times Samples = 1"},
			{nil, good, "len(pred) = 0: want len(target) = 4 times Samples = 1"},
			{good, nil, "len(pred) = 4: want len(target) = 0 times Samples = 1"},
			{good, []T{1, nan, 0, 1}, "target[1] = NaN"},
		} {
			expectRefusal(t, l, c.pred, c.target, len(c.pred), c.want)
		}
	}
	for _, c := range []struct {
		loss         loss.Loss[T, T]
		pred, target []T
		want         string
	}{
		{mse{Reduction: 2}, good, good, "Reduction = 2"},
		{l1{Reduction: -1}, good, good, "Reduction = -1"},
		{bce{Reduction: 2}, good, good, "Reduction = 2"},
		{logits{Reduction: 2}, good, good, "Reduction = 2"},
		{focal{Reduction: 2}, good, good, "Reduction = 2"},

		{bce{}, []T{0, 1, 1.5, 0}, good, "pred[2] = 1.5"},
		{bce{}, []T{0, 1, 0, -0.5}, good, "pred[3] = -0.5"},
		{bce{}, []T{inf, 1, 0, 0}, good, "pred[0] = +Inf"},
		{bce{}, good, []T{0, 1.25, 0, 1}, "target[1] = 1.25"},
		{logits{}, good, []T{0, -0.25, 0, 1}, "target[1] = -0.25"},
		{logits{}, good, []T{inf, 0, 0, 1}, "target[0] = +Inf"},
		{focal{}, good, []T{0, 1.25, 0, 1}, "target[1] = 1.25"},

		{loss.Huber[T]{Delta: -1}, good, good, "Delta = -1"},
		{loss.Huber[T]{Delta: math.NaN()}, good, good, "Delta = NaN"},
		{loss.Huber[T]{Delta: math.Inf(1)}, good, good, "Delta = +Inf"},
		{loss.SmoothL1[T]{Beta: &minus}, good, good, "Beta = -0.5"},
		{loss.SmoothL1[T]{Beta: &no}, good, good, "Beta = NaN"},
		{loss.SmoothL1[T]{Beta: &barely}, good, good, "Beta = -1e-300"},

		{focal{Gamma: -0.5}, good, good, "Gamma = -0.5"},
		{focal{Gamma: math.NaN()}, good, good, "Gamma = NaN"},
		{focal{Gamma: math.Inf(1)}, good, good, "Gamma = +Inf"},

		{bce{Samples: 2, Weight: []T{1, nan}}, good, good[:2], "Weight[1] = NaN"},
		{bce{Samples: 2, Weight: []T{1, 1, 1}}, good, good[:2], "len(Weight) = 3: want 2 or 4"},
		{bce{Samples: 2, Weight: []T{}}, good, good[:2], "len(Weight) = 0"},
		{bce{DatumWeight: []T{1, inf}}, good, good, "DatumWeight[1] = +Inf"},
		{bce{DatumWeight: []T{1, 1, 1}}, good, good, "len(DatumWeight) = 3"},
		{bce{DatumWeight: []T{}}, good, good, "len(DatumWeight) = 0"},
		{bce{FeatureWeight: []T{-inf, 1}}, good, good, "FeatureWeight[0] = -Inf"},
		{bce{FeatureWeight: []T{1, 1, 1}}, good, good, "len(FeatureWeight) = 3"},
		{logits{Samples: 2, Weight: []T{nan, 1}}, good, good[:2], "Weight[0] = NaN"},
		{logits{DatumWeight: []T{nan, 1}}, good, good, "DatumWeight[0] = NaN"},
		{logits{FeatureWeight: []T{nan, 1}}, good, good, "FeatureWeight[0] = NaN"},
		{logits{PosWeight: []T{1, nan}}, good, good, "PosWeight[1] = NaN"},
		{logits{PosWeight: []T{1, 1, 1}}, good, good, "len(PosWeight) = 3"},
		{logits{PosWeight: []T{}}, good, good, "len(PosWeight) = 0"},
	} {
		expectRefusal(t, c.loss, c.pred, c.target, len(c.pred), c.want)
	}
}

// Targets that are probabilities of classes.
func testProbErrors[T loss.Float](t *testing.T) {
	type prob = loss.CrossEntropyProb[T]
	long, good := make([]T, 9), []T{0.5, 0.25, 0.25, 0, 0, 1}
	x := long[:6]
	for _, c := range []struct {
		loss         prob
		pred, target []T
		want         string
	}{
		{prob{Classes: 3, Reduction: 2}, x, good, "Reduction = 2"},
		{prob{}, x, good, "Classes = 0"},
		{prob{Classes: -3}, x, good, "Classes = -3"},
		{prob{Classes: 3, Positions: -1}, x, good, "Positions = -1"},
		{prob{Classes: 3, Positions: 4}, x, good, "len(target) = 6: want a multiple of Classes = 3 times Positions = 4"},
		{prob{Classes: 4}, x, good, "len(target) = 6: want a multiple of Classes = 4 times Positions = 1"},
		{prob{Classes: 3, Positions: math.MaxInt}, x, good, "len(target) = 6: want a multiple of"},
		{prob{Classes: 3, Positions: math.MaxInt/2 + 1}, x, good, "len(target) = 6: want a multiple of"},
		{prob{Classes: 4, Positions: math.MaxInt/2 + 1}, x, good, "len(target) = 6: want a multiple of"},
		{prob{Classes: 3}, long, good, "len(pred) = 9: want 2 positions of target times 3 classes"},
		{prob{Classes: 3}, nil, good, "len(pred) = 0: want 2 positions of target times 3 classes"},
		{prob{Classes: 3}, x, nil, "len(pred) = 6: want 0 positions"},
		{prob{Classes: 3}, x, []T{0, 0, 1, 0.5, 0.25, 1.25}, "target[5] = 1.25"},
		{prob{Classes: 3}, x, []T{0.5, -0.25, 1, 0, 0, 1}, "target[1] = -0.25"},
		{prob{Classes: 3}, x, []T{T(math.NaN()), 0, 1, 0, 0, 1}, "target[0] = NaN"},
		{prob{Weight: []T{1, T(math.NaN()), 1}}, x, good, "Weight[1] = NaN"},
		{prob{Classes: 3, Weight: []T{1, 1}}, x, good, "len(Weight) = 2: want 3"},
		{prob{Classes: 3, Weight: []T{1, 1, 1, 1}}, x, good, "len(Weight) = 4: want 3"},
		{prob{Classes: 3, LabelSmoothing: 1.5}, x, good, "LabelSmoothing = 1.5"},
		{prob{Classes: 3, LabelSmoothing: math.NaN()}, x, good, "LabelSmoothing = NaN"},
	} {
		expectRefusal[T, T](t, c.loss, c.pred, c.target, len(c.pred)/3, c.want)
	}
}

// Targets that are class indices: the three losses have these options in common.
func testClassErrors[T loss.Float](t *testing.T) {
	type options struct {
		reduction          loss.Reduction
		classes, positions int
		weight             []T
		ignore             *int
	}
	nan, inf, seven := T(math.NaN()), T(math.Inf(1)), 7
	long, good := make([]T, 9), []int{0, 2}
	x := long[:6]
	for _, c := range []struct {
		options
		pred   []T
		target []int
		want   string
	}{
		{options{reduction: 2, classes: 3}, x, good, "Reduction = 2"},
		{options{classes: -3}, x, good, "Classes = -3"},
		{options{classes: 3, positions: -1}, x, good, "Positions = -1"},
		{options{classes: 3, positions: 4}, x, good, "len(target) = 2: want a multiple of Positions = 4"},
		{options{classes: 3}, long, good, "len(pred) = 9: want 2 positions of target times 3 classes"},
		{options{classes: 3}, x[:3], good, "len(pred) = 3: want 2 positions of target times 3 classes"},
		{options{classes: 3}, nil, good, "len(pred) = 0: want 2 positions of target times 3 classes"},
		{options{classes: 3}, x, nil, "len(pred) = 6: want 0 positions"},
		{options{}, x, nil, "len(pred) = 6: want 0 positions"},
		{options{}, long[:7], good, "len(pred) = 7: want "},
		{options{classes: math.MaxInt/2 + 2}, x[:4], []int{0, 0, 0, 0}, "len(pred) = 4: want "},
		{options{classes: 3}, x, []int{0, 3}, "target[1] = 3: want a class in [0, 3) or the ignored index -100"},
		{options{classes: 3}, x, []int{-1, 0}, "target[0] = -1"},
		{options{classes: 3, ignore: &seven}, x, []int{7, -100}, "target[1] = -100: want a class in [0, 3) or the ignored index 7"},
		{options{weight: []T{1, nan, 1}}, x, good, "Weight[1] = NaN"},
		{options{weight: []T{1, 1, inf}}, x, good, "Weight[2] = +Inf"},
		{options{classes: 3, weight: []T{1, 1}}, x, good, "len(Weight) = 2: want 3"},
		{options{classes: 3, weight: []T{1, 1, 1, 1}}, x, good, "len(Weight) = 4: want 3"},
		{options{classes: 3, weight: []T{}}, x, good, "len(Weight) = 0: want nil"},
		{options{weight: []T{}}, x, good, "len(Weight) = 0: want nil"},
	} {
		o := c.options
		for _, l := range []loss.Loss[T, int]{
			loss.CrossEntropy[T]{o.reduction, 0, o.classes, o.positions, o.weight, o.ignore, 0, nil},
			loss.CrossEntropy[T]{o.reduction, 0, o.classes, o.positions, o.weight, o.ignore, 0.1, nil},
			loss.NLL[T]{o.reduction, 0, o.classes, o.positions, o.weight, o.ignore, nil},
			loss.Focal[T]{o.reduction, 0, 0, o.classes, o.positions, o.weight, nil, o.ignore, nil},
		} {
			expectRefusal(t, l, c.pred, c.target, len(c.pred)/3, c.want)
		}
	}
	expect := func(l loss.Loss[T, int], want string) { t.Helper(); expectRefusal(t, l, x, good, 2, want) }
	expect(loss.CrossEntropy[T]{Classes: 3, LabelSmoothing: -0.5}, "LabelSmoothing = -0.5")
	expect(loss.CrossEntropy[T]{Classes: 3, LabelSmoothing: 1.5}, "LabelSmoothing = 1.5")
	expect(loss.CrossEntropy[T]{Classes: 3, LabelSmoothing: math.NaN()}, "LabelSmoothing = NaN")
	expect(loss.Focal[T]{Classes: 3, Gamma: -1}, "Gamma = -1")
	expect(loss.Focal[T]{Classes: 3, Gamma: math.NaN()}, "Gamma = NaN")
	expect(loss.Focal[T]{Classes: 3, Gamma: math.Inf(1)}, "Gamma = +Inf")
	expect(loss.Focal[T]{Weight: []T{1, -0.5, 1}}, "Weight[1] = -0.5")
}
