package loss_test

import (
	"math"
	"testing"

	"github.com/simmer-go/simmer/loss"
)

// A kind is a loss whose elements depend on one prediction and one target each.
type kind[T loss.Float] struct {
	make           func(fields[T]) loss.Loss[T, T]
	exact          func(positive float64) formula
	pred, target   func(s *source, name string, n int, bad *[]string) []T
	weights        bool // takes weights
	positiveWeight bool
	alpha          bool
	float64Sum     bool
	subnormal      bool                    // factors of a sum may be subnormal in T
	smooth         func(x, t float64) bool // where the gradient is the derivative; nil: everywhere
}

// fields are what the fields of a loss hold.
type fields[T loss.Float] struct {
	reduction                         loss.Reduction
	samples, features, positions      int
	element, datum, feature, positive []T
	alpha                             []T
	mask                              []bool
}

// The next four make predictions and targets of a domain. Some make others too: then bad is told.

func anyNumber[T loss.Float](s *source, _ string, n int, _ *[]string) []T { return anyNumbers[T](s, n) }

func noNaN[T loss.Float](s *source, name string, n int, bad *[]string) []T {
	x := anyNumbers[T](s, n)
	raw := s.chance(8)
	for i, v := range x {
		switch {
		case v == v:
		case raw:
			*bad = append(*bad, name)
		default:
			x[i] = 0
		}
	}
	return x
}

func inUnitInterval[T loss.Float](s *source, name string, n int, bad *[]string) []T {
	return probabilities[T](s, name, n, bad, false)
}

func inUnitIntervalOrNaN[T loss.Float](s *source, name string, n int, bad *[]string) []T {
	return probabilities[T](s, name, n, bad, true)
}

func drawMSE[T loss.Float](*source) kind[T] {
	return kind[T]{
		make:       func(f fields[T]) loss.Loss[T, T] { return loss.MSE[T]{f.reduction, f.samples, f.mask} },
		exact:      func(float64) formula { return exactMSE() },
		pred:       anyNumber[T],
		target:     noNaN[T],
		float64Sum: true,
	}
}

func drawL1[T loss.Float](*source) kind[T] {
	return kind[T]{
		make:       func(f fields[T]) loss.Loss[T, T] { return loss.L1[T]{f.reduction, f.samples, f.mask} },
		exact:      func(float64) formula { return exactL1() },
		pred:       anyNumber[T],
		target:     noNaN[T],
		float64Sum: true,
		smooth:     func(x, t float64) bool { return x == t || math.Abs(x-t) > 0x1p-30 },
	}
}

// threshold is from 1/64 to 4.
func (s *source) threshold() float64 { return float64(1+s.byte()) / 64 }

func drawHuber[T loss.Float](s *source) kind[T] {
	delta := s.threshold()
	return kind[T]{
		make: func(f fields[T]) loss.Loss[T, T] {
			return loss.Huber[T]{f.reduction, delta, f.samples, f.mask}
		},
		exact:      func(float64) formula { return exactHuber(delta, 1) },
		pred:       anyNumber[T],
		target:     noNaN[T],
		float64Sum: true,
		smooth:     func(x, t float64) bool { return math.Abs(math.Abs(x-t)-delta) > 0x1p-30 },
	}
}

func drawSmoothL1[T loss.Float](s *source) kind[T] {
	beta := s.threshold()
	return kind[T]{
		make: func(f fields[T]) loss.Loss[T, T] {
			return loss.SmoothL1[T]{f.reduction, &beta, f.samples, f.mask}
		},
		exact:      func(float64) formula { return exactHuber(beta, beta) },
		pred:       anyNumber[T],
		target:     noNaN[T],
		float64Sum: true,
		smooth:     func(x, t float64) bool { return math.Abs(math.Abs(x-t)-beta) > 0x1p-30 },
	}
}

func drawBCE[T loss.Float](*source) kind[T] {
	return kind[T]{
		make: func(f fields[T]) loss.Loss[T, T] {
			return loss.BCE[T]{f.reduction, f.samples, f.features, f.positions, f.element, f.datum, f.feature, f.mask}
		},
		exact:   func(float64) formula { return exactBCE() },
		pred:    inUnitIntervalOrNaN[T],
		target:  inUnitInterval[T],
		weights: true,
		// Away from the clamps, and from 0 where the gradient's one rounded term says nothing about third derivatives.
		smooth: func(p, t float64) bool { return p > 0x1p-6 && p < 1-0x1p-6 && math.Abs(p-t) > 0x1p-10 },
	}
}

func drawLogits[T loss.Float](*source) kind[T] {
	return kind[T]{
		make: func(f fields[T]) loss.Loss[T, T] {
			return loss.BCEWithLogits[T]{
				f.reduction, f.samples, f.features, f.positions, f.element, f.datum, f.feature, f.positive, f.mask,
			}
		},
		exact:          exactLogits,
		pred:           anyNumber[T],
		target:         inUnitInterval[T],
		weights:        true,
		positiveWeight: true,
	}
}

func drawFocalBinary[T loss.Float](s *source) kind[T] {
	gamma := s.gamma()
	return kind[T]{
		make: func(f fields[T]) loss.Loss[T, T] {
			return loss.FocalBinary[T]{f.reduction, f.samples, gamma, f.alpha, f.features, f.positions, f.mask}
		},
		alpha:  true,
		exact:  func(float64) formula { return exactFocalBinary(gamma) },
		pred:   anyNumber[T],
		target: inUnitInterval[T],

		float64Sum: true,
		subnormal:  true,
	}
}

// gamma is one of the usual ones, or any up to 5.
func (s *source) gamma() float64 {
	usual := []float64{0, 0.5, 1, 2, 3, 5}
	if b := s.byte(); b < len(usual) {
		return usual[b]
	} else {
		return float64(b) / 51
	}
}

