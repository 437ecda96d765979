package loss_test

import (
	"math"
	"testing"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/loss"
)

func FuzzVariationalFreeEnergy(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, options, numbers, weights []byte, is64 bool) {
		s := &source{options: options, numbers: numbers, weights: weights}
		if is64 {
			testEnergy[float64](t, s)
		} else {
			testEnergy[float32](t, s)
		}
	})
}

// testEnergy holds the free energy of a small layer with independent Gaussian weights to its two terms.
func testEnergy[T loss.Float](t *testing.T, s *source) {
	layer, err := bnn.NewLinear[T](bnn.LinearConfig{In: 1, Out: 1 + s.byte()%3, Covariance: bnn.Diagonal{}})
	if err != nil {
		t.Fatal(err)
	}
	var bad []string
	n, eps := layer.NumMeanParams(), float64(T(math.Ldexp(1, -s.byte()%24)))
	copy(layer.Params(), weightsOf[T](s, "parameter", 2*n, &bad))
	length := []int{0, 1, n, n + 1}[s.byte()%4]
	loc, scale := weightsOf[T](s, "priorMu", length, &bad), weightsOf[T](s, "priorSigma", length, &bad)
	if length > n {
		bad = append(bad, "priorMu", "priorSigma")
	}
	weight := float64(s.byte()) / 16
	vfe := loss.VariationalFreeEnergy[T, T]{
		NLL: loss.MSE[T]{Reduction: s.reduction()}, Model: layer, PriorMu: loc, PriorSigma: scale,
		KLWeight: &weight, Eps: &eps,
	}
	pred, target := usual[T](s.byte()%8, catalog.Real), usual[T](s.byte()%8, catalog.Probability)
	if len(pred) != len(target) {
		bad = append(bad, "len(pred)")
	}
	e := energyCall[T]{vfe, pred, target, make([]T, vfe.WorkLen())}
	if len(bad) > 0 {
		e.expectRefusal(t, bad)
		return
	}
	e.test(t, layer.Params()[:n], layer.Params()[n:], weight, eps)
}

// energyCall is a call of the free energy.
type energyCall[T loss.Float] struct {
	vfe                loss.VariationalFreeEnergy[T, T]
	pred, target, work []T
}

// expectRefusal demands errors that name one of the arguments, and nothing written.
func (e *energyCall[T]) expectRefusal(t *testing.T, names []string) {
	canary := catalog.Canary[T]()
	dst, grad := filled(len(e.pred), canary), filled(len(e.pred), canary)
	dParams := filled(e.vfe.Model.NumParams(), canary)
	_, valueErr := e.vfe.Value(e.pred, e.target, e.work)
	_, gradErr := e.vfe.ValueGrad(grad, dParams, e.pred, e.target, e.work)
	for _, err := range []error{valueErr, e.vfe.ElementsTo(dst, e.pred, e.target, e.work), gradErr} {
		named := false
		for _, name := range names {
			named = named || err != nil && says(err, name)
		}
		if !named {
			t.Errorf("error %v, want one about %q", err, names)
		}
	}
	expectUntouched(t, dst, grad, dParams)
}

func (e *energyCall[T]) test(t *testing.T, mean, deviation []T, weight, eps float64) {
	own := precisionOf[T]()
	wantNLL, err := e.vfe.NLL.Value(e.pred, e.target)
	if err != nil {
		t.Fatal(err)
	}
	nll, kl, err := e.vfe.Terms(e.pred, e.target, e.work)
	if err != nil || !same(nll, wantNLL) {
		t.Errorf("nll %v, %v, want %v", nll, err, wantNLL)
	}
	divergences, grads := e.divergences(mean, deviation, eps)
	if want := sumOf(divergences).times(weight); !own.near(own.value, kl, want, 1) {
		t.Errorf("%v times the divergence %v, want %v", weight, kl, want.float())
	}
	dst, grad, wantGrad := make([]T, len(e.pred)), make([]T, len(e.pred)), make([]T, len(e.pred))
	dParams := filled(e.vfe.Model.NumParams(), T(1)) // which is added to
	value, err := e.vfe.Value(e.pred, e.target, e.work)
	again, gradErr := e.vfe.ValueGrad(grad, dParams, e.pred, e.target, e.work)
	if _, wantErr := e.vfe.NLL.ValueGrad(wantGrad, e.pred, e.target); err != nil || gradErr != nil || wantErr != nil {
		t.Fatal(err, gradErr, wantErr)
	}
	if !same(value, nll+kl) || !same(again, value) || catalog.Difference(grad, wantGrad) >= 0 {
		t.Errorf("value %v and %v, want %v + %v; gradient %v, want %v", value, again, nll, kl, grad, wantGrad)
	}
	for i, g := range dParams {
		want := grads[i].times(weight)
		want.value, want.scale = add(want.value, num(1)), want.scale+1
		if !own.near(own.grad, float64(g), want, 1) {
			t.Errorf("gradient by parameter %d is %v, want %v", i, g, want.float())
		}
	}
	if err := e.vfe.ElementsTo(dst, e.pred, e.target, e.work); err != nil {
		t.Fatal(err)
	}
	each := make([]T, len(dst))
	_ = e.vfe.NLL.ElementsTo(each, e.pred, e.target)
	for i, v := range each {
		if dst[i] != T(float64(v)+kl) {
			t.Errorf("element %d is %v, want %v + %v", i, dst[i], v, kl)
		}
	}
}

// divergences are ½(r + d²/vq − 1 − log r) of each parameter with r = vp/vq, and the gradients with respect to the
// means, d/vq, and by the deviations σ, σ/vq − σ/vp.
func (e *energyCall[T]) divergences(mean, deviation []T, eps float64) (kl, grads []term) {
	prior := func(x []T, i int, none float64) number {
		switch len(x) {
		case 0:
			return num(none)
		case 1:
			return num(float64(x[0]))
		}
		return num(float64(x[i]))
	}
	grads = make([]term, 2*len(mean))
	for i, m := range mean {
		s, q := num(float64(deviation[i])), prior(e.vfe.PriorSigma, i, 1)
		vp, vq := add(mul(s, s), num(eps)), add(mul(q, q), num(eps))
		d, r := sub(num(float64(m)), prior(e.vfe.PriorMu, i, 0)), quo(vp, vq)
		v := mul(num(0.5), add(r, quo(mul(d, d), vq), num(-1), neg(logarithm(r))))
		kl = append(kl, exactly(v, v))
		byMean, up, down := quo(d, vq), quo(s, vq), quo(s, vp)
		grads[i] = exactly(byMean, abs(byMean))
		grads[len(mean)+i] = exactly(sub(up, down), add(abs(up), abs(down)))
	}
	return kl, grads
}
