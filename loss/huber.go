package loss

// Huber is Huber's loss of d = p−t for predictions p and targets t: squared where they are near, and a line beyond,
//
//	½d²            where |d| ≤ δ
//	δ·(|d| − ½δ)   elsewhere
//
// Huber (1964), "Robust estimation of a location parameter"; torch.nn.HuberLoss. [SmoothL1] is that divided by δ.
//
// Shapes: pred is [sample × …] batch × …, target batch × …, both row-major, so that len(pred) is Samples times
// len(target). The mean divides by len(pred), or by the number of elements that the mask keeps.
//
// Error: a value is within 1e-13 (float64) or 1e-6 (float32) of the exact one, relatively, for δ as T holds it; on
// adversarial float32 data, a few large errors before many small ones, within 1e-5, whatever the length. A value
// neither overflows nor underflows in float32. NaN and Inf in pred propagate, as does Inf in target; NaN in target is
// an error, and so is a δ that is not above 0 and finite in T.
//
// Slices that are written must not overlap the others. The zero value is ready for use, and safe for concurrent use
// like every value that nobody changes.
type Huber[T Float] struct {
	Reduction Reduction

	// Delta is δ; 0 means 1.
	Delta float64

	// Samples is the number of samples; 0 means 1.
	Samples int

	// Mask has one entry for each target, which is false if it is left out, whatever it
	// and its predictions are; nil keeps all.
	Mask []bool
}

// Value returns the mean or the sum of the elements.
func (l Huber[T]) Value(pred, target []T) (float64, error) {
	d, err := l.difference()
	if err != nil {
		return 0, err
	}
	return d.value(pred, target)
}

// ElementsTo writes the elements to dst, which has the length of pred.
func (l Huber[T]) ElementsTo(dst, pred, target []T) error {
	d, err := l.difference()
	if err != nil {
		return err
	}
	return d.elementsTo(dst, pred, target)
}

// Accumulate adds the elements to a, and writes them to dst as ElementsTo does.
func (l Huber[T]) Accumulate(a *Accumulator, dst, pred, target []T) error {
	d, err := l.difference()
	if err != nil {
		return err
	}
	return d.accumulate(a, ofHuber, dst, pred, target)
}

// ValueGrad returns Value and writes its gradient with respect to pred, max(−δ, min(p−t, δ)), divided as the mean is,
// to grad.
func (l Huber[T]) ValueGrad(grad, pred, target []T) (float64, error) {
	d, err := l.difference()
	if err != nil {
		return 0, err
	}
	return d.valueGrad(grad, pred, target)
}

func (l Huber[T]) checkGrad(grad, pred, target []T) error {
	d, err := l.difference()
	if err != nil {
		return err
	}
	return d.check("grad", grad, pred, target)
}

func (l Huber[T]) difference() (d difference[T], err error) {
	delta := l.Delta
	if delta == 0 {
		delta = 1
	}
	if v := T(delta); !(v > 0) || v-v != 0 {
		return d, paramsError("loss: Delta = %v: want a finite number above 0 that the type of pred holds, or 0 for 1", delta)
	}
	return difference[T]{pairs: pairs{l.Reduction, l.Samples, l.Mask}, form: huber, delta: delta}, nil
}
