package loss_test

import (
	"math"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/loss"
)

// classFields are the fields that the losses of class indices have in common.
type classFields[T loss.Float] struct {
	reduction                   loss.Reduction
	samples, classes, positions int
	weight                      []T
	ignore                      *int
	mask                        []bool
	alpha                       []T
}

// A classKind is a loss of class indices.
type classKind[T loss.Float] struct {
	make  func(o classFields[T]) loss.Loss[T, int]
	terms func(logits []float64, y int, weight []T) (value term, grads []term)
	// derivative checks the formula at class c; nil if there is nothing to check.
	derivative    func(t *testing.T, logits []float64, y int, weight []T, c int)
	alpha         bool    // takes factors of the classes
	countsIgnored bool    // in the mean without weights
	nonNegative   bool    // refuses weights below 0
	slope         float64 // the largest derivative by the cross-entropy; 0 if there is none
	float64Sum    func(positions int) bool
}

func weightAt[T loss.Float](weight []T, c int) float64 {
	if weight == nil {
		return 1
	}
	return float64(weight[c])
}

// largest is the largest absolute weight.
func largest[T loss.Float](weight []T) float64 {
	if weight == nil {
		return 1
	}
	m := 0.0
	for _, w := range weight {
		m = max(m, math.Abs(float64(w)))
	}
	return m
}

func always(int) bool { return true }

func drawNLL[T loss.Float](*source) classKind[T] {
	return classKind[T]{
		make: func(o classFields[T]) loss.Loss[T, int] {
			return loss.NLL[T]{o.reduction, o.samples, o.classes, o.positions, o.weight, o.ignore, o.mask}
		},
		terms: func(x []float64, y int, weight []T) (term, []term) {
			_, grads := rowOf(known(0), len(x))
			w := weightAt(weight, y)
			grads[y] = known(-1).times(w)
			return known(x[y]).times(-w), grads
		},
		float64Sum: always,
	}
}

// oneClass are the terms of the losses that hard describes.
func oneClass[T loss.Float](gamma float64) func([]float64, int, []T) (term, []term) {
	return func(x []float64, y int, weight []T) (term, []term) {
		r, h := newRow(x), hard{y, weightAt(weight, y), gamma}
		if r == nil {
			return rowOf(known(nan), len(x))
		}
		return h.terms(r)
	}
}

// rowOf is a row whose value and derivatives are the same.
func rowOf(v term, classes int) (term, []term) { return v, slices.Repeat([]term{v}, classes) }

// smoothed are the masses of cross-entropy with smoothing, given the probabilities of the target.
func smoothed[T loss.Float](e float64, target []float64, weight []T) soft {
	q := make([]number, len(target))
	for c, t := range target {
		q[c] = add(mul(not(num(e)), num(t)), quo(num(e), num(float64(len(target)))))
		q[c] = mul(q[c], num(weightAt(weight, c)))
	}
	return soft{mass: q, largest: largest(weight)}
}

// oneHot has the probability 1 for a class.
func oneHot(y, classes int) []float64 {
	p := make([]float64, classes)
	p[y] = 1
	return p
}

// softLoss are the terms of the losses that masses describe.
func softLoss(x []float64, q soft) (term, []term) {
	r := newRow(x)
	if r == nil {
		return rowOf(known(nan), len(x))
	}
	return q.terms(r)
}

func drawCrossEntropy[T loss.Float](s *source) classKind[T] {
	smoothing := 0.0
	if s.chance(2) {
		smoothing = float64(s.byte()) / 255
	}
	k := classKind[T]{
		make: func(o classFields[T]) loss.Loss[T, int] {
			return loss.CrossEntropy[T]{
				o.reduction, o.samples, o.classes, o.positions, o.weight, o.ignore, smoothing, o.mask,
			}
		},
		terms:      oneClass[T](0),
		slope:      1,
		float64Sum: func(positions int) bool { return positions > 1 || smoothing > 0 },
	}
	k.derivative = hardDerivative[T](0)
	if smoothing > 0 {
		k.terms = func(x []float64, y int, weight []T) (term, []term) {
			return softLoss(x, smoothed(smoothing, oneHot(y, len(x)), weight))
		}
		k.derivative = func(t *testing.T, x []float64, y int, weight []T, c int) {
			q := smoothed(smoothing, oneHot(y, len(x)), weight)
			rowDerivative(t, x, c, q.terms)
		}
	}
	return k
}

func drawFocal[T loss.Float](s *source) classKind[T] {
	gamma := s.gamma()
	return classKind[T]{
		make: func(o classFields[T]) loss.Loss[T, int] {
			return loss.Focal[T]{
				o.reduction, o.samples, gamma, o.classes, o.positions, o.weight, o.alpha, o.ignore, o.mask,
			}
		},
		terms:         oneClass[T](gamma),
		derivative:    hardDerivative[T](gamma),
		alpha:         true,
		countsIgnored: true,
		nonNegative:   true,
		slope:         1 + gamma,
		float64Sum:    always,
	}
}

