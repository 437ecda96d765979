package loss_test

import (
	"errors"
	"math"
	"testing"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/loss"
)

// Shapes that had another meaning once, with the field that asks for it.
func TestWrongShapes(t *testing.T) {
	n := func(n int) []float64 { return make([]float64, n) }
	ones := func(n int) []float64 { return filled(n, 1.0) }
	for _, c := range []struct {
		loss         loss.Loss[float64, float64]
		pred, target int
		want         string // "" is none
	}{
		{loss.MSE[float64]{}, 100, 50, "len(pred) = 100: want len(target) = 50 times Samples = 1"},
		{loss.MSE[float64]{Samples: 2}, 100, 50, ""},
		{loss.MSE[float64]{Samples: 3}, 100, 50, "times Samples = 3"},
		{loss.MSE[float64]{Samples: -1}, 50, 50, "Samples = -1"},
		{loss.L1[float64]{Samples: math.MaxInt}, 100, 50, "Samples"},
		{loss.BCEWithLogits[float64]{FeatureWeight: ones(4), PosWeight: ones(5)}, 20, 20,
			"len(PosWeight) = 5: want 1, or one for each feature, len(FeatureWeight) = 4"},
		{loss.BCEWithLogits[float64]{FeatureWeight: ones(4), PosWeight: ones(1)}, 20, 20, ""},
		{loss.BCEWithLogits[float64]{PosWeight: ones(4), Features: 5}, 20, 20, "len(PosWeight) = 4"},
		{loss.BCEWithLogits[float64]{PosWeight: ones(5), Positions: 3}, 20, 20,
			"len(target) = 20: want a multiple of len(PosWeight) = 5 times Positions = 3"},
		{loss.BCE[float64]{DatumWeight: ones(4), FeatureWeight: ones(4)}, 20, 20, "len(DatumWeight) = 4: want 5"},
		{loss.BCE[float64]{DatumWeight: ones(4), FeatureWeight: ones(5)}, 20, 20, ""},
		{loss.BCE[float64]{DatumWeight: ones(2), FeatureWeight: ones(5), Positions: 2}, 20, 20, ""},
		{loss.BCE[float64]{DatumWeight: ones(4)}, 20, 20, ""},
		{loss.BCE[float64]{DatumWeight: ones(4), Features: 4}, 20, 20, "len(DatumWeight) = 4: want 5"},
		{loss.BCE[float64]{FeatureWeight: ones(5), Features: 4}, 20, 20, "len(FeatureWeight) = 5"},
		{loss.BCE[float64]{Features: 3}, 20, 20, "len(target) = 20: want a multiple of Features = 3"},
		{loss.BCE[float64]{Features: -3}, 20, 20, "Features = -3"},
		{loss.BCE[float64]{Positions: -3}, 20, 20, "Positions = -3"},
		{loss.FocalBinary[float64]{Alpha: ones(3)}, 20, 20, "len(target) = 20: want a multiple of len(Alpha) = 3"},
		{loss.FocalBinary[float64]{Alpha: ones(4), Features: 5}, 20, 20, "len(Alpha) = 4"},
		{loss.FocalBinary[float64]{Alpha: ones(5), Positions: 2}, 20, 20, ""},
		{loss.FocalBinary[float64]{Alpha: []float64{1.5}}, 20, 20, "Alpha[0] = 1.5"},
		{loss.FocalBinary[float64]{Alpha: []float64{math.NaN()}}, 20, 20, "Alpha[0] = NaN"},
		{loss.MSE[float64]{Mask: make([]bool, 3)}, 4, 4, "len(Mask) = 3: want 4"},
		{loss.BCE[float64]{Samples: 2, Mask: make([]bool, 8)}, 8, 4, "len(Mask) = 8: want 4"},
		{loss.CrossEntropyProb[float64]{Classes: 2, Mask: make([]bool, 4)}, 4, 4, "len(Mask) = 4: want 2"},
		{loss.CrossEntropyProb[float64]{Classes: 2}, 8, 4, "times Samples = 1"},
	} {
		if c.want != "" {
			expectRefusal(t, c.loss, n(c.pred), n(c.target), c.pred, c.want)
		} else if _, err := c.loss.Value(n(c.pred), n(c.target)); err != nil {
			t.Errorf("%+v of %d and %d: %v", c.loss, c.pred, c.target, err)
		}
	}
	for _, c := range []struct {
		loss         loss.Loss[float64, int]
		pred, target int
		want         string
	}{
		{loss.CrossEntropy[float64]{Classes: 3}, 12, 2, "len(pred) = 12: want 2 positions of target times 3 classes"},
		{loss.CrossEntropy[float64]{Classes: 3, Samples: 2}, 12, 2, ""},
		{loss.CrossEntropy[float64]{Samples: 2}, 12, 2, ""}, // 3 classes
		{loss.CrossEntropy[float64]{Samples: 5}, 12, 2, "a multiple of len(target) = 2, times Samples = 5"},
		{loss.NLL[float64]{Weight: ones(3)}, 12, 2, "len(Weight)"},
		{loss.Focal[float64]{Alpha: ones(3)}, 12, 2, "len(pred) = 12"},
		{loss.Focal[float64]{Alpha: ones(2), Classes: 3}, 6, 2, "len(Alpha) = 2: want 3"},
		{loss.Focal[float64]{Alpha: ones(4), Classes: 3}, 6, 2, "len(Alpha) = 4: want 3"},
		{loss.Focal[float64]{Alpha: []float64{1, -1}}, 4, 2, "Alpha[1] = -1"},
		{loss.Focal[float64]{Alpha: []float64{1, math.NaN()}}, 4, 2, "Alpha[1] = NaN"},
		{loss.Focal[float64]{Alpha: []float64{math.Inf(1), 1}}, 4, 2, "Alpha[0] = +Inf"},
		{loss.CrossEntropy[float64]{Samples: -2, Classes: 3}, 6, 2, "Samples = -2"},
		{loss.NLL[float64]{Mask: make([]bool, 3), Classes: 3}, 6, 2, "len(Mask) = 3: want 2"},
	} {
		if c.want != "" {
			expectRefusal(t, c.loss, n(c.pred), make([]int, c.target), c.pred, c.want)
		} else if _, err := c.loss.Value(n(c.pred), make([]int, c.target)); err != nil {
			t.Errorf("%+v of %d and %d: %v", c.loss, c.pred, c.target, err)
		}
	}
}

