package loss

// CrossEntropy is the cross-entropy of predicted logits x against class indices y, with lp = log softmax(x), class
// weights w and label smoothing e:
//
//	(1−e)·(−w_y·lp_y) + (e/C)·Σ_c −w_c·lp_c
//
// inferno.loss_fns.CrossEntropyLoss, torch.nn.CrossEntropyLoss. For targets that are probabilities see
// [CrossEntropyProb].
//
// Shapes: pred is [sample × …] batch × class × position…, target batch × position…, both row-major: len(pred) is
// Samples times Classes times len(target). dst of ElementsTo is [sample × …] batch × position….
//
// An element whose target is the ignored index is 0, whatever its logits. The mean divides by the sum of w_y over the
// positions that are not ignored, of all samples: it is NaN if all are ignored (the sum is 0).
//
// Error: a value is within 1e-13 (float64) or 1e-6 (float32) of the exact one, relatively, down to the 1e-17 of a
// confident classifier (where torch has 0).
//
// A logit of −Inf is a class of probability 0. If it is the target's, the loss is +Inf; otherwise it has no effect,
// except that smoothing makes it +Inf. That +Inf is NaN if the weight of the class is 0, as in torch. NaN, +Inf, or
// −Inf only, make the row NaN: its element, and its gradient.
//
// Errors: lengths that do not fit, a target that is no class and not ignored, class weights that are not finite,
// smoothing outside [0, 1]. Slices that are written must not overlap the others. The zero value is ready for use; safe
// for concurrent use.
type CrossEntropy[T Float] struct {
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

	// LabelSmoothing is e.
	LabelSmoothing float64

	// Mask has one entry for each target, which is false if it is left out like one that is
	// ignored; nil keeps all.
	Mask []bool
}

// Value returns the mean or the sum of the elements.
func (l CrossEntropy[T]) Value(pred []T, target []int) (float64, error) {
	return l.run(nil, nil, pred, target)
}

// ElementsTo writes the elements to dst, whose length is that of target times the number of samples.
func (l CrossEntropy[T]) ElementsTo(dst, pred []T, target []int) error {
	_, err := l.run(&dst, nil, pred, target)
	return err
}

// Accumulate adds the elements to a, and writes them to dst as ElementsTo does.
func (l CrossEntropy[T]) Accumulate(a *Accumulator, dst, pred []T, target []int) error {
	if err := l.Reduction.check(); err != nil {
		return err
	}
	l.Reduction = Mean
	c, divisor, err := l.setup(&dst, nil, pred, target)
	if err == nil {
		err = c.admit(a, ofCrossEntropy, divisor)
	}
	if err != nil {
		return err
	}
	c.evaluate()
	c.addTo(a, divisor)
	return nil
}

// ValueGrad returns Value and writes its gradient with respect to pred to grad. At the target class it is softmax − 1,
// times the weight; in float64 that is 0 where softmax rounds to 1, as in torch.
func (l CrossEntropy[T]) ValueGrad(grad, pred []T, target []int) (float64, error) {
	return l.run(nil, &grad, pred, target)
}

func (l *CrossEntropy[T]) run(dst, grad *[]T, pred []T, target []int) (float64, error) {
	c, divisor, err := l.setup(dst, grad, pred, target)
	if err != nil {
		return 0, err
	}
	return l.Reduction.reduce(c.evaluate(), divisor), nil
}

// setup checks everything; dst and grad are nil if not wanted.
func (l *CrossEntropy[T]) setup(dst, grad *[]T, pred []T, target []int) (c classCall[T], divisor float64, err error) {
	c = classCall[T]{
		pred: pred, dst: wanted(dst), grad: wanted(grad),
		weight: l.Weight, classTargets: classTargets{target, l.Mask, ignoreIndex(l.IgnoreIndex)}, smoothing: l.LabelSmoothing,
	}
	o := classOptions{samples: l.Samples, classes: l.Classes, positions: l.Positions}
	divisor, err = c.prepare(l.Reduction, o, dst, grad)
	return c, divisor, err
}

func (l CrossEntropy[T]) checkGrad(grad, pred []T, target []int) error {
	_, _, err := l.setup(nil, &grad, pred, target)
	return err
}
