package loss_test

import (
	"math"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/loss"
)

// What a mask leaves out has the element and the gradient 0, whatever it is; what it keeps has the bits that it has
// without, and the mean is over that. (The fuzz targets hold the numbers to the formulas.)
func TestMask(t *testing.T) {
	t.Run("float32", testMask[float32])
	t.Run("float64", testMask[float64])
}

func testMask[T loss.Float](t *testing.T) {
	const samples, batch, out = 2, 60, 5 // more than a block
	const n = batch * out
	x, p := usual[T](samples*n, catalog.Real), usual[T](samples*n, catalog.Probability)
	gauss := usual[T](2*samples*n, catalog.Real)
	t1, y := usual[T](n, catalog.Probability), make([]int, batch)
	for i := range y {
		y[i] = int(mix(i, 2) % out)
	}
	class, gamma := t1[:out], 1.5
	layer := given[T]{identity[T]{out}}

	numbers := func(name string, pred []T, of func(r loss.Reduction, mask []bool) loss.Loss[T, T]) {
		t.Run(name, func(t *testing.T) {
			maskCase[T, T]{of, pred, t1, n, len(pred) / (samples * n), 1}.test(t, samples)
		})
	}
	numbers("MSE", x, func(r loss.Reduction, m []bool) loss.Loss[T, T] { return loss.MSE[T]{r, samples, m} })
	numbers("L1", x, func(r loss.Reduction, m []bool) loss.Loss[T, T] { return loss.L1[T]{r, samples, m} })
	numbers("Huber", x, func(r loss.Reduction, m []bool) loss.Loss[T, T] { return loss.Huber[T]{r, 0.5, samples, m} })
	numbers("SmoothL1", x, func(r loss.Reduction, m []bool) loss.Loss[T, T] {
		return loss.SmoothL1[T]{r, &gamma, samples, m}
	})
	numbers("GaussianNLL", gauss, func(r loss.Reduction, m []bool) loss.Loss[T, T] {
		return interleaved[T]{loss.GaussianNLL[T]{Reduction: r, Samples: samples, Full: true, Mask: m}}
	})
	numbers("BCE", p, func(r loss.Reduction, m []bool) loss.Loss[T, T] {
		return loss.BCE[T]{Reduction: r, Samples: samples, FeatureWeight: class, Mask: m}
	})
	numbers("BCEWithLogits", x, func(r loss.Reduction, m []bool) loss.Loss[T, T] {
		return loss.BCEWithLogits[T]{Reduction: r, Samples: samples, PosWeight: class, DatumWeight: t1[:batch], Mask: m}
	})
	numbers("FocalBinary", x, func(r loss.Reduction, m []bool) loss.Loss[T, T] {
		return loss.FocalBinary[T]{Reduction: r, Samples: samples, Gamma: gamma, Alpha: class, Mask: m}
	})
	numbers("MSEVR", gauss, func(r loss.Reduction, m []bool) loss.Loss[T, T] {
		return gaussianLoss[T, T]{loss.MSEVR[T]{Reduction: r, Layer: layer, Samples: samples, Mask: m}, layer.In()}
	})
	numbers("BCEWithLogitsVR", gauss, func(r loss.Reduction, m []bool) loss.Loss[T, T] {
		return gaussianLoss[T, T]{loss.BCEWithLogitsVR[T]{Reduction: r, Layer: layer, Samples: samples, Mask: m}, layer.In()}
	})

	classes := func(name string, pred []T, positions int, of func(r loss.Reduction, mask []bool) loss.Loss[T, int]) {
		t.Run(name, func(t *testing.T) {
			maskCase[T, int]{of, pred, y, batch, len(pred) / (samples * batch), positions}.test(t, samples)
		})
	}
	for _, positions := range []int{1, 4} {
		classes("NLL", x, positions, func(r loss.Reduction, m []bool) loss.Loss[T, int] {
			return loss.NLL[T]{Reduction: r, Samples: samples, Classes: out, Positions: positions, Mask: m}
		})
		classes("CrossEntropy", x, positions, func(r loss.Reduction, m []bool) loss.Loss[T, int] {
			return loss.CrossEntropy[T]{Reduction: r, Samples: samples, Classes: out, Positions: positions, Mask: m}
		})
		classes("CrossEntropy, smoothing", x, positions, func(r loss.Reduction, m []bool) loss.Loss[T, int] {
			return loss.CrossEntropy[T]{
				Reduction: r, Samples: samples, Classes: out, Positions: positions, LabelSmoothing: 0.1, Mask: m,
			}
		})
		classes("Focal", x, positions, func(r loss.Reduction, m []bool) loss.Loss[T, int] {
			return loss.Focal[T]{
				Reduction: r, Samples: samples, Gamma: gamma, Classes: out, Positions: positions, Alpha: class, Mask: m,
			}
		})
		t.Run("CrossEntropyProb", func(t *testing.T) {
			maskCase[T, T]{func(r loss.Reduction, m []bool) loss.Loss[T, T] {
				return loss.CrossEntropyProb[T]{
					Reduction: r, Samples: samples, Classes: out, Positions: positions, Mask: m,
				}
			}, x, t1, batch, out, positions}.test(t, samples)
		})
	}
	classes("CrossEntropyVR", gauss, 1, func(r loss.Reduction, m []bool) loss.Loss[T, int] {
		return gaussianLoss[T, int]{loss.CrossEntropyVR[T]{Reduction: r, Layer: layer, Samples: samples, Mask: m}, layer.In()}
	})
}

