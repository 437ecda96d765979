package loss_test

import (
	"errors"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/loss"
)

// A call is a loss with good arguments, whatever their types.
type call[T loss.Float] struct {
	name            string
	grads, elements int // the lengths of what is written
	value           func() (float64, error)
	elementsTo      func(dst []T) error
	valueGrad       func(grad []T) (float64, error)
	accumulate      func(a *loss.Accumulator, dst []T) error // nil if there is no such method
}

// accumulating are the losses that evaluate more than one batch.
type accumulating[T loss.Float, E loss.Target] interface {
	loss.Loss[T, E]
	Accumulate(a *loss.Accumulator, dst, pred []T, target []E) error
}

func callOf[T loss.Float, E loss.Target](name string, l loss.Loss[T, E], pred []T, target []E, elements int) call[T] {
	return call[T]{name, len(pred), elements,
		func() (float64, error) { return l.Value(pred, target) },
		func(dst []T) error { return l.ElementsTo(dst, pred, target) },
		func(grad []T) (float64, error) { return l.ValueGrad(grad, pred, target) },
		func(a *loss.Accumulator, dst []T) error {
			return l.(accumulating[T, E]).Accumulate(a, dst, pred, target)
		},
	}
}

// everyLoss has every loss with every option, on two samples that take more than one block, of numbers that depend on
// the seed.
func everyLoss[T loss.Float](seed uint64) []call[T] {
	usual := func(n int, d catalog.Domain) []T { return usualOf[T](n, d, seed) }
	const samples, batch, features = 2, 45, 7
	const n = batch * features
	x, probs := usual(samples*n, catalog.Real), usual(samples*n, catalog.Probability)
	t, element := usual(n, catalog.Probability), usual(n, catalog.Scale)
	datum, feature := usual(batch, catalog.Scale), usual(features, catalog.Scale)
	class := usual(features, catalog.Probability)
	y, ignore, beta := make([]int, batch), 3, 0.5
	for i := range y {
		y[i] = (i + int(seed)) % features
	}
	each, some := make([]bool, n), make([]bool, batch)
	for i := range each {
		each[i] = i%5 != 2
	}
	copy(some, each)
	list := []call[T]{
		callOf("MSE", loss.MSE[T]{Samples: samples}, x, t, samples*n),
		callOf("MSE, sum", loss.MSE[T]{Reduction: loss.Sum, Samples: samples}, x, t, samples*n),
		callOf("MSE, mask", loss.MSE[T]{Samples: samples, Mask: each}, x, t, samples*n),
		callOf("L1", loss.L1[T]{Samples: samples}, x, t, samples*n),
		callOf("L1, mask", loss.L1[T]{Samples: samples, Mask: each}, x, t, samples*n),
		callOf("Huber", loss.Huber[T]{Samples: samples}, x, t, samples*n),
		callOf("Huber, mask", loss.Huber[T]{Delta: 0.5, Samples: samples, Mask: each}, x, t, samples*n),
		callOf("SmoothL1", loss.SmoothL1[T]{Beta: &beta, Samples: samples}, x, t, samples*n),
		callOf("BCE", loss.BCE[T]{Samples: samples}, probs, t, samples*n),
		callOf("BCE, options", loss.BCE[T]{
			Samples: samples, Weight: element, DatumWeight: datum, FeatureWeight: feature, Mask: each,
		}, probs, t, samples*n),
		callOf("BCEWithLogits", loss.BCEWithLogits[T]{Samples: samples}, x, t, samples*n),
		callOf("BCEWithLogits, options", loss.BCEWithLogits[T]{
			Samples: samples, Weight: element, DatumWeight: datum, FeatureWeight: feature, PosWeight: feature,
			Mask: each,
		}, x, t, samples*n),
		callOf("BCEWithLogits, positions", loss.BCEWithLogits[T]{
			Samples: samples, Features: 3, Positions: features, FeatureWeight: feature[:3], PosWeight: feature[:1],
		}, x, t, samples*n),
		callOf("FocalBinary", loss.FocalBinary[T]{Samples: samples, Gamma: 2}, x, t, samples*n),
		callOf("FocalBinary, options",
			loss.FocalBinary[T]{Samples: samples, Gamma: 0.5, Alpha: class, Mask: each}, x, t, samples*n),
		callOf("CrossEntropy", loss.CrossEntropy[T]{Samples: samples, Classes: features}, x, y, samples*batch),
		callOf("CrossEntropy, weights", loss.CrossEntropy[T]{
			Samples: samples, Weight: class, IgnoreIndex: &ignore, Mask: some,
		}, x, y, samples*batch),
		callOf("CrossEntropy, smoothing", loss.CrossEntropy[T]{
			Samples: samples, Weight: class, LabelSmoothing: 0.1, Mask: some,
		}, x, y, samples*batch),
		callOf("CrossEntropy, positions",
			loss.CrossEntropy[T]{Samples: samples, Classes: features, Positions: 5}, x, y, samples*batch),
		callOf("CrossEntropyProb", loss.CrossEntropyProb[T]{Samples: samples, Classes: features}, x, t, samples*batch),
		callOf("CrossEntropyProb, options", loss.CrossEntropyProb[T]{
			Samples: samples, Weight: class, LabelSmoothing: 0.1, Positions: 5, Mask: some,
		}, x, t, samples*batch),
		callOf("NLL", loss.NLL[T]{Samples: samples, Classes: features}, x, y, samples*batch),
		callOf("NLL, options", loss.NLL[T]{
			Samples: samples, Weight: class, IgnoreIndex: &ignore, Positions: 5, Mask: some,
		}, x, y, samples*batch),
		callOf("Focal", loss.Focal[T]{Samples: samples, Gamma: 2, Classes: features}, x, y, samples*batch),
		callOf("Focal, options", loss.Focal[T]{
			Samples: samples, Gamma: 0.5, Weight: class, Alpha: class, IgnoreIndex: &ignore, Positions: 5, Mask: some,
		}, x, y, samples*batch),
	}
	long := make([]int, 3)
	x, t = usual(3*900, catalog.Real), usual(3*900, catalog.Probability)
	return append(list,
		callOf("CrossEntropy, many classes", loss.CrossEntropy[T]{LabelSmoothing: 0.1}, x, long, 3),
		callOf("CrossEntropyProb, many classes", loss.CrossEntropyProb[T]{Classes: 900}, x, t, 3),
		callOf("Focal, many classes", loss.Focal[T]{Gamma: 2}, x, long, 3))
}

