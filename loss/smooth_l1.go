package loss

// SmoothL1 is the absolute error of predictions p against targets t, rounded off where it is small: with d = p−t
//
//	½d²/β       where |d| < β
//	|d| − ½β    elsewhere
//
// torch.nn.SmoothL1Loss; Girshick (2015), "Fast R-CNN". It is [Huber] with δ = β, divided by β, and [L1] for β = 0.
//
// Shapes: pred is [sample × …] batch × …, target batch × …, both row-major, so that len(pred) is Samples times
// len(target). The mean divides by len(pred), or by the number of elements that the mask keeps.
//
// Error: a value is within 1e-13 (float64) or 1e-6 (float32) of the exact one, relatively, for β as T holds it; on
// adversarial float32 data, a few large errors before many small ones, within 1e-5, whatever the length. NaN and Inf in
// pred propagate, as does Inf in target; NaN in target is an error, and so is a β that is negative or not finite in T.
//
// Slices that are written must not overlap the others. The zero value is ready for use, and safe for concurrent use
// like every value that nobody changes.
type SmoothL1[T Float] struct {
	Reduction Reduction

	// Beta is β; nil means 1.
	Beta *float64

	// Samples is the number of samples; 0 means 1.
	Samples int

	// Mask has one entry for each target, which is false if it is left out, whatever it
	// and its predictions are; nil keeps all.
	Mask []bool
}

// Value returns the mean or the sum of the elements.
func (l SmoothL1[T]) Value(pred, target []T) (float64, error) {
	d, err := l.difference()
	if err != nil {
		return 0, err
	}
	return d.value(pred, target)
}

// ElementsTo writes the elements to dst, which has the length of pred.
func (l SmoothL1[T]) ElementsTo(dst, pred, target []T) error {
	d, err := l.difference()
	if err != nil {
		return err
	}
	return d.elementsTo(dst, pred, target)
}

// Accumulate adds the elements to a, and writes them to dst as ElementsTo does.
func (l SmoothL1[T]) Accumulate(a *Accumulator, dst, pred, target []T) error {
	d, err := l.difference()
	if err != nil {
		return err
	}
	return d.accumulate(a, ofSmoothL1, dst, pred, target)
}

// ValueGrad returns Value and writes its gradient with respect to pred, max(−1, min((p−t)/β, 1)), divided as the mean
// is, to grad.
func (l SmoothL1[T]) ValueGrad(grad, pred, target []T) (float64, error) {
	d, err := l.difference()
	if err != nil {
		return 0, err
	}
	return d.valueGrad(grad, pred, target)
}

func (l SmoothL1[T]) checkGrad(grad, pred, target []T) error {
	d, err := l.difference()
	if err != nil {
		return err
	}
	return d.check("grad", grad, pred, target)
}

func (l SmoothL1[T]) difference() (d difference[T], err error) {
	beta := 1.0
	if l.Beta != nil {
		beta = *l.Beta
	}
	if err := checkScalar[T]("Beta", beta); err != nil {
		return d, err
	}
	p := pairs{l.Reduction, l.Samples, l.Mask}
	if inverse := T(1 / beta); inverse-inverse != 0 { // β is next to 0, if not 0
		return difference[T]{pairs: p, form: absolute}, nil
	}
	return difference[T]{pairs: p, form: huber, delta: beta, unit: float64(T(beta))}, nil
}