func hardDerivative[T loss.Float](gamma float64) func(*testing.T, []float64, int, []T, int) {
	return func(t *testing.T, x []float64, y int, weight []T, c int) {
		h := hard{y, weightAt(weight, y), gamma}
		rowDerivative(t, x, c, h.terms)
	}
}

// rowDerivative checks the gradient at class c of a row of moderate finite logits.
func rowDerivative(t *testing.T, x []float64, c int, terms func(row) (term, []term)) {
	for _, v := range x {
		if !(math.Abs(v) < 0x1p40) {
			return
		}
	}
	r := newRow(x)
	_, grads := terms(r)
	checkDerivative(t, func(v number) term {
		moved := append(row(nil), r...)
		moved[c] = v
		value, _ := terms(moved)
		return value
	}, r[c], grads[c])
}

// drawClasses makes a problem of sample × batch × class × position.
func drawClasses[T loss.Float](draw func(*source) classKind[T]) func(*source) *problem[T, int] {
	return func(s *source) *problem[T, int] {
		k := draw(s)
		p := &problem[T, int]{samples: s.byte() % 4, items: s.size(), divisor: 1}
		classes, positions := 1+s.size(), 1+max(0, s.byte()%8-4)
		p.items = min(p.items, max(1, s.most()/(classes*positions*max(1, p.samples))))
		p.predItem, p.targetItem, p.elementsOfItem = classes*positions, positions, positions
		p.float64Sum = k.float64Sum(positions)
		p.pred = anyNumbers[T](s, p.samples*p.items*p.predItem)
		var ignore *int
		ignored := -100
		if s.chance(2) {
			ignored = s.byte()%(classes+2) - 1
			ignore = &ignored
		}
		p.target = drawTargets(s, p.items*positions, classes, ignored, &p.bad)
		if (len(p.pred) == 0) != (len(p.target) == 0) {
			p.bad = append(p.bad, "len(pred)")
		}
		weight := drawClassWeights[T](s, classes, k.nonNegative, &p.bad)
		p.slope = 2 * k.slope * largest(weight)
		r := s.reduction()
		f := classFields[T]{r, p.samples, classes, positions, weight, ignore, nil, nil}
		if p.samples == 1 && positions == 1 && s.chance(2) {
			f.classes = 0 // the lengths, or the weights, say how many
		}
		at := s.byte()
		f.mask = s.mask(len(p.target), len(p.bad) > 0)
		if mask := f.mask; mask != nil && s.chance(2) {
			spoil(p.pred, p.target, mask, positions, classes)
		}
		if k.alpha && s.chance(2) {
			f.alpha = usual[T](classes, catalog.Probability)
		}
		p.loss = k.make(f)
		p.choose = func(part selection) loss.Loss[T, int] {
			f := f
			f.reduction, f.classes, f.samples = loss.Sum, classes, len(part.samples)
			f.mask = choose(f.mask, part.one(), positions, 1)
			return k.make(f)
		}
		p.spoilSamples(s, func() {
			f := f
			f.samples, f.classes = p.samples+1, classes
			p.loss = k.make(f)
		})
		if len(p.bad) > 0 {
			return p
		}
		var counted float64
		if counted, p.none = keptWeights(p.target, weight, f.mask, ignored); r == loss.Mean {
			if k.countsIgnored && weight == nil {
				counted = float64(countKept(f.mask, len(p.target)))
			}
			p.divisor = counted * float64(p.samples)
		}
		shape := rows{p.samples * p.items * positions, classes, positions}
		p.shape = shape
		p.exact = shape.exact(func(i int) (term, []term) {
			y := p.target[i%len(p.target)]
			if y == ignored || !kept(f.mask, i) {
				return rowOf(known(0), classes)
			}
			v, g := k.terms(classesAt(p.pred, shape, i), y, weight)
			if f.alpha != nil {
				v = v.times(float64(f.alpha[y]))
				for c := range g {
					g[c] = g[c].times(float64(f.alpha[y]))
				}
			}
			return v, g
		})
		if k.derivative != nil {
			p.derivative = func(t *testing.T) {
				if shape.count == 0 {
					return
				}
				i := at % shape.count
				if y := p.target[i%len(p.target)]; y != ignored && kept(f.mask, i) {
					k.derivative(t, classesAt(p.pred, shape, i), y, weight, at%classes)
				}
			}
		}
		return p
	}
}

// rows numbers the positions of [sample × …] batch × class × position.
type rows struct{ count, classes, positions int }

func (r rows) at(i, c int) int {
	return (i/r.positions*r.classes+c)*r.positions + i%r.positions
}

