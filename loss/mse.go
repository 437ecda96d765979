package loss

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// MSE is the squared error (p−t)² of predictions p against targets t:
// inferno.loss_fns.MSELoss, torch.nn.MSELoss.
//
// Shapes: pred is *sample × batch × …, target batch × …, both row-major; the
// targets are repeated for every sample, and the number of samples follows from
// the lengths. The mean divides by len(pred).
//
// Error: a value is within 1e-13 (float64) or 1e-6 (float32) of the exact one,
// relatively, and on float32 data made against it, a few large errors before many
// small ones, within 1e-5, whatever the length; it neither overflows nor
// underflows in float32. NaN and Inf in pred propagate, as does Inf in target; NaN
// in target is an error.
//
// Slices that are written must not overlap the others. The zero value is ready
// for use, and safe for concurrent use like every value that nobody changes.
type MSE[T Float] struct {
	Reduction Reduction
}

// Value returns the mean or the sum of (p−t)².
func (l MSE[T]) Value(pred, target []T) (float64, error) {
	if err := checkPair(l.Reduction, pred, target); err != nil {
		return 0, err
	}
	var sum total.Sum
	for i, n := 0, len(target); i < len(pred); i += n {
		sum.Add(kernels.SquaredError(pred[i:i+n], target))
	}
	return reduceChecked(l.Reduction, sum, pred, target)
}

// ElementsTo writes (p−t)² to dst, which has the length of pred.
func (l MSE[T]) ElementsTo(dst, pred, target []T) error {
	if err := checkTriple(l.Reduction, "dst", dst, pred, target); err != nil {
		return err
	}
	for i, n := 0, len(target); i < len(pred); i += n {
		kernels.SquaredErrorTo(dst[i:i+n], pred[i:i+n], target)
	}
	return nil
}

// ValueGrad returns Value and writes its gradient by pred, 2(p−t), divided by
// len(pred) for the mean, to grad.
func (l MSE[T]) ValueGrad(grad, pred, target []T) (float64, error) {
	if err := l.checkGrad(grad, pred, target); err != nil {
		return 0, err
	}
	size := float64(len(pred))
	scale := T(l.Reduction.scale(size))
	var sum total.Sum
	for i, n := 0, len(target); i < len(pred); i += n {
		sum.Add(kernels.SquaredErrorGrad(grad[i:i+n], pred[i:i+n], target, scale))
	}
	return l.Reduction.of(sum.Value(), size), nil
}

func (l MSE[T]) checkGrad(grad, pred, target []T) error {
	return checkTriple(l.Reduction, "grad", grad, pred, target)
}

// checkPair checks the lengths of predictions and targets.
func checkPair[T Float](r Reduction, pred, target []T) error {
	if err := r.check(); err != nil {
		return err
	}
	return checkSamples(len(pred), len(target))
}

// checkTriple checks everything before a slice arg is written.
func checkTriple[T Float](r Reduction, arg string, dst, pred, target []T) error {
	if err := checkPair(r, pred, target); err != nil {
		return err
	}
	if err := checkLen(arg, len(dst), "pred", len(pred)); err != nil {
		return err
	}
	return checkNumbers("target", target)
}

// reduceChecked reduces a sum that is NaN if a target is: only then the targets
// need to be looked at, so a good call pays nothing for the check.
func reduceChecked[T Float](r Reduction, sum total.Sum, pred, target []T) (float64, error) {
	v := sum.Value()
	if v != v {
		if err := checkNumbers("target", target); err != nil {
			return 0, err
		}
	}
	return r.of(v, float64(len(pred))), nil
}