// everyGaussian has the losses of Gaussian layers and models; what is written is the gradient with respect to phi, or
// by pred.
func everyGaussian[T loss.Float](seed uint64) []call[T] {
	usual := func(n int, d catalog.Domain) []T { return usualOf[T](n, d, seed) }
	const samples, batch, out = 2, 45, 7
	phi, t := usual(samples*batch*out, catalog.Real), usual(batch*out, catalog.Probability)
	layer := identity[T]{out}
	work, params := make([]T, layer.KLWorkLen()+4*len(phi)), make([]T, 1)
	y := make([]int, batch)
	each, some := make([]bool, batch*out), make([]bool, batch)
	each[3], some[3] = true, true
	mse := loss.MSEVR[T]{Layer: layer, Samples: samples, Mask: each}
	bce := loss.BCEWithLogitsVR[T]{Layer: layer, Samples: samples, Mask: each}
	ce := loss.CrossEntropyVR[T]{Layer: layer, Samples: samples, Mask: some}
	vfe := loss.VariationalFreeEnergy[T, int]{NLL: loss.CrossEntropy[T]{Samples: samples, Classes: out}, Model: layer}
	nll, variance := loss.GaussianNLL[T]{Samples: samples}, usual(len(phi), catalog.Positive)
	masked := loss.GaussianNLL[T]{Samples: samples, Full: true, Mask: each}
	return []call[T]{
		{"GaussianNLL", len(phi), len(phi),
			func() (float64, error) { return nll.Value(phi, variance, t) },
			func(dst []T) error { return nll.ElementsTo(dst, phi, variance, t) },
			func(grad []T) (float64, error) { return nll.ValueGrad(grad, nil, phi, variance, t) },
			func(a *loss.Accumulator, dst []T) error { return nll.Accumulate(a, dst, phi, variance, t) }},
		{"GaussianNLL, options", len(phi), len(phi),
			func() (float64, error) { return masked.Value(phi, variance, t) },
			func(dst []T) error { return masked.ElementsTo(dst, phi, variance, t) },
			func(grad []T) (float64, error) { return masked.ValueGrad(nil, grad, phi, variance, t) },
			func(a *loss.Accumulator, dst []T) error { return masked.Accumulate(a, dst, phi, variance, t) }},
		{"MSEVR", len(phi), len(phi),
			func() (float64, error) { return mse.Value(phi, t, work) },
			func(dst []T) error { return mse.ElementsTo(dst, phi, t, work) },
			func(grad []T) (float64, error) { return mse.ValueGrad(grad, params, phi, t, work) },
			func(a *loss.Accumulator, dst []T) error { return mse.Accumulate(a, dst, phi, t, work) }},
		{"BCEWithLogitsVR", len(phi), len(phi),
			func() (float64, error) { return bce.Value(phi, t, work) },
			func(dst []T) error { return bce.ElementsTo(dst, phi, t, work) },
			func(grad []T) (float64, error) { return bce.ValueGrad(grad, params, phi, t, work) },
			func(a *loss.Accumulator, dst []T) error { return bce.Accumulate(a, dst, phi, t, work) }},
		{"CrossEntropyVR", len(phi), samples * batch,
			func() (float64, error) { return ce.Value(phi, y, work) },
			func(dst []T) error { return ce.ElementsTo(dst, phi, y, work) },
			func(grad []T) (float64, error) { return ce.ValueGrad(grad, params, phi, y, work) },
			func(a *loss.Accumulator, dst []T) error { return ce.Accumulate(a, dst, phi, y, work) }},
		{"VariationalFreeEnergy", len(phi), samples * batch,
			func() (float64, error) { return vfe.Value(phi, y, work) },
			func(dst []T) error { return vfe.ElementsTo(dst, phi, y, work) },
			func(grad []T) (float64, error) { return vfe.ValueGrad(grad, params, phi, y, work) }, nil},
	}
}