// Sizes whose products overflow, to 0 or to the length that there is, are refused.
func TestHugeShapes(t *testing.T) {
	n := func(n int) []float64 { return make([]float64, n) }
	const quarter, most = math.MaxInt/2 + 1, math.MaxInt // 4·quarter overflows to 0
	for _, c := range []struct {
		loss         loss.Loss[float64, float64]
		pred, target int
		want         string
	}{
		{loss.MSE[float64]{Samples: quarter}, 0, 4, "Samples"},
		{loss.L1[float64]{Samples: quarter + 1}, 4, 4, "Samples"},
		{loss.Huber[float64]{Samples: quarter}, 0, 4, "Samples"},
		{loss.SmoothL1[float64]{Samples: quarter + 1}, 4, 4, "Samples"},
		{loss.BCE[float64]{Samples: quarter}, 0, 4, "Samples"},
		{loss.BCEWithLogits[float64]{Features: quarter, Positions: 4}, 4, 4, "len(target) = 4"},
		{loss.BCEWithLogits[float64]{Features: quarter + 1, Positions: 4}, 4, 4, "len(target) = 4"},
		{loss.BCE[float64]{Features: most, Positions: most}, 1, 1, "len(target) = 1"},
		{loss.FocalBinary[float64]{Features: quarter + 1, Positions: 4}, 4, 4, "len(target) = 4"},
		{loss.CrossEntropyProb[float64]{Classes: quarter, Positions: 4}, 4, 4, "len(target) = 4"},
		{loss.CrossEntropyProb[float64]{Classes: quarter + 1, Positions: 4}, 4, 4, "len(target) = 4"},
		{loss.CrossEntropyProb[float64]{Classes: 4, Samples: quarter + 1}, 4, 4, "Samples"},
	} {
		expectRefusal(t, c.loss, n(c.pred), n(c.target), c.pred, c.want)
	}
	for _, c := range []struct {
		loss         loss.Loss[float64, int]
		pred, target int
		want         string
	}{
		{loss.CrossEntropy[float64]{Classes: quarter}, 0, 4, "len(pred) = 0"},
		{loss.CrossEntropy[float64]{Classes: quarter + 1}, 4, 4, "len(pred) = 4"},
		{loss.CrossEntropy[float64]{Classes: 1, Samples: quarter + 1}, 4, 4, "Samples"},
		{loss.CrossEntropy[float64]{Samples: quarter}, 16, 4, "Samples"},
		{loss.NLL[float64]{Classes: quarter, Samples: 4}, 1, 1, "len(pred) = 1"},
		{loss.NLL[float64]{Classes: 1, Samples: most, Positions: most}, 4, 4, "len(target) = 4"},
		{loss.Focal[float64]{Classes: quarter + 1}, 4, 4, "len(pred) = 4"},
		{loss.Focal[float64]{Classes: 1, Positions: quarter}, 4, 4, "len(target) = 4"},
	} {
		expectRefusal(t, c.loss, n(c.pred), make([]int, c.target), c.pred, c.want)
	}
}

