package loss

// Focal is the focal loss of predicted logits x against class indices y, with class weights w:
//
//	α_y · (1−exp(−ce))^γ · ce,  ce = −w_y·log softmax(x)_y
//
// inferno.loss_fns.FocalLoss(task="multiclass"), after Lin et al., "Focal loss for dense object detection" (2017). As
// in inferno the weight w sits inside the exponent: exp(−ce) is p_y to the power w_y, not p_y. The factor α, which
// inferno does not have, stands outside, as in Lin et al. [FocalBinary] is the one with task="binary".
//
// Shapes: pred is [sample × …] batch × class × position…, target batch × position…, both row-major: len(pred) is
// Samples times Classes times len(target). dst of ElementsTo is [sample × …] batch × position….
//
// An element whose target is the ignored index is 0, whatever its logits. The mean without weights divides by the
// number of all positions, ignored ones included, as in inferno, but for those that the mask leaves out. With weights
// it divides by the sum of w_y over the positions that are not ignored, of all samples; α is not counted there.
// (inferno does so for targets with a batch axis only; for further positions it sums the last axis alone, and with
// ignored targets it raises.)
//
// Error: a value is within 1e-13 (float64) or 1e-6 (float32) of the exact one, relatively, for γ up to 5, the most
// confident predictions included: 1−exp(−ce) is formed without a subtraction. 0⁰ is 1, so γ = 0 is plain cross-entropy.
// The gradient for γ < 1 at 1−p = 0, NaN in inferno, is its limit 0.
//
// Infinite and NaN logits do what they do in [CrossEntropy]. Errors: lengths that do not fit, a target that is no class
// and not ignored, γ, class weights or α that are negative or not finite. Slices that are written must not overlap the
// others. The zero value has γ = 0; safe for concurrent use.
type Focal[T Float] struct {
	Reduction Reduction

	// Samples is the number of samples; 0 means 1.
	Samples int

	// Gamma is γ ≥ 0. The zero value is plain cross-entropy; Lin et al. use 2.
	Gamma float64

	// Classes is the number of classes C. 0 means len(Weight), len(Alpha) or, without both,
	// len(pred)/(Samples·len(target)). Set it: otherwise a target slice that is too short is taken to mean more classes
	// if its length divides len(pred)/Samples.
	Classes int

	// Positions is the product of the dimensions after the class axis; 0 means 1.
	Positions int

	// Weight has one weight, at least 0, for each class; nil means 1.
	Weight []T

	// Alpha has one factor α, at least 0, for each class; nil means 1.
	Alpha []T

	// IgnoreIndex is the target to be ignored; nil means −100.
	IgnoreIndex *int

	// Mask has one entry for each target, which is false if it is left out like one that is
	// ignored; nil keeps all.
	Mask []bool
}

// Value returns the mean or the sum of the elements.
func (l Focal[T]) Value(pred []T, target []int) (float64, error) {
	return l.run(nil, nil, pred, target)
}

// ElementsTo writes the elements to dst, whose length is that of target times the number of samples.
func (l Focal[T]) ElementsTo(dst, pred []T, target []int) error {
	_, err := l.run(&dst, nil, pred, target)
	return err
}

// Accumulate adds the elements to a, and writes them to dst as ElementsTo does.
func (l Focal[T]) Accumulate(a *Accumulator, dst, pred []T, target []int) error {
	if err := l.Reduction.check(); err != nil {
		return err
	}
	l.Reduction = Mean
	c, divisor, err := l.setup(&dst, nil, pred, target)
	if err == nil {
		err = c.admit(a, ofFocal, divisor)
	}
	if err != nil {
		return err
	}
	c.evaluate()
	c.addTo(a, divisor)
	return nil
}

// ValueGrad returns Value and writes its gradient with respect to pred to grad.
func (l Focal[T]) ValueGrad(grad, pred []T, target []int) (float64, error) {
	return l.run(nil, &grad, pred, target)
}

func (l *Focal[T]) run(dst, grad *[]T, pred []T, target []int) (float64, error) {
	c, divisor, err := l.setup(dst, grad, pred, target)
	if err != nil {
		return 0, err
	}
	return l.Reduction.reduce(c.evaluate(), divisor), nil
}

// setup checks everything; dst and grad are nil if not wanted.
func (l *Focal[T]) setup(dst, grad *[]T, pred []T, target []int) (c classCall[T], divisor float64, err error) {
	if err := checkScalar[T]("Gamma", l.Gamma); err != nil {
		return c, 0, err
	}
	if err := checkNonNegative("Weight", l.Weight); err != nil {
		return c, 0, err
	}
	if err := checkNonNegative("Alpha", l.Alpha); err != nil {
		return c, 0, err
	}
	c = classCall[T]{
		pred: pred, dst: wanted(dst), grad: wanted(grad),
		weight: l.Weight, classTargets: classTargets{target, l.Mask, ignoreIndex(l.IgnoreIndex)},
		focal: true, gamma: l.Gamma, alpha: l.Alpha,
	}
	o := classOptions{samples: l.Samples, classes: l.Classes, positions: l.Positions}
	if o.classes == 0 && l.Weight == nil {
		o.classes = len(l.Alpha)
	}
	divisor, err = c.prepare(l.Reduction, o, dst, grad)
	if l.Reduction == Mean && l.Weight == nil {
		p := pairs{l.Reduction, l.Samples, l.Mask}
		divisor = p.size(c.targets)
		c.scale = p.gradScale(divisor)
	}
	return c, divisor, err
}

func (l Focal[T]) checkGrad(grad, pred []T, target []int) error {
	_, _, err := l.setup(nil, &grad, pred, target)
	return err
}
