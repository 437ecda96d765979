package loss_test

import (
	"math"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/loss"
)

// A singular covariance has an infinite divergence without eps, which a weight of 0 leaves out: value and gradient.
func TestInfiniteDivergence(t *testing.T) {
	layer, err := bnn.NewLinear[float64](bnn.LinearConfig{In: 2, Out: 2, Covariance: bnn.LowRank{Rank: 1}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range layer.Params() {
		layer.Params()[i] = float64(i)
	}
	pred, target, eps := []float64{1, 2}, []float64{0, 0}, 0.0
	for weight, want := range map[float64]float64{0: 2.5, 0.5: math.Inf(1)} {
		vfe := loss.VariationalFreeEnergy[float64, float64]{NLL: loss.MSE[float64]{}, Model: layer, KLWeight: &weight, Eps: &eps}
		work := make([]float64, vfe.WorkLen())
		if v, err := vfe.Value(pred, target, work); err != nil || v != want {
			t.Errorf("weight %v: %v, %v, want %v", weight, v, err, want)
		}
		grad, dParams := make([]float64, 2), make([]float64, layer.NumParams())
		v, err := vfe.ValueGrad(grad, dParams, pred, target, work)
		if weight != 0 {
			if err == nil {
				t.Errorf("weight %v: an infinite divergence has no gradient, but no error either", weight)
			}
			continue
		}
		if err != nil || v != want || grad[0] != 1 || grad[1] != 2 {
			t.Errorf("weight 0: %v, %v, gradient %v", v, err, grad)
		}
		for i, d := range dParams {
			if d != 0 {
				t.Errorf("weight 0: parameter %d has gradient %v", i, d)
			}
		}
	}
}

// The values of all methods are the nll, or its elements, and w·KL, whatever the reduction, the weight and the samples.
func TestFreeEnergyIsTheSum(t *testing.T) {
	t.Run("float32", testFreeEnergy[float32])
	t.Run("float64", testFreeEnergy[float64])
}

func testFreeEnergy[T loss.Float](t *testing.T) {
	layer, err := bnn.NewLinear[T](bnn.LinearConfig{In: 2, Out: 3, Covariance: bnn.Diagonal{}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range layer.Params() {
		layer.Params()[i] = T(i%5)/4 + 0.125
	}
	pred, target := usual[T](12, catalog.Real), usual[T](6, catalog.Probability)
	class, eps, weight, zero, ignored := []int{2, 0}, 0.5, 0.25, 0.0, 0
	locs, scales := usual[T](layer.NumMeanParams(), catalog.Real), usual[T](layer.NumMeanParams(), catalog.Scale)
	options := []loss.VariationalFreeEnergy[T, T]{
		{}, {KLWeight: &weight}, {KLWeight: &zero}, {KLWeightPerParam: true}, {Eps: &eps, KLWeight: &weight},
		{PriorMu: locs, PriorSigma: scales, Eps: &eps},
	}
	for _, o := range options {
		work := make([]T, layer.KLWorkLen())
		w, e := 1.0, 1e-6
		if o.KLWeight != nil {
			w = *o.KLWeight
		} else if o.KLWeightPerParam {
			w = 1 / float64(layer.NumMeanParams())
		}
		if o.Eps != nil {
			e = *o.Eps
		}
		kl, err := layer.KL(o.PriorMu, o.PriorSigma, T(e), work)
		if err != nil || kl == 0 {
			t.Fatal(kl, err)
		}
		klGrad := make([]T, layer.NumParams())
		if _, err := layer.KLGrad(klGrad, o.PriorMu, o.PriorSigma, T(e), T(w), work); err != nil {
			t.Fatal(err)
		}
		for _, nll := range []loss.Loss[T, T]{
			loss.MSE[T]{Samples: 2}, loss.L1[T]{Samples: 2, Reduction: loss.Sum}, loss.BCEWithLogits[T]{Samples: 2},
			loss.MSE[T]{Samples: 2, Mask: []bool{true, false, true, true, false, true}},
		} {
			vfe := o
			vfe.NLL, vfe.Model = nll, layer
			checkFreeEnergy(t, vfe, pred, target, 12, float64(w*kl), klGrad)
		}
		for _, nll := range []loss.Loss[T, int]{
			loss.CrossEntropy[T]{Classes: 3, Samples: 2}, loss.CrossEntropy[T]{Classes: 3, Samples: 2, IgnoreIndex: &ignored},
		} {
			vfe := loss.VariationalFreeEnergy[T, int]{
				NLL: nll, Model: layer, KLWeight: o.KLWeight, KLWeightPerParam: o.KLWeightPerParam, Eps: o.Eps,
				PriorMu: o.PriorMu, PriorSigma: o.PriorSigma,
			}
			checkFreeEnergy(t, vfe, pred, class, 4, float64(w*kl), klGrad)
		}
	}
}

// checkFreeEnergy holds all methods to what the loss and w·KL are.
func checkFreeEnergy[T loss.Float, E loss.Target](
	t *testing.T, vfe loss.VariationalFreeEnergy[T, E], pred []T, target []E, elements int, kl float64, klGrad []T,
) {
	t.Helper()
	work := make([]T, vfe.WorkLen())
	want := evaluate(t, vfe.NLL, pred, target, elements)
	value, err := vfe.Value(pred, target, work)
	if err != nil || value != want.value+kl {
		t.Errorf("%+v: value %v, %v, want %v + %v", vfe, value, err, want.value, kl)
	}
	dst := filled(elements, catalog.Canary[T]())
	if err := vfe.ElementsTo(dst, pred, target, work); err != nil {
		t.Error(err)
	}
	for i, v := range want.elements {
		if w := T(float64(v) + kl); dst[i] != w {
			t.Errorf("%+v: element %d is %v, want %v + %v = %v", vfe, i, dst[i], v, kl, w)
		}
	}
	nll, gotKL, err := vfe.Terms(pred, target, work)
	again, klErr := vfe.KL(work)
	if err != nil || klErr != nil || nll != want.value || gotKL != kl || again != kl {
		t.Errorf("%+v: terms %v and %v, KL %v, want %v and %v", vfe, nll, gotKL, again, want.value, kl)
	}
	grad, dParams, own := filled(len(pred), catalog.Canary[T]()), filled(len(klGrad), T(1)), filled(len(klGrad), T(1))
	value, err = vfe.ValueGrad(grad, dParams, pred, target, work)
	if err != nil || value != want.again+kl || !slices.Equal(grad, want.grad) {
		t.Errorf("%+v: ValueGrad %v, %v, want %v + %v; gradient %v, want %v", vfe, value, err, want.again, kl, grad, want.grad)
	}
	if again, err = vfe.KLGrad(own, work); err != nil || again != kl {
		t.Errorf("%+v: KLGrad %v, %v, want %v", vfe, again, err, kl)
	}
	for i, g := range klGrad { // which is added
		if diff := math.Abs(float64(dParams[i] - 1 - g)); !(diff <= 1e-6*(1+math.Abs(float64(g)))) || own[i] != dParams[i] {
			t.Errorf("%+v: parameter %d has gradients %v and %v more, want %v", vfe, i, dParams[i]-1, own[i]-1, g)
		}
	}
}
