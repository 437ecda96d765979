package loss

// CrossEntropyProb is the cross-entropy of predicted logits x against class
// probabilities t, with lp = log softmax(x), class weights w and label smoothing e:
//
//	−Σ_c w_c·t'_c·lp_c,  t' = (1−e)·t + e/C
//
// It is inferno.loss_fns.CrossEntropyLoss and torch.nn.CrossEntropyLoss with
// targets that are probabilities; [CrossEntropy] takes class indices.
//
// Shapes: pred is *sample × batch × class × position…, target batch × class ×
// position…, both row-major; the targets are repeated for every sample. dst of
// ElementsTo is *sample × batch × position….
//
// The mean divides by the number of positions, not by the weights, as in torch.
// The probabilities of a target need not add up to 1. A probability of 0 times a
// logit of −Inf is NaN, as in torch. NaN, +Inf, or −Inf only, make the row NaN.
//
// Errors: lengths that do not fit, a target outside [0, 1] or NaN, class weights
// that are not finite, smoothing outside [0, 1]. Accuracy, overlap and concurrent
// use are those of CrossEntropy.
type CrossEntropyProb[T Float] struct {
	Reduction Reduction

	// Classes is the number of classes C, 0 means len(Weight): the lengths do not
	// tell, so one of the two is needed.
	Classes int

	// Positions is the product of the dimensions after the class axis; 0 means 1.
	Positions int

	// Weight has one weight for each class; nil means 1.
	Weight []T

	// LabelSmoothing is e.
	LabelSmoothing float64
}

// Value returns the mean or the sum of the elements.
func (l CrossEntropyProb[T]) Value(pred, target []T) (float64, error) {
	return l.run(nil, nil, pred, target)
}

// ElementsTo writes the elements to dst, whose length is that of pred divided by
// the number of classes.
func (l CrossEntropyProb[T]) ElementsTo(dst, pred, target []T) error {
	_, err := l.run(&dst, nil, pred, target)
	return err
}

// ValueGrad returns Value and writes its gradient by pred to grad.
func (l CrossEntropyProb[T]) ValueGrad(grad, pred, target []T) (float64, error) {
	return l.run(nil, &grad, pred, target)
}

func (l *CrossEntropyProb[T]) run(dst, grad *[]T, pred, target []T) (float64, error) {
	c, err := l.setup(dst, grad, pred, target)
	if err != nil {
		return 0, err
	}
	return l.Reduction.reduce(c.mixed(), float64(c.rows)), nil
}

// setup checks everything; dst and grad are nil if not wanted.
func (l *CrossEntropyProb[T]) setup(dst, grad *[]T, pred, target []T) (c classCall[T], err error) {
	if err = l.Reduction.check(); err != nil {
		return c, err
	}
	c = classCall[T]{
		pred: pred, prob: target, dst: wanted(dst), grad: wanted(grad),
		weight: l.Weight, smoothing: l.LabelSmoothing,
	}
	if c.classShape, err = newClassShape(l.Classes, l.Positions, len(l.Weight), len(pred), len(target), true); err != nil {
		return c, err
	}
	c.scale = l.Reduction.gradScale(float64(c.rows))
	if err = c.checkOptions(); err != nil {
		return c, err
	}
	if err = checkProbabilities("target", target, false); err != nil {
		return c, err
	}
	return c, c.checkOutput(dst, grad)
}

func (l CrossEntropyProb[T]) checkGrad(grad, pred, target []T) error {
	_, err := l.setup(nil, &grad, pred, target)
	return err
}
