package loss

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// NLL is the negative log-likelihood −w_y·p_y of predicted log-probabilities p against class indices y, with class
// weights w: inferno.loss_fns.NLLLoss, torch.nn.NLLLoss.
//
// Shapes: pred is [sample × …] batch × class × position…, target batch × position…, both row-major: len(pred) is
// Samples times Classes times len(target). dst of ElementsTo is [sample × …] batch × position….
//
// An element whose target is the ignored index is 0, whatever its predictions. The mean divides by the sum of w_y over
// the positions that are not ignored, of all samples: it is NaN if all are ignored (the sum is 0).
//
// Predictions are not checked: they may be above 0 or add up to anything; NaN and Inf propagate from the entry of the
// target, no other entry is looked at. The sum is accurate to a few units in the last place of a float64, relative to
// the sum of the absolute terms; the product with w_y is rounded in T only by ElementsTo.
//
// Errors: lengths that do not fit, a target that is no class and not ignored, class weights that are not finite. Slices
// that are written must not overlap the others. The zero value is ready for use; safe for concurrent use.
type NLL[T Float] struct {
	Reduction Reduction

	// Samples is the number of samples; 0 means 1.
	Samples int

	// Classes is the number of classes C. 0 means len(Weight) or, without weights, len(pred)/(Samples·len(target)). Set
	// it: otherwise a target slice that is too short is taken to mean more classes if its length divides
	// len(pred)/Samples.
	Classes int

	// Positions is the product of the dimensions after the class axis; 0 means 1.
	Positions int

	// Weight has one weight for each class; nil means 1.
	Weight []T

	// IgnoreIndex is the target to be ignored; nil means −100.
	IgnoreIndex *int

	// Mask has one entry for each target, which is false if it is left out like one that is
	// ignored; nil keeps all.
	Mask []bool
}

// Value returns the mean or the sum of the elements.
func (l NLL[T]) Value(pred []T, target []int) (float64, error) {
	return l.run(nil, nil, pred, target)
}

// ElementsTo writes the elements to dst, whose length is that of target times the number of samples.
func (l NLL[T]) ElementsTo(dst, pred []T, target []int) error {
	_, err := l.run(&dst, nil, pred, target)
	return err
}

// Accumulate adds the elements to a, and writes them to dst as ElementsTo does.
func (l NLL[T]) Accumulate(a *Accumulator, dst, pred []T, target []int) error {
	if err := l.Reduction.check(); err != nil {
		return err
	}
	l.Reduction = Mean
	c, divisor, err := l.setup(&dst, nil, pred, target)
	if err == nil {
		err = c.admit(a, ofNLL, divisor)
	}
	if err != nil {
		return err
	}
	c.logLikelihoods()
	c.addTo(a, divisor)
	return nil
}

// ValueGrad returns Value and writes its gradient with respect to pred to grad: −w_y at the targets, divided as the
// mean is, and 0 elsewhere.
func (l NLL[T]) ValueGrad(grad, pred []T, target []int) (float64, error) {
	return l.run(nil, &grad, pred, target)
}

func (l *NLL[T]) run(dst, grad *[]T, pred []T, target []int) (float64, error) {
	if dst == nil && grad == nil {
		if value, ok := l.onePass(pred, target); ok {
			return value, nil
		}
	}
	c, divisor, err := l.setup(dst, grad, pred, target)
	if err != nil {
		return 0, err
	}
	return l.Reduction.reduce(0-c.logLikelihoods(), divisor), nil
}

// logLikelihoods is Σ w_y·p_y of all rows. It writes their elements and gradient, unless nil.
func (c *classCall[T]) logLikelihoods() float64 {
	if c.inner > 1 {
		clear(c.grad)
	}
	var sum total.Sum
	for r, n := 0, 0; r < c.rows; r += n {
		j := r % c.targets
		n = min(blockLen, c.targets-j)
		if c.inner > 1 {
			n = min(n, c.inner-r%c.inner)
		}
		sum.Add(c.logLikelihood(r, c.part(j, n)))
	}
	return sum.Value()
}

