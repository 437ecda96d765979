package loss

// MSE is the squared error (p−t)² of predictions p against targets t: inferno.loss_fns.MSELoss, torch.nn.MSELoss.
//
// Shapes: pred is [sample × …] batch × …, target batch × …, both row-major, so that len(pred) is Samples times
// len(target). The mean divides by len(pred), or by the number of elements that the mask keeps.
//
// Error: a value is within 1e-13 (float64) or 1e-6 (float32) of the exact one, relatively, and on adversarial float32
// data, a few large errors before many small ones, within 1e-5, whatever the length; it neither overflows nor
// underflows in float32. NaN and Inf in pred propagate, as does Inf in target; NaN in target is an error.
//
// Slices that are written must not overlap the others. The zero value is ready for use, and safe for concurrent use
// like every value that nobody changes.
type MSE[T Float] struct {
	Reduction Reduction

	// Samples is the number of samples; 0 means 1.
	Samples int

	// Mask has one entry for each target, which is false if it is left out, whatever it
	// and its predictions are; nil keeps all.
	Mask []bool
}

// Value returns the mean or the sum of (p−t)².
func (l MSE[T]) Value(pred, target []T) (float64, error) {
	return l.difference().value(pred, target)
}

// ElementsTo writes (p−t)² to dst, which has the length of pred.
func (l MSE[T]) ElementsTo(dst, pred, target []T) error {
	return l.difference().elementsTo(dst, pred, target)
}

// Accumulate adds the elements to a, and writes them to dst as ElementsTo does.
func (l MSE[T]) Accumulate(a *Accumulator, dst, pred, target []T) error {
	return l.difference().accumulate(a, ofMSE, dst, pred, target)
}

// ValueGrad returns Value and writes its gradient with respect to pred, 2(p−t), divided as the mean is, to grad.
func (l MSE[T]) ValueGrad(grad, pred, target []T) (float64, error) {
	return l.difference().valueGrad(grad, pred, target)
}

func (l MSE[T]) checkGrad(grad, pred, target []T) error {
	return l.difference().check("grad", grad, pred, target)
}

func (l MSE[T]) difference() difference[T] {
	return difference[T]{pairs: pairs{l.Reduction, l.Samples, l.Mask}, form: squared}
}
