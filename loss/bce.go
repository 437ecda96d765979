package loss

// BCE is the binary cross-entropy of predicted probabilities p against targets t,
//
//	−w · (t·max(log p, −100) + (1−t)·max(log(1−p), −100)),
//
// inferno.loss_fns.BCELoss, torch.nn.BCELoss. Use [BCEWithLogits] where the logits are at hand: it loses nothing to the
// rounding of p.
//
// Shapes: pred is [sample × …] batch × feature × position…, target batch × feature × position…, both row-major, so that
// len(pred) is Samples times len(target). The mean divides by len(pred), or by the number of elements that the mask
// keeps, not by the weights.
//
// Error: a value is within 1e-13 (float64) or 1e-6 (float32) of the sum of the absolute terms; log(1−p) does not lose
// the digits of a small p, as torch's does.
//
// The gradient is that of torch: w·(p−t)/max(p·(1−p), 9.999999960041972e-13). It ignores the clamp at −100, reaches
// 1e12 in magnitude, and is 0 where p = t is 0 or 1.
//
// Predictions and targets outside [0, 1] are errors, as are a NaN in target and weights that are not finite; NaN in
// pred propagates. Slices that are written must not overlap the others. The zero value is ready for use; safe for
// concurrent use.
type BCE[T Float] struct {
	Reduction Reduction

	// Samples is the number of samples; 0 means 1.
	Samples int

	// Features is the length of the axis that FeatureWeight is along. 0 means
	// the number of these weights.
	Features int

	// Positions is the product of the dimensions after the axis of features; 0 means 1.
	// (torch: weights of shape (C, 1, 1) for predictions of shape (N, C, H, W) have
	// Positions H·W.)
	Positions int

	// The weight of an element is the product of the following, of which nil
	// ones are 1. (torch has one weight, which it broadcasts.)
	Weight        []T // one for each target, or for each element of pred
	DatumWeight   []T // one for each entry of the batch axis
	FeatureWeight []T // one for each feature

	// Mask has one entry for each target, which is false if it is left out, whatever it
	// and its predictions are; nil keeps all.
	Mask []bool
}

// Value returns the mean or the sum of the elements.
func (l BCE[T]) Value(pred, target []T) (float64, error) {
	return l.binary().value(pred, target)
}

// ElementsTo writes the elements to dst, which has the length of pred.
func (l BCE[T]) ElementsTo(dst, pred, target []T) error {
	return l.binary().elementsTo(dst, pred, target)
}

// Accumulate adds the elements to a, and writes them to dst as ElementsTo does.
func (l BCE[T]) Accumulate(a *Accumulator, dst, pred, target []T) error {
	return l.binary().accumulate(a, ofBCE, dst, pred, target)
}

// ValueGrad returns Value and writes its gradient with respect to pred to grad.
func (l BCE[T]) ValueGrad(grad, pred, target []T) (float64, error) {
	return l.binary().valueGrad(grad, pred, target)
}

func (l BCE[T]) checkGrad(grad, pred, target []T) error {
	return l.binary().checkOutput("grad", grad, pred, target)
}

func (l *BCE[T]) binary() *binaryCrossEntropy[T] {
	w := weights[T]{l.Features, l.Positions, l.Weight, l.DatumWeight, l.FeatureWeight, nil}
	return &binaryCrossEntropy[T]{pairs{l.Reduction, l.Samples, l.Mask}, false, w}
}
