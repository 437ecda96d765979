package loss_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/loss"
)

// Bad arguments of the losses of Gaussian layers and models: the error names them, and nothing is written.
func TestGaussianErrors(t *testing.T) {
	t.Run("float32", testGaussianErrors[float32])
	t.Run("float64", testGaussianErrors[float64])
}

func testGaussianErrors[T loss.Float](t *testing.T) {
	e := gaussianErrors[T]{
		t: t, phi: make([]T, 6), work: make([]T, 24),
		dst: filled(6, catalog.Canary[T]()), dPhi: filled(6, catalog.Canary[T]()), dParams: filled(1, catalog.Canary[T]()),
	}
	e.numbers()
	e.classes()
	e.model()
}

// gaussianErrors has what the losses of a layer with three outputs read and write.
type gaussianErrors[T loss.Float] struct {
	t                             *testing.T
	phi, work, dst, dPhi, dParams []T
}

func (e *gaussianErrors[T]) layer() identity[T] { return identity[T]{3} }

// expect demands errors that say what is wanted.
func (e *gaussianErrors[T]) expect(want string, errs ...error) {
	e.t.Helper()
	for _, err := range errs {
		if err == nil || !says(err, want) {
			e.t.Errorf("error %v, want one about %q", err, want)
		}
	}
	expectUntouched(e.t, e.dst, e.dPhi, e.dParams)
}

// Targets that are numbers.
func (e *gaussianErrors[T]) numbers() {
	type vr interface {
		Value(phi, target, work []T) (float64, error)
		ElementsTo(dst, phi, target, work []T) error
		ValueGrad(dPhi, dParams, phi, target, work []T) (float64, error)
	}
	good := []T{0, 1, 0.5}
	for _, c := range []struct {
		want              string
		reduction         loss.Reduction
		phi, target, work []T
	}{
		{"Reduction = 2", 2, e.phi, good, e.work},
		{"len(phi) = 5", loss.Mean, e.phi[:5], good, e.work},
		{"len(target) = 2", loss.Mean, e.phi, good[:2], e.work},
		{"len(target) = 0", loss.Mean, e.phi, nil, e.work},
		{"len(work) = 23", loss.Mean, e.phi, good, e.work[:23]},
		{"target[1] = NaN", loss.Mean, e.phi, []T{0, T(nan), 0}, e.work},
	} {
		for _, l := range []vr{
			loss.MSEVR[T]{Reduction: c.reduction, Layer: e.layer(), Samples: 2},
			loss.BCEWithLogitsVR[T]{Reduction: c.reduction, Layer: e.layer(), Samples: 2},
		} {
			_, valueErr := l.Value(c.phi, c.target, c.work)
			_, gradErr := l.ValueGrad(e.dPhi[:len(c.phi)], e.dParams, c.phi, c.target, c.work)
			e.expect(c.want, valueErr, gradErr, l.ElementsTo(e.dst, c.phi, c.target, c.work))
		}
	}
	bce := loss.BCEWithLogitsVR[T]{Layer: e.layer(), Samples: 2}
	_, err := bce.ValueGrad(e.dPhi, e.dParams, e.phi, []T{0, 0, 1.5}, e.work)
	e.expect("target[2] = 1.5", err)
	_, err = loss.MSEVR[T]{Layer: e.layer(), Samples: 2}.ValueGrad(e.dPhi, make([]T, 2), e.phi, good, e.work)
	e.expect("len(dParams) = 2", err)
}

// Targets that are classes.
func (e *gaussianErrors[T]) classes() {
	l := loss.CrossEntropyVR[T]{Layer: e.layer()}
	for want, target := range map[string][]int{
		"target[1] = 3: want a class in [0, 3)": {0, 3},
		"target[0] = -100":                      {-100, 0},
		"len(target) = 3":                       {0, 1, 2},
	} {
		_, valueErr := l.Value(e.phi, target, e.work)
		_, gradErr := l.ValueGrad(e.dPhi, e.dParams, e.phi, target, e.work)
		e.expect(want, valueErr, gradErr, l.ElementsTo(e.dst[:2], e.phi, target, e.work))
	}
}

// The free energy of a model.
func (e *gaussianErrors[T]) model() {
	type vfe = loss.VariationalFreeEnergy[T, int]
	minus, no, good := -1.0, math.NaN(), []int{0, 1}
	large := 1e300
	if float64(T(large)) == large { // in float64
		large = math.Inf(1)
	}
	for _, c := range []struct {
		want   string
		loss   vfe
		target []int
		work   []T
	}{
		{"KLWeight = -1", vfe{KLWeight: &minus}, good, e.work},
		{"KLWeight = -1: want nil beside KLWeightPerParam", vfe{KLWeight: &minus, KLWeightPerParam: true}, good, e.work},
		{"Eps = NaN", vfe{Eps: &no}, good, e.work},
		{fmt.Sprintf("Eps = %v", large), vfe{Eps: &large}, good, e.work},
		{"len(work) = 0", vfe{}, good, nil},
		{"target[1] = 5", vfe{}, []int{0, 5}, e.work},
		{errPrior.Error(), vfe{PriorSigma: []T{0}}, good, e.work},
	} {
		c.loss.Model, c.loss.NLL = e.layer(), loss.CrossEntropy[T]{Classes: 3}
		_, valueErr := c.loss.Value(e.phi, c.target, c.work)
		_, gradErr := c.loss.ValueGrad(e.dPhi, e.dParams, e.phi, c.target, c.work)
		e.expect(c.want, valueErr, gradErr, c.loss.ElementsTo(e.dst[:2], e.phi, c.target, c.work))
	}
	_, err := vfe{Model: e.layer(), NLL: loss.CrossEntropy[T]{Classes: 3}}.ValueGrad(e.dPhi, nil, e.phi, good, e.work)
	e.expect("len(dParams) = 0", err)
}
