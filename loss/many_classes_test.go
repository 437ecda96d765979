package loss_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/loss"
)

// TestManyClasses holds losses of more classes than one call of a kernel takes, as rows and as positions, to their
// formulas: with targets that are ignored or masked, smoothing, weights, and largest logits that are tied, at the ends
// of the row and on both sides of a block.
func TestManyClasses(t *testing.T) {
	t.Run("float32", testManyClasses[float32])
	t.Run("float64", testManyClasses[float64])
}

// manyClasses is batch × class × position, and what the formulas need.
type manyClasses[T loss.Float] struct {
	batch, classes, positions int
	pred                      []T
	target                    []int // −100 is left out
	prob                      []T
	mask                      []bool
	weight                    []T
}

// newManyClasses has rows whose largest logit stands at one place, or at several.
func newManyClasses[T loss.Float](batch, classes, positions int) manyClasses[T] {
	n := batch * positions
	m := manyClasses[T]{
		batch: batch, classes: classes, positions: positions, pred: usual[T](n*classes, catalog.Real),
		target: make([]int, n), prob: usual[T](n*classes, catalog.Probability), mask: make([]bool, n),
		weight: usual[T](classes, catalog.Probability),
	}
	const block = 1024 // of the kernels, or a multiple of theirs
	edge := classes / 2
	if classes > block {
		edge = block
	}
	tops := [][]int{{0}, {edge - 1, edge}, {classes - 1}, {511, 512}, {0, classes - 1}, {edge}, {3, 500, classes - 2}}
	for r := range n {
		m.mask[r] = r%4 != 3
		m.target[r] = (r * 211) % classes
		if top := tops[r%len(tops)]; r%3 == 0 {
			m.target[r] = top[len(top)-1]
		}
		if r%5 == 2 {
			m.target[r] = -100
		}
		switch {
		case r%8 == 4: // all are equal
			for c := range classes {
				m.pred[m.at(r, c)] = 0.5
			}
		default:
			for _, c := range tops[r%len(tops)] {
				m.pred[m.at(r, c)] = T(20 + 75*(r&1)) // exp of the larger one overflows float32
			}
		}
	}
	return m
}

// at is the place of class c of position r.
func (m *manyClasses[T]) at(r, c int) int {
	return r/m.positions*m.classes*m.positions + c*m.positions + r%m.positions
}

// masses are q of Σ −q·log softmax for position r, nil if it is left out.
func (m *manyClasses[T]) masses(r int, prob bool, smoothing float64, weighted bool) []float64 {
	if !m.mask[r] || !prob && m.target[r] < 0 {
		return nil
	}
	q := make([]float64, m.classes)
	for c := range q {
		p := 0.0
		switch {
		case prob:
			p = float64(m.prob[m.at(r, c)])
		case c == m.target[r]:
			p = 1
		}
		if q[c] = (1-smoothing)*p + smoothing/float64(m.classes); weighted {
			q[c] *= float64(m.weight[c])
		}
	}
	return q
}

// logSoftmax is that of position r.
func (m *manyClasses[T]) logSoftmax(r int) []float64 {
	x, top, others := make([]float64, m.classes), 0, 0.0
	for c := range x {
		if x[c] = float64(m.pred[m.at(r, c)]); x[c] > x[top] {
			top = c
		}
	}
	largest := x[top]
	for c, v := range x {
		if c != top {
			others += math.Exp(v - largest)
		}
	}
	for c := range x {
		x[c] = (x[c] - largest) - math.Log1p(others)
	}
	return x
}

