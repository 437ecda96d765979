package loss_test

import (
	"math"
	"testing"

	"github.com/simmer-go/simmer/bnn"
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
