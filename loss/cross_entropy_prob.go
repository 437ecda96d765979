package loss

// CrossEntropyProb is the cross-entropy of predicted logits x against class probabilities t, with lp = log softmax(x),
// class weights w and label smoothing e:
//
//	−Σ_c w_c·t'_c·lp_c,  t' = (1−e)·t + e/C
//
// It is inferno.loss_fns.CrossEntropyLoss and torch.nn.CrossEntropyLoss with targets that are probabilities;
// [CrossEntropy] takes class indices.
//
// Shapes: pred is [sample × …] batch × class × position…, target batch × class × position…, both row-major: len(pred)
// is Samples times len(target). dst of ElementsTo is [sample × …] batch × position….
//
// The mean divides by the number of positions, or of those that the mask keeps, not by the weights, as in torch. The
// probabilities of a target need not add up to 1. A class of probability 0 leaves out a logit of −Inf, as 0·log 0 is 0
// in an entropy: here torch has NaN. NaN, +Inf, or −Inf only, make the row NaN.
//
// Errors: lengths that do not fit, a target outside [0, 1] or NaN, class weights that are not finite, smoothing outside
// [0, 1]. Accuracy, overlap and concurrent use are those of CrossEntropy. In float32 the product of a weight and a
// target is rounded to float32: one below 1.2e-38 has fewer digits, in a sum too.
type CrossEntropyProb[T Float] struct {
	Reduction Reduction

	// Samples is the number of samples; 0 means 1.
	Samples int

	// Classes is the number of classes C, 0 means len(Weight): the lengths do not
	// tell, so one of the two is needed.
	Classes int

	// Positions is the product of the dimensions after the class axis; 0 means 1.
	Positions int

	// Weight has one weight for each class; nil means 1.
	Weight []T

	// LabelSmoothing is e.
	LabelSmoothing float64

	// Mask has one entry for each position of target, batch × position…, which is false if
	// it is left out, whatever it and its logits are; nil keeps all.
	Mask []bool
}

// Value returns the mean or the sum of the elements.
func (l CrossEntropyProb[T]) Value(pred, target []T) (float64, error) {
	return l.run(nil, nil, pred, target)
}

// ElementsTo writes the elements to dst, whose length is that of pred divided by the number of classes.
func (l CrossEntropyProb[T]) ElementsTo(dst, pred, target []T) error {
	_, err := l.run(&dst, nil, pred, target)
	return err
}

// Accumulate adds the elements to a, and writes them to dst as ElementsTo does.
func (l CrossEntropyProb[T]) Accumulate(a *Accumulator, dst, pred, target []T) error {
	if err := l.Reduction.check(); err != nil {
		return err
	}
	l.Reduction = Mean
	c, divisor, err := l.setup(&dst, nil, pred, target)
	if err == nil {
		err = c.admit(a, ofCrossEntropyProb, divisor)
	}
	if err != nil {
		return err
	}
	c.evaluate()
	c.addTo(a, divisor)
	return nil
}

// ValueGrad returns Value and writes its gradient with respect to pred to grad.
func (l CrossEntropyProb[T]) ValueGrad(grad, pred, target []T) (float64, error) {
	return l.run(nil, &grad, pred, target)
}

func (l *CrossEntropyProb[T]) run(dst, grad *[]T, pred, target []T) (float64, error) {
	c, divisor, err := l.setup(dst, grad, pred, target)
	if err != nil {
		return 0, err
	}
	return l.Reduction.reduce(c.evaluate(), divisor), nil
}

// setup checks everything; dst and grad are nil if not wanted.
func (l *CrossEntropyProb[T]) setup(dst, grad *[]T, pred, target []T) (c classCall[T], divisor float64, err error) {
	if err = l.Reduction.check(); err != nil {
		return c, 0, err
	}
	c = classCall[T]{
		pred: pred, prob: target, dst: wanted(dst), grad: wanted(grad),
		weight: l.Weight, smoothing: l.LabelSmoothing, classTargets: classTargets{mask: l.Mask},
	}
	o := classOptions{
		samples: l.Samples, classes: l.Classes, positions: l.Positions, weights: len(l.Weight), probabilities: true,
	}
	if c.classShape, err = newClassShape(o, len(pred), len(target)); err != nil {
		return c, 0, err
	}
	if err = c.checkOptions(); err != nil {
		return c, 0, err
	}
	if err = checkMask(l.Mask, c.targets); err != nil {
		return c, 0, err
	}
	if err = c.checkProbabilities(); err != nil {
		return c, 0, err
	}
	p := pairs{l.Reduction, l.Samples, l.Mask}
	divisor = p.size(c.targets)
	c.scale = p.gradScale(divisor)
	return c, divisor, c.checkOutput(dst, grad)
}

func (l CrossEntropyProb[T]) checkGrad(grad, pred, target []T) error {
	_, _, err := l.setup(nil, &grad, pred, target)
	return err
}