// identity is a Gaussian layer and model that is no more than its interface asks for: as many outputs as inputs, the
// mean is the input, the variance 1; its one parameter does not matter to either.
type identity[T loss.Float] struct{ n int }

func (l identity[T]) In() int            { return l.n }
func (l identity[T]) Out() int           { return l.n }
func (l identity[T]) NumParams() int     { return 1 }
func (l identity[T]) NumMeanParams() int { return 1 }
func (l identity[T]) WorkLen(int) int    { return 0 }
func (l identity[T]) KLWorkLen() int     { return 1 }

func (l identity[T]) Predict(mean, variance, phi, _ []T) error {
	copy(mean, phi)
	for i := range variance {
		variance[i] = 1
	}
	return nil
}

func (l identity[T]) PredictGrad(dPhi, _, _, dMean, _, _ []T) error {
	copy(dPhi, dMean)
	return nil
}

func (l identity[T]) KL(_, priorSigma []T, _ T, _ []T) (float64, error) {
	for _, s := range priorSigma {
		if s == 0 {
			return 0, errPrior
		}
	}
	return 0.5, nil
}

func (l identity[T]) KLGrad(dParams, priorMu, priorSigma []T, eps, scale T, work []T) (float64, error) {
	kl, err := l.KL(priorMu, priorSigma, eps, work)
	if err == nil {
		dParams[0] += scale
	}
	return kl, err
}

var errPrior = errors.New("the prior is a point")