// The axis of pos_weight of shape (C, 1, 1) in torch.
func TestPosWeightOfChannels(t *testing.T) {
	logits, target := []float64{.1, .2, .3, .4, .5, .6, .7, .8}, []float64{0, 1, 1, 0, 1, 1, 0, 0}
	got, err := loss.BCEWithLogits[float64]{PosWeight: []float64{3, 5}, Positions: 4}.Value(logits, target)
	if err != nil || math.Abs(got-1.49338) > 1e-5 {
		t.Errorf("%v, %v, want 1.49338", got, err)
	}
}

// Errors are of two kinds.
func TestErrorKinds(t *testing.T) {
	x, y := make([]float64, 4), make([]float64, 4)
	layer, err := bnn.NewLinear[float64](bnn.LinearConfig{In: 2, Out: 2, Covariance: bnn.Diagonal{}})
	if err != nil {
		t.Fatal(err)
	}
	value := func(v float64, err error) error { return err }
	work := make([]float64, 200)
	for what, err := range map[string]error{
		"lengths":     value(loss.MSE[float64]{}.Value(x, y[:2])),
		"NaN":         value(loss.MSE[float64]{}.Value(x, []float64{0, 0, math.NaN(), 0})),
		"probability": value(loss.BCE[float64]{}.Value(filled(4, 2.0), y)),
		"class":       value(loss.CrossEntropy[float64]{}.Value(x, []int{0, 2})),
		"mask":        value(loss.NLL[float64]{Mask: make([]bool, 1)}.Value(x, []int{0, 1})),
		"work":        value(loss.MSEVR[float64]{Layer: layer}.Value(x, y, nil)),
		"phi":         value(loss.MSEVR[float64]{Layer: layer}.Value(x[:3], y, work)),
		"metric":      value(loss.Accuracy[float64]{}.Value(x, []int{0, 5})),
		"dst":         loss.FocalBinary[float64]{}.ElementsTo(x[:1], x, y),
		"temperature": value(loss.TemperatureScaling[float64]{}.Fit(x, []int{0, 1})),
	} {
		expectKind(t, what, err, loss.ErrInput, loss.ErrParams)
	}
	broken, nan := layer.Eval(), math.NaN()
	var none *bnn.Linear[float64]
	type vfe = loss.VariationalFreeEnergy[float64, float64]
	for what, err := range map[string]error{
		"option":    value(loss.Focal[float64]{Gamma: -1}.Value(x, []int{0, 1})),
		"reduction": value(loss.MSE[float64]{Reduction: 7}.Value(x, y)),
		"batch":     loss.NLL[float64]{Reduction: 7}.Accumulate(new(loss.Accumulator), x[:2], x, []int{0, 1}),
		"weights":   value(loss.BCE[float64]{FeatureWeight: []float64{1, nan}}.Value(x, y)),
		"axes":      value(loss.BCEWithLogits[float64]{FeatureWeight: x, PosWeight: make([]float64, 5)}.Value(x, y)),
		"Layer":     value(loss.MSEVR[float64]{}.Value(x, y, work)),
		"*Layer":    value(loss.CrossEntropyVR[float64]{Layer: none}.Value(x, []int{0, 1}, work)),
		"Model":     value(vfe{NLL: loss.MSE[float64]{}}.Value(x, y, work)),
		"NLL":       value(vfe{Model: layer}.Value(x, y, work)),
		"KLWeight":  value(vfe{NLL: loss.MSE[float64]{}, Model: layer, KLWeight: &nan}.Value(x, y, work)),
	} {
		expectKind(t, what, err, loss.ErrParams, loss.ErrInput)
	}
	broken.Params()[0] = nan
	_, err = loss.BCEWithLogitsVR[float64]{Layer: broken}.Value(x, y, work)
	expectKind(t, "parameters", err, loss.ErrParams, loss.ErrInput)
	_, err = vfe{NLL: loss.MSE[float64]{}, Model: broken}.Value(x, y, work)
	expectKind(t, "parameters of a model", err, loss.ErrParams, loss.ErrInput)
}