// check holds a loss with the given masses, which are raised to a focal loss, to the formula.
func (m *manyClasses[T]) check(t *testing.T, dst, grad []T, value, divisor, gamma float64, masses func(r int) []float64) {
	u, tiny := 1e-12, 0.0 // of the formula, in float64; where exp(x−m) is subnormal
	if catalog.TypeName[T]() == "float32" {
		u, tiny = 0x1p-21, 0x1p-147
	}
	sum := 0.0
	for r := range m.target {
		q := masses(r)
		lp, want, all := m.logSoftmax(r), 0.0, 0.0
		for c, v := range q {
			want, all = want-v*lp[c], all+v
		}
		slope := 1.0
		if a := -math.Expm1(-want); gamma > 0 && q != nil {
			slope = math.Pow(a, gamma) + gamma*math.Pow(a, gamma-1)*math.Exp(-want)*want
			want *= math.Pow(a, gamma)
		}
		sum += want
		if got := float64(dst[r]); !(math.Abs(got-want) <= (1+gamma)*u*want+tiny) {
			t.Errorf("element %d is %v, want %v", r, got, want)
		}
		for c := range lp {
			g, terms := 0.0, 0.0
			if q != nil {
				g, terms = (all*math.Exp(lp[c])-q[c])*slope/divisor, (all*math.Exp(lp[c])+q[c])*slope/divisor
			}
			if got := float64(grad[m.at(r, c)]); !(math.Abs(got-g) <= (1+gamma)*2*u*terms+tiny) {
				t.Fatalf("gradient of class %d of position %d is %v, want %v", c, r, got, g)
			}
		}
	}
	if want := sum / divisor; !(math.Abs(value-want) <= (1+gamma)*u*want+tiny) {
		t.Errorf("value %v, want %v", value, want)
	}
}

func testManyClasses[T loss.Float](t *testing.T) {
	for _, s := range [][3]int{{21, 513, 1}, {9, 700, 1}, {1, 1100, 17}, {3, 513, 4}} {
		m := newManyClasses[T](s[0], s[1], s[2])
		run := func(name string, gamma float64, of func(dst, grad []T) (float64, error), prob bool, smoothing float64, weighted bool) {
			t.Run(fmt.Sprintf("%v %s", s, name), func(t *testing.T) {
				masses := func(r int) []float64 { return m.masses(r, prob, smoothing, weighted) }
				divisor := 0.0
				for r := range m.target {
					switch {
					case gamma > 0: // the mean is over what is ignored, too, as in inferno
						if m.mask[r] {
							divisor++
						}
					case masses(r) == nil:
					case weighted && !prob:
						divisor += float64(m.weight[m.target[r]])
					default:
						divisor++
					}
				}
				dst, grad := filled(len(m.target), catalog.Canary[T]()), filled(len(m.pred), catalog.Canary[T]())
				value, err := of(dst, grad)
				if err != nil {
					t.Fatal(err)
				}
				m.check(t, dst, grad, value, divisor, gamma, masses)
			})
		}
		for _, smoothing := range []float64{0, 0.1, 1} {
			for _, weight := range [][]T{nil, m.weight} {
				name := fmt.Sprintf("smoothing %v, weights %v", smoothing, weight != nil)
				run("CrossEntropy, "+name, 0, all(loss.CrossEntropy[T]{
					Classes: s[1], Positions: s[2], LabelSmoothing: smoothing, Weight: weight, Mask: m.mask,
				}, m.pred, m.target), false, smoothing, weight != nil)
				run("CrossEntropyProb, "+name, 0, all(loss.CrossEntropyProb[T]{
					Classes: s[1], Positions: s[2], LabelSmoothing: smoothing, Weight: weight, Mask: m.mask,
				}, m.pred, m.prob), true, smoothing, weight != nil)
			}
		}
		run("Focal", 2, all(loss.Focal[T]{Classes: s[1], Positions: s[2], Gamma: 2, Mask: m.mask}, m.pred, m.target),
			false, 0, false)
	}
}

// all calls the three methods of a loss.
func all[T loss.Float, E loss.Target](l loss.Loss[T, E], pred []T, target []E) func(dst, grad []T) (float64, error) {
	return func(dst, grad []T) (float64, error) {
		if err := l.ElementsTo(dst, pred, target); err != nil {
			return 0, err
		}
		value, err := l.Value(pred, target)
		if err != nil {
			return 0, err
		}
		again, err := l.ValueGrad(grad, pred, target)
		if again != value {
			err = fmt.Errorf("ValueGrad returns %v, Value %v", again, value)
		}
		return value, err
	}
}
