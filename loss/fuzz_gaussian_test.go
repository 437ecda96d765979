package loss_test

import (
	"math"
	"testing"

	"github.com/simmer-go/simmer/loss"
)

// The losses of a predictive mean and variance. Predictions are both, next to each other; the layer whose outputs they
// are has no arithmetic of its own.

func FuzzGaussianNLL(f *testing.F) {
	fuzz(f, drawNormal[float32](drawGaussianNLL[float32]), drawNormal[float64](drawGaussianNLL[float64]))
}

func FuzzMSEVR(f *testing.F) {
	fuzz(f, drawNormal[float32](drawMSEVR[float32]), drawNormal[float64](drawMSEVR[float64]))
}

func FuzzBCEWithLogitsVR(f *testing.F) {
	fuzz(f, drawNormal[float32](drawLogitsVR[float32]), drawNormal[float64](drawLogitsVR[float64]))
}

func FuzzCrossEntropyVR(f *testing.F) {
	fuzz(f, drawCrossEntropyVR[float32], drawCrossEntropyVR[float64])
}

// A normalKind is a loss of a mean, a variance and a target that are numbers.
type normalKind[T loss.Float] struct {
	make   func(f fields[T], out int) loss.Loss[T, T]
	target func(s *source, name string, n int, bad *[]string) []T
	// terms are the value, and the gradients by mean and by variance.
	terms      func(mean, variance, target float64) (value term, grads []term)
	float64Sum bool
}

func drawGaussianNLL[T loss.Float](s *source) normalKind[T] {
	full, eps := s.chance(2), math.Ldexp(1, -s.byte()%32)
	return normalKind[T]{
		make: func(f fields[T], _ int) loss.Loss[T, T] {
			return interleaved[T]{loss.GaussianNLL[T]{f.reduction, f.samples, full, &eps, f.mask}}
		},
		target: noNaN[T],
		terms:  func(m, v, t float64) (term, []term) { return exactGaussianNLL(m, v, t, eps, full) },
	}
}

// exactGaussianNLL is ½(log v + d²/v) with the constant, and its gradients d/v and ½(1/v − (d/v)²).
func exactGaussianNLL(mean, variance, target, eps float64, full bool) (term, []term) {
	v, d := max(variance, eps), mean-target
	constant := 0.0
	if full {
		constant = math.Log(2*math.Pi) / 2
	}
	if variance-variance != 0 || mean-mean != 0 || target-target != 0 { // what the formula gives
		q, u := d/v, 1/v
		return known((math.Log(v)+d*q)/2 + constant), []term{known(q), known((u - (d*u)*(d*u)) / 2)}
	}
	half, u := num(0.5), quo(num(1), num(v))
	q := mul(sub(num(mean), num(target)), u)
	log, square := logarithm(num(v)), mul(sub(num(mean), num(target)), q)
	value := exactly(add(mul(half, log), mul(half, square), num(constant)),
		add(mul(half, abs(log)), mul(half, square), num(constant)))
	value.most = round(square)
	byMean := exactly(q, abs(q))
	byVariance := exactly(mul(half, sub(u, mul(q, q))), mul(half, add(u, mul(q, q))))
	byMean.loose, byVariance.loose = 2+round(u), 2+round(u)+round(mul(u, abs(q)))
	value.loose = 2 + round(abs(sub(num(mean), num(target))))
	byVariance.most = round(mul(q, q))
	return value, []term{byMean, byVariance}
}

func drawMSEVR[T loss.Float](*source) normalKind[T] {
	return normalKind[T]{
		make: func(f fields[T], out int) loss.Loss[T, T] {
			layer := given[T]{identity[T]{out}}
			return gaussianLoss[T, T]{loss.MSEVR[T]{f.reduction, layer, f.samples, f.mask}, layer.In()}
		},
		target:     noNaN[T],
		float64Sum: true,
		terms: func(m, v, t float64) (term, []term) {
			if m-m != 0 || v-v != 0 || t-t != 0 {
				return known((m-t)*(m-t) + v), []term{known(2 * (m - t)), known(1)}
			}
			d := sub(num(m), num(t))
			value := add(mul(d, d), num(v))
			return exactly(value, value), []term{exactly(mul(num(2), d), abs(mul(num(2), d))), known(1)}
		},
	}
}

func drawLogitsVR[T loss.Float](*source) normalKind[T] {
	return normalKind[T]{
		make: func(f fields[T], out int) loss.Loss[T, T] {
			layer := given[T]{identity[T]{out}}
			return gaussianLoss[T, T]{loss.BCEWithLogitsVR[T]{f.reduction, layer, f.samples, f.mask}, layer.In()}
		},
		target:     inUnitInterval[T],
		float64Sum: true,
		terms:      exactLogitsVR,
	}
}

// exactLogitsVR is t·softplus(b) + (1−t)·softplus(a) with a = v/2+m and b = v/2−m. The rounding of a and b is felt by
// their size.
func exactLogitsVR(m, v, t float64) (term, []term) {
	if m-m != 0 || v-v != 0 {
		a, b := v/2+m, v/2-m
		up, down := (1-t)*plainSigmoid(a), t*plainSigmoid(b)
		value := weigh(t, plainSoftplus(b)) + weigh(1-t, plainSoftplus(a))
		return known(value), []term{known(up - down), known((up + down) / 2)}
	}
	half := mul(num(0.5), num(v))
	a, b := add(half, num(m)), sub(half, num(m))
	size := add(num(1), half, abs(num(m)))
	value := add(mul(num(t), softplus(b)), mul(not(num(t)), softplus(a)))
	up, down := mul(not(num(t)), sigmoid(a)), mul(num(t), sigmoid(b))
	scale := add(mul(num(t), mul(size, sigmoid(b))), mul(not(num(t)), mul(size, sigmoid(a))))
	exact := exactly(value, add(value, scale))
	exact.loose = 2 + round(size)
	both := add(up, down)
	return exact, []term{exactly(sub(up, down), mul(size, both)), exactly(mul(num(0.5), both), mul(size, both))}
}

func plainSoftplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }
func plainSigmoid(x float64) float64  { return 1 / (1 + math.Exp(-x)) }

// drawNormal makes a problem of sample × batch × feature, with a mean and a variance for each prediction.
func drawNormal[T loss.Float](draw func(*source) normalKind[T]) func(*source) *problem[T, T] {
	return func(s *source) *problem[T, T] {
		k := draw(s)
		p := &problem[T, T]{samples: 1 + s.byte()%3, items: s.size(), divisor: 1, float64Sum: k.float64Sum}
		out := max(1, min(s.size(), s.most()/max(1, p.items*p.samples)))
		p.predItem, p.targetItem, p.elementsOfItem = 2*out, out, out
		p.pred = anyNumbers[T](s, p.samples*p.items*2*out)
		p.target = k.target(s, "target", p.items*out, &p.bad)
		f := fields[T]{reduction: s.reduction(), samples: p.samples}
		f.mask = s.mask(len(p.target), len(p.bad) > 0)
		p.loss = k.make(f, out)
		p.choose = func(part selection) loss.Loss[T, T] {
			f := f
			f.reduction, f.samples, f.mask = loss.Sum, len(part.samples), choose(f.mask, part.one(), out, 1)
			return k.make(f, out)
		}
		if f.reduction == loss.Mean {
			p.divisor = float64(p.samples) * float64(countKept(f.mask, len(p.target)))
		}
		p.shape = rows{p.elements(), 2, 1}
		p.exact = p.shape.exact(func(i int) (term, []term) {
			if !kept(f.mask, i) {
				return rowOf(known(0), 2)
			}
			x := classesAt(p.pred, p.shape, i)
			return k.terms(x[0], math.Abs(x[1]), float64(p.target[i%len(p.target)]))
		})
		return p
	}
}

// drawCrossEntropyVR makes a problem of sample × batch, with means and variances of all classes for each prediction.
func drawCrossEntropyVR[T loss.Float](s *source) *problem[T, int] {
	p := &problem[T, int]{samples: 1 + s.byte()%3, items: s.size(), divisor: 1}
	classes := 1 + s.size()
	p.items = min(p.items, max(1, s.most()/(classes*p.samples)))
	p.predItem, p.targetItem, p.elementsOfItem = 2*classes, 1, 1
	p.pred = anyNumbers[T](s, p.samples*p.items*2*classes)
	p.target = drawTargets(s, p.items, classes, 0, &p.bad)
	layer, reduction := given[T]{identity[T]{classes}}, s.reduction()
	mask := s.mask(p.items, len(p.bad) > 0)
	build := func(r loss.Reduction, samples int, mask []bool) loss.Loss[T, int] {
		return gaussianLoss[T, int]{loss.CrossEntropyVR[T]{r, layer, samples, mask}, layer.In()}
	}
	p.loss = build(reduction, p.samples, mask)
	p.choose = func(part selection) loss.Loss[T, int] {
		return build(loss.Sum, len(part.samples), choose(mask, part.one(), 1, 1))
	}
	if reduction == loss.Mean {
		p.divisor = float64(p.samples) * float64(countKept(mask, p.items))
	}
	p.shape = rows{p.samples * p.items, 2 * classes, 1}
	p.exact = p.shape.exact(func(i int) (term, []term) {
		if !kept(mask, i) {
			return rowOf(known(0), 2*classes)
		}
		return exactCrossEntropyVR(classesAt(p.pred, p.shape, i), p.target[i%p.items])
	})
	return p
}

// exactCrossEntropyVR is the cross-entropy of m + v/2, plus half the variance of class y. The rounding of m + v/2 is
// felt by its size.
func exactCrossEntropyVR(x []float64, y int) (term, []term) {
	classes := len(x) / 2
	r, size, some := make(row, classes), num(1), false
	for c := range r {
		m, v := x[2*c], math.Abs(x[2*c+1])
		switch z := m + v/2; {
		case z != z || z == inf && (m == inf || v == inf):
			return rowOf(known(nan), 2*classes)
		case z == -inf && m == -inf:
			r[c] = none
		default:
			r[c], some = add(num(m), mul(num(0.5), num(v))), true
			size = larger(size, add(abs(num(m)), num(v)))
		}
	}
	if !some {
		return rowOf(known(nan), 2*classes)
	}
	ce, byLogit := hard{class: y, weight: 1}.terms(r)
	half := mul(num(0.5), num(math.Abs(x[2*y+1])))
	value := ce
	if !ce.special {
		value = exactly(add(ce.value, half), add(ce.value, half, size))
		value.loose = 4
	}
	grads := make([]term, 2*classes)
	for c, g := range byLogit {
		g.scale *= round(size)
		grads[2*c] = g
		dv := mul(num(0.5), g.value)
		if c == y {
			dv = add(dv, num(0.5))
		}
		grads[2*c+1] = exactly(dv, add(num(g.scale), num(1)))
		grads[2*c+1].loose = g.loose
	}
	return value, grads
}