func expectKind(t *testing.T, what string, err, kind, other error) {
	t.Helper()
	if !errors.Is(err, kind) || errors.Is(err, other) {
		t.Errorf("%s: %v is not %v alone", what, err, kind)
	}
}

// What is missing is named, by every method; nothing panics.
func TestNil(t *testing.T) {
	x, y, work := make([]float64, 4), make([]float64, 4), make([]float64, 100)
	var none *bnn.Linear[float64]
	for _, layer := range []loss.GaussianLayer[float64]{nil, none} {
		mse, ce := loss.MSEVR[float64]{Layer: layer}, loss.CrossEntropyVR[float64]{Layer: layer}
		bce := loss.BCEWithLogitsVR[float64]{Layer: layer}
		_, err := mse.ValueGrad(x, nil, x, y, work)
		expectNil(t, "Layer", err)
		expectNil(t, "Layer", bce.ElementsTo(x, x, y, work))
		_, err = ce.ValueGrad(x, nil, x, []int{0}, work)
		expectNil(t, "Layer", err)
		if mse.WorkLen(2) != 0 || bce.WorkLen(2) != 0 || ce.WorkLen(2) != 0 {
			t.Error("work for no layer")
		}
	}
	vfe := loss.VariationalFreeEnergy[float64, float64]{NLL: loss.MSE[float64]{}}
	_, err := vfe.ValueGrad(x, x, x, y, work)
	expectNil(t, "Model", err)
	expectNil(t, "Model", vfe.ElementsTo(x, x, y, work))
	_, err = vfe.KLGrad(x, work)
	expectNil(t, "Model", err)
	if vfe.WorkLen() != 0 {
		t.Error("work for no model")
	}
	vfe.NLL, vfe.Model = nil, identity[float64]{4}
	_, err = vfe.ValueGrad(x, x, x, y, work)
	expectNil(t, "NLL", err)
	expectNil(t, "NLL", vfe.ElementsTo(x, x, y, work))
}

func expectNil(t *testing.T, field string, err error) {
	t.Helper()
	if err == nil || !says(err, "loss: "+field+" = nil") {
		t.Errorf("error %v, want one about %s", err, field)
	}
}