// exact puts the terms of the rows where they belong.
func (r rows) exact(terms func(i int) (term, []term)) func(func(int) bool) (elements, grads []term) {
	return func(wanted func(int) bool) (elements, grads []term) {
		elements, grads = make([]term, r.count), make([]term, r.count*r.classes)
		for i := range r.count {
			if !wanted(i) {
				continue
			}
			v, g := terms(i)
			elements[i] = v
			for c := range g {
				grads[r.at(i, c)] = g[c]
			}
		}
		return elements, grads
	}
}

// classesAt are the entries of all classes at one position.
func classesAt[T loss.Float](x []T, r rows, i int) []float64 {
	out := make([]float64, r.classes)
	for c := range out {
		out[c] = float64(x[r.at(i, c)])
	}
	return out
}

// keptWeights adds up the weights of the targets that are not left out, and says whether all are.
func keptWeights[T loss.Float](target []int, weight []T, mask []bool, ignored int) (sum float64, none bool) {
	var weights []number
	for i, y := range target {
		if y != ignored && kept(mask, i) {
			weights = append(weights, num(weightAt(weight, y)))
		}
	}
	return round(add(weights...)), len(weights) == 0
}

// drawTargets are classes, and the ignored index, or not: then bad is told.
func drawTargets(s *source, n, classes, ignored int, bad *[]string) []int {
	y := make([]int, n)
	catalog.FillClasses(y, classes, uint64(s.byte())) // and sometimes −100
	raw, odd := s.chance(8), s.byte()
	for i := range y {
		chance := mix(i, odd)
		switch {
		case chance%8 == 1 || y[i] == -100:
			y[i] = ignored
		case raw && chance%8 == 2:
			if y[i] = odd - 128; (y[i] < 0 || y[i] >= classes) && y[i] != ignored {
				*bad = append(*bad, "target")
			}
		}
	}
	return y
}

func drawClassWeights[T loss.Float](s *source, classes int, nonNegative bool, bad *[]string) []T {
	if !s.chance(2) {
		return nil
	}
	w := weightsOf[T](s, "Weight", classes, bad)
	if !nonNegative {
		return w
	}
	raw := s.chance(8)
	for i, v := range w {
		if v < 0 && raw {
			*bad = append(*bad, "Weight")
		} else {
			w[i] = max(v, -v)
		}
	}
	return w
}

// drawProb makes a problem of CrossEntropyProb.
func drawProb[T loss.Float](s *source) *problem[T, T] {
	p := &problem[T, T]{samples: s.byte() % 4, items: s.size(), divisor: 1, float64Sum: true}
	classes, positions := 1+s.size(), 1+max(0, s.byte()%8-4)
	p.items = min(p.items, max(1, s.most()/(2*classes*positions*max(1, p.samples)))) // as many again are targets
	p.predItem, p.targetItem, p.elementsOfItem = classes*positions, classes*positions, positions
	p.pred = anyNumbers[T](s, p.samples*p.items*p.predItem)
	p.target = probabilities[T](s, "target", p.items*p.targetItem, &p.bad, false)
	if (len(p.pred) == 0) != (len(p.target) == 0) {
		p.bad = append(p.bad, "len(pred)")
	}
	weight := drawClassWeights[T](s, classes, false, &p.bad)
	p.subnormal = weight != nil // their products with targets
	p.slope = 2 * float64(classes) * largest(weight)
	smoothing := 0.0
	if s.chance(2) {
		smoothing = float64(s.byte()) / 255
	}
	r := s.reduction()
	at := s.byte()
	mask := s.mask(p.items*positions, len(p.bad) > 0)
	if mask != nil && s.chance(2) {
		spoil(p.pred, p.target, mask, positions, classes)
	}
	build := func(r loss.Reduction, samples int, mask []bool) loss.Loss[T, T] {
		return loss.CrossEntropyProb[T]{
			Reduction: r, Samples: samples, Classes: classes, Positions: positions,
			Weight: weight, LabelSmoothing: smoothing, Mask: mask,
		}
	}
	p.loss = build(r, p.samples, mask)
	p.choose = func(part selection) loss.Loss[T, T] {
		return build(loss.Sum, len(part.samples), choose(mask, part.one(), positions, 1))
	}
	p.spoilSamples(s, func() { p.loss = build(r, p.samples+1, mask) })
	if r == loss.Mean {
		p.divisor = float64(p.samples) * float64(countKept(mask, p.items*positions))
	}
	shape := rows{p.elements(), classes, positions}
	p.shape = shape
	masses := func(i int) soft {
		return smoothed(smoothing, classesAt(p.target, shape, i%(p.items*positions)), weight).entropy()
	}
	p.exact = shape.exact(func(i int) (term, []term) {
		if !kept(mask, i) {
			return rowOf(known(0), classes)
		}
		return softLoss(classesAt(p.pred, shape, i), masses(i))
	})
	p.derivative = func(t *testing.T) {
		if shape.count > 0 && kept(mask, at%shape.count) {
			q := masses(at % shape.count)
			rowDerivative(t, classesAt(p.pred, shape, at%shape.count), at%classes, q.terms)
		}
	}
	return p
}