// maskCase is a loss of so many targets, each of which has as many predictions as there are classes.
type maskCase[T loss.Float, E loss.Target] struct {
	of                          func(loss.Reduction, []bool) loss.Loss[T, E]
	pred                        []T
	target                      []E
	targets, classes, positions int
}

func (c maskCase[T, E]) test(t *testing.T, samples int) {
	mask, keeps := make([]bool, c.targets), 0
	for i := range mask {
		if mask[i] = mix(i, 1)%3 != 0; mask[i] {
			keeps++
		}
	}
	shape := rows{samples * c.targets, c.classes, c.positions}
	whole := evaluate(t, c.of(loss.Sum, nil), c.pred, c.target, shape.count)
	c.pred, c.target = slices.Clone(c.pred), slices.Clone(c.target)
	spoil(c.pred, c.target, mask, c.positions, c.classes)
	sum := evaluate(t, c.of(loss.Sum, mask), c.pred, c.target, shape.count)
	mean := evaluate(t, c.of(loss.Mean, mask), c.pred, c.target, shape.count)

	total := 0.0
	for i := range shape.count {
		if !kept(mask, i) {
			whole.elements[i] = 0
			for k := range c.classes {
				whole.grad[shape.at(i, k)] = 0
			}
		}
		total += float64(whole.elements[i])
	}
	if !slices.Equal(sum.elements, whole.elements) || !slices.Equal(mean.elements, whole.elements) {
		t.Errorf("elements %v, want %v", sum.elements, whole.elements)
	}
	if !slices.Equal(sum.grad, whole.grad) {
		t.Errorf("gradient %v, want %v", sum.grad, whole.grad)
	}
	tolerance := precisionOf[T]().value * math.Abs(total)
	if math.Abs(sum.value-total) > tolerance || sum.again != sum.value {
		t.Errorf("sum %v and %v, want %v", sum.value, sum.again, total)
	}
	want := sum.value / float64(samples*keeps)
	if math.Abs(mean.value-want) > 1e-15*math.Abs(want) || mean.again != mean.value {
		t.Errorf("mean %v and %v, want %v", mean.value, mean.again, want)
	}
	none := evaluate(t, c.of(loss.Mean, make([]bool, c.targets)), c.pred, c.target, shape.count)
	if !math.IsNaN(none.value) || slices.ContainsFunc(none.grad, func(g T) bool { return g != 0 }) {
		t.Errorf("nothing is kept: mean %v, gradient %v", none.value, none.grad)
	}
}

// interleaved is the Gaussian log-likelihood as a loss of predictions: of each mean, and next to it the variance up to
// its sign.
type interleaved[T loss.Float] struct{ of loss.GaussianNLL[T] }

func (interleaved[T]) split(pred []T) (mean, variance []T) {
	mean, variance = make([]T, len(pred)/2), make([]T, len(pred)/2)
	_ = given[T]{}.Predict(mean, variance, pred, nil)
	return mean, variance
}

func (l interleaved[T]) Value(pred, target []T) (float64, error) {
	mean, variance := l.split(pred)
	return l.of.Value(mean, variance, target)
}

func (l interleaved[T]) ElementsTo(dst, pred, target []T) error {
	mean, variance := l.split(pred)
	return l.of.ElementsTo(dst, mean, variance, target)
}

func (l interleaved[T]) Accumulate(a *loss.Accumulator, dst, pred, target []T) error {
	mean, variance := l.split(pred)
	return l.of.Accumulate(a, dst, mean, variance, target)
}

func (l interleaved[T]) ValueGrad(grad, pred, target []T) (float64, error) {
	mean, variance := l.split(pred)
	value, err := l.of.ValueGrad(mean, variance, mean, variance, target) // in place
	if err == nil {
		_ = given[T]{}.PredictGrad(grad, nil, nil, mean, variance, nil)
	}
	return value, err
}

// gaussianLoss is a loss of a Gaussian layer as one of predictions: those are the inputs of the layer.
type gaussianLoss[T loss.Float, E loss.Target] struct {
	of interface {
		WorkLen(rows int) int
		Value(phi []T, target []E, work []T) (float64, error)
		ElementsTo(dst, phi []T, target []E, work []T) error
		Accumulate(a *loss.Accumulator, dst, phi []T, target []E, work []T) error
		ValueGrad(dPhi, dParams, phi []T, target []E, work []T) (float64, error)
	}
	in int // of the layer
}

func (l gaussianLoss[T, E]) work(phi []T) []T { return make([]T, l.of.WorkLen(len(phi)/l.in)) }

func (l gaussianLoss[T, E]) Value(phi []T, target []E) (float64, error) {
	return l.of.Value(phi, target, l.work(phi))
}

func (l gaussianLoss[T, E]) ElementsTo(dst, phi []T, target []E) error {
	return l.of.ElementsTo(dst, phi, target, l.work(phi))
}

func (l gaussianLoss[T, E]) Accumulate(a *loss.Accumulator, dst, phi []T, target []E) error {
	return l.of.Accumulate(a, dst, phi, target, l.work(phi))
}

func (l gaussianLoss[T, E]) ValueGrad(grad, phi []T, target []E) (float64, error) {
	return l.of.ValueGrad(grad, nil, phi, target, l.work(phi))
}