// drawElementwise makes a problem of sample × batch × feature.
func drawElementwise[T loss.Float](draw func(*source) kind[T]) func(*source) *problem[T, T] {
	return func(s *source) *problem[T, T] {
		k := draw(s)
		p := &problem[T, T]{samples: s.byte() % 4, items: s.size(), divisor: 1, float64Sum: k.float64Sum, subnormal: k.subnormal}
		features := max(1, min(s.size(), s.most()/max(1, p.items*p.samples)))
		p.predItem, p.targetItem, p.elementsOfItem = features, features, features
		p.pred = k.pred(s, "pred", p.samples*p.items*features, &p.bad)
		p.target = k.target(s, "target", p.items*features, &p.bad)
		if (len(p.pred) == 0) != (len(p.target) == 0) {
			p.bad = append(p.bad, "len(pred)")
		}
		w := drawFields(s, k, p.samples, p.items, features, &p.bad)
		w.reduction, w.samples = s.reduction(), p.samples
		at := s.byte()
		w.mask = s.mask(len(p.target), len(p.bad) > 0)
		if mask := w.mask; mask != nil && s.chance(2) {
			spoil(p.pred, p.target, mask, 1, 1)
		}
		if w.reduction == loss.Mean {
			p.divisor = float64(p.samples) * float64(countKept(w.mask, len(p.target)))
		}
		w.drawAxes(s, k, features, len(p.bad) > 0)
		p.loss = k.make(w)
		p.choose = func(part selection) loss.Loss[T, T] {
			w := w
			w.reduction, w.samples = loss.Sum, len(part.samples)
			w.datum = choose(w.datum, part.one(), 1, 1)
			w.mask = choose(w.mask, part.one(), features, 1)
			if len(w.element) == len(p.target) {
				w.element = choose(w.element, part.one(), features, 1)
			} else {
				w.element = choose(w.element, part, features, p.samples)
			}
			return k.make(w)
		}
		p.spoilSamples(s, func() { w.samples++; p.loss = k.make(w) })
		p.shape = rows{len(p.pred), 1, 1}
		p.exact = p.shape.exact(func(i int) (term, []term) {
			if !kept(w.mask, i) {
				return rowOf(known(0), 1)
			}
			y := float64(p.target[i%len(p.target)])
			v, g := k.exact(float64(w.positiveAt(i))).at(float64(p.pred[i]), y)
			f := float64(w.at(i, p.items, features)) * w.alphaAt(i, y)
			return v.times(f), []term{g.times(f)}
		})
		p.derivative = func(t *testing.T) {
			if len(p.pred) == 0 || !kept(w.mask, at%len(p.pred)) {
				return
			}
			i := at % len(p.pred)
			x, y := float64(p.pred[i]), float64(p.target[i%len(p.target)])
			if !(math.Abs(x)+math.Abs(y) < 0x1p40) || k.smooth != nil && !k.smooth(x, y) {
				return
			}
			f := k.exact(float64(w.positiveAt(i)))
			checkDerivative(t, func(x number) term { return f.value(x, num(y)) }, num(x), f.grad(num(x), num(y)))
		}
		return p
	}
}

func drawFields[T loss.Float](s *source, k kind[T], samples, items, features int, bad *[]string) (w fields[T]) {
	if k.weights {
		switch s.byte() % 4 {
		case 1:
			w.element = weightsOf[T](s, "Weight", items*features, bad)
		case 2:
			w.element = weightsOf[T](s, "Weight", samples*items*features, bad)
		}
		if s.chance(2) {
			w.datum = weightsOf[T](s, "DatumWeight", items, bad)
		}
		if s.chance(2) {
			w.feature = weightsOf[T](s, "FeatureWeight", features, bad)
		}
	}
	if k.positiveWeight && s.chance(2) {
		w.positive = weightsOf[T](s, "PosWeight", []int{1, features}[s.byte()%2], bad)
	}
	return w
}

// at is the weight of position i of pred; positiveAt that of its positive class.
func (w fields[T]) at(i, items, features int) T {
	f := T(1)
	if w.element != nil {
		f *= w.element[i%len(w.element)]
	}
	if w.datum != nil {
		f *= w.datum[i/features%items]
	}
	if w.feature != nil {
		f *= w.feature[i/max(w.positions, 1)%len(w.feature)]
	}
	return f
}

// alphaAt is α_t, with α in float64 as its complement may need it.
func (w fields[T]) alphaAt(i int, t float64) float64 {
	if w.alpha == nil {
		return 1
	}
	a := float64(w.alpha[i/max(w.positions, 1)%len(w.alpha)])
	return t*a + (1-t)*(1-a)
}

// drawAxes makes two positions of every other feature, and draws what comes last, so that older corpora keep their
// meaning.
func (w *fields[T]) drawAxes(s *source, k kind[T], features int, bad bool) {
	if (k.weights || k.alpha) && features%2 == 0 && s.chance(2) && !bad { // what is bad may be cut off
		w.positions = 2
		features /= 2
		w.feature = w.feature[:min(features, len(w.feature))]
		w.positive = w.positive[:min(features, len(w.positive))]
	}
	if (k.weights || k.alpha) && s.chance(2) {
		w.features = features
	}
	if k.alpha && s.chance(2) {
		w.alpha = make([]T, []int{1, features}[s.byte()%2])
		for i := range w.alpha {
			w.alpha[i] = T(s.byte()) / 255
		}
	}
}

func (w fields[T]) positiveAt(i int) T {
	if w.positive == nil {
		return 1
	}
	return w.positive[i/max(w.positions, 1)%len(w.positive)]
}
