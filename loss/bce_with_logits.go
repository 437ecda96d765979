package loss

// BCEWithLogits is the binary cross-entropy of predicted logits x against targets t,
//
//	w · (q·t·softplus(−x) + (1−t)·softplus(x)),
//
// inferno.loss_fns.BCEWithLogitsLoss, torch.nn.BCEWithLogitsLoss. inferno refuses weight w and pos_weight q; here they
// are what they are in torch. Its gradient with respect to x is w·((1−t)·σ(x) − q·t·σ(−x)).
//
// Shapes: pred is [sample × …] batch × feature × position…, target batch × feature × position…, both row-major, so that
// len(pred) is Samples times len(target). The mean divides by len(pred), or by the number of elements that the mask
// keeps, not by the weights.
//
// Error: a value is within 1e-13 (float64) or 1e-6 (float32) of the exact one, relatively, confident predictions
// included (torch 1.13 gives 0 beyond x = 37). An infinite logit gives the limit: +Inf if it is wrong, 0 if it is right
// or its factor, q·t or 1−t, is 0. That +Inf times a weight w of 0 is NaN.
//
// Targets outside [0, 1] are errors, NaN too, and so are weights that are not finite; NaN in pred propagates. Slices
// that are written must not overlap the others. The zero value is ready for use; safe for concurrent use.
type BCEWithLogits[T Float] struct {
	Reduction Reduction

	// Samples is the number of samples; 0 means 1.
	Samples int

	// Features is the length of the axis that FeatureWeight and PosWeight are along. 0 means
	// the number of these weights.
	Features int

	// Positions is the product of the dimensions after the axis of features; 0 means 1.
	// (torch: weights of shape (C, 1, 1) for predictions of shape (N, C, H, W) have
	// Positions H·W.)
	Positions int

	// The weight w of an element is the product of the following, of which nil
	// ones are 1. (torch has one weight, which it broadcasts.)
	Weight        []T // one for each target, or for each element of pred
	DatumWeight   []T // one for each entry of the batch axis
	FeatureWeight []T // one for each feature

	// PosWeight is the weight q of the positive class, one for each feature or one for
	// all; nil is 1.
	PosWeight []T

	// Mask has one entry for each target, which is false if it is left out, whatever it
	// and its predictions are; nil keeps all.
	Mask []bool
}

// Value returns the mean or the sum of the elements.
func (l BCEWithLogits[T]) Value(pred, target []T) (float64, error) {
	return l.binary().value(pred, target)
}

// ElementsTo writes the elements to dst, which has the length of pred.
func (l BCEWithLogits[T]) ElementsTo(dst, pred, target []T) error {
	return l.binary().elementsTo(dst, pred, target)
}

// Accumulate adds the elements to a, and writes them to dst as ElementsTo does.
func (l BCEWithLogits[T]) Accumulate(a *Accumulator, dst, pred, target []T) error {
	return l.binary().accumulate(a, ofBCEWithLogits, dst, pred, target)
}

// ValueGrad returns Value and writes its gradient with respect to pred to grad.
func (l BCEWithLogits[T]) ValueGrad(grad, pred, target []T) (float64, error) {
	return l.binary().valueGrad(grad, pred, target)
}

func (l BCEWithLogits[T]) checkGrad(grad, pred, target []T) error {
	return l.binary().checkOutput("grad", grad, pred, target)
}

func (l *BCEWithLogits[T]) binary() *binaryCrossEntropy[T] {
	w := weights[T]{l.Features, l.Positions, l.Weight, l.DatumWeight, l.FeatureWeight, l.PosWeight}
	return &binaryCrossEntropy[T]{pairs{l.Reduction, l.Samples, l.Mask}, true, w}
}