// logLikelihood is logLikelihoods of some rows, from r on.
func (c *classCall[T]) logLikelihood(r int, t classTargets) float64 {
	var values, factors [blockLen]T
	v, w := values[:len(t.class)], factors[:len(t.class)]
	c.gather(v, r, t)
	if c.weight == nil {
		w = nil
	} else {
		classWeights(w, t, c.weight, c.kept == len(c.class))
	}
	if c.grad != nil {
		c.gradient(r, t, w)
	}
	if w == nil {
		if c.dst != nil {
			kernels.ScaleTo(c.dst[r:r+len(v)], -1, v)
		}
		return kernels.Sum(v)
	}
	if c.dst != nil {
		kernels.ScaleTo(c.dst[r:r+len(v)], -1, kernels.MulTo(c.dst[r:r+len(v)], v, w))
	}
	return kernels.Dot(v, w)
}

// step is the distance in pred from a class of a row to the same of the next: of rows of one item, if there are
// positions.
func (c *classCall[T]) step() int {
	if c.inner > 1 {
		return 1
	}
	return c.cols
}

// gather reads p_y of rows from r on, 0 where a target is left out.
func (c *classCall[T]) gather(dst []T, r int, t classTargets) {
	at, step, inner, pred := c.base(r), c.step(), c.inner, c.pred
	switch {
	case c.kept < len(c.class):
		for i, y := range t.class {
			dst[i] = 0
			if !t.leftOut(i) {
				dst[i] = pred[at+y*inner]
			}
			at += step
		}
	case inner > 1:
		for i, y := range t.class {
			dst[i] = pred[at+y*inner]
			at += step
		}
	default:
		for i, y := range t.class {
			dst[i] = pred[at+y]
			at += step
		}
	}
}

// gradient writes the gradients of rows from r on, −w times the scale at the targets, w being nil for 1. Rows are
// cleared here, where they are in the cache when they are written again; those of positions are all cleared already.
func (c *classCall[T]) gradient(r int, t classTargets, w []T) {
	if c.inner <= 1 {
		clear(c.grad[r*c.cols:][:len(t.class)*c.cols])
	}
	at, step, inner, grad, scale := c.base(r), c.step(), c.inner, c.grad, -c.scale
	slope, all := T(scale), c.kept == len(c.class)
	switch {
	case w == nil && all:
		for _, y := range t.class {
			grad[at+y*inner] = slope
			at += step
		}
	case all:
		w = w[:len(t.class)]
		for i, y := range t.class {
			grad[at+y*inner] = T(float64(w[i]) * scale)
			at += step
		}
	default:
		for i, y := range t.class {
			if !t.leftOut(i) {
				if w != nil {
					slope = T(float64(w[i]) * scale)
				}
				grad[at+y*inner] = slope
			}
			at += step
		}
	}
}

// call is what there is to check and to write; dst and grad are nil if not wanted.
func (l *NLL[T]) call(dst, grad *[]T, pred []T, target []int) (c classCall[T], o classOptions) {
	c = classCall[T]{
		pred: pred, dst: wanted(dst), grad: wanted(grad),
		weight: l.Weight, classTargets: classTargets{target, l.Mask, ignoreIndex(l.IgnoreIndex)},
	}
	return c, classOptions{samples: l.Samples, classes: l.Classes, positions: l.Positions}
}

// setup checks everything.
func (l *NLL[T]) setup(dst, grad *[]T, pred []T, target []int) (c classCall[T], divisor float64, err error) {
	c, o := l.call(dst, grad, pred, target)
	divisor, err = c.prepare(l.Reduction, o, dst, grad)
	return c, divisor, err
}

func (l NLL[T]) checkGrad(grad, pred []T, target []int) error {
	_, _, err := l.setup(nil, &grad, pred, target)
	return err
}
