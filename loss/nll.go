package loss

import "github.com/simmer-go/simmer/internal/total"

// NLL is the negative log-likelihood −w_y·p_y of predicted log-probabilities p
// against class indices y, with class weights w: inferno.loss_fns.NLLLoss,
// torch.nn.NLLLoss.
//
// Shapes: pred is *sample × batch × class × position…, target batch ×
// position…, both row-major: len(pred) is Samples times Classes times len(target). dst
// of ElementsTo is *sample × batch × position….
//
// An element whose target is the ignored index is 0, whatever its predictions.
// The mean divides by the sum of w_y over the positions that are not ignored, of
// all samples: it is NaN if all are ignored (the sum is 0).
//
// Predictions are not checked: they may be above 0 or add up to anything; NaN and
// Inf propagate from the entry of the target, no other entry is looked at. The
// sum is accurate to a few units in the last place of a float64, relatively to
// the sum of the absolute terms; the product with w_y is rounded in T only by
// ElementsTo.
//
// Errors: lengths that do not fit, a target that is no class and not ignored,
// class weights that are not finite. Slices that are written must not overlap the
// others. The zero value is ready for use; safe for concurrent use.
type NLL[T Float] struct {
	Reduction Reduction

	// Samples is the number of samples; 0 means 1.
	Samples int

	// Classes is the number of classes C. 0 means len(Weight) or, without
	// weights, len(pred)/(Samples·len(target)). Give it: only then a batch that is too
	// short is noticed whose length divides the right one.
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

// ElementsTo writes the elements to dst, whose length is that of target times the
// number of samples.
func (l NLL[T]) ElementsTo(dst, pred []T, target []int) error {
	_, err := l.run(&dst, nil, pred, target)
	return err
}

// ValueGrad returns Value and writes its gradient by pred to grad: −w_y at the
// targets, divided as the mean is, and 0 elsewhere.
func (l NLL[T]) ValueGrad(grad, pred []T, target []int) (float64, error) {
	return l.run(nil, &grad, pred, target)
}

func (l *NLL[T]) run(dst, grad *[]T, pred []T, target []int) (float64, error) {
	c, divisor, err := l.setup(dst, grad, pred, target)
	if err != nil {
		return 0, err
	}
	clear(c.grad)
	var sum total.Sum
	for r := range c.rows {
		y := c.class[r%c.targets]
		if c.ignored(r) {
			if c.dst != nil {
				c.dst[r] = 0
			}
			continue
		}
		w, at := 1.0, c.base(r)+y*c.inner
		if c.weight != nil {
			w = float64(c.weight[y])
		}
		v := float64(-w * float64(c.pred[at])) // rounded before it is added, on every machine
		sum.Add(v)
		if c.dst != nil {
			c.dst[r] = T(v)
		}
		if c.grad != nil {
			c.grad[at] = T(-w * c.scale)
		}
	}
	return l.Reduction.reduce(sum.Value(), divisor), nil
}

// setup checks everything; dst and grad are nil if not wanted.
func (l *NLL[T]) setup(dst, grad *[]T, pred []T, target []int) (c classCall[T], divisor float64, err error) {
	c = classCall[T]{
		pred: pred, dst: wanted(dst), grad: wanted(grad),
		weight: l.Weight, classTargets: classTargets{target, l.Mask, ignoreIndex(l.IgnoreIndex)},
	}
	o := classOptions{samples: l.Samples, classes: l.Classes, positions: l.Positions}
	divisor, err = c.prepare(l.Reduction, o, dst, grad)
	return c, divisor, err
}

func (l NLL[T]) checkGrad(grad, pred []T, target []int) error {
	_, _, err := l.setup(nil, &grad, pred, target)
	return err
}
