package loss

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// difference is what [MSE] and [L1] have in common: a loss of p−t, without weights.
type difference[T Float] struct {
	power     power
	reduction Reduction
}

// power is that of |p−t|. Kernels are picked by comparing it: a slice that is passed
// to a function value escapes.
type power int

const (
	absolute power = 1
	squared  power = 2
)

func (d difference[T]) value(pred, target []T) (float64, error) {
	if err := checkPair(d.reduction, len(pred), len(target)); err != nil {
		return 0, err
	}
	var sum total.Sum
	for i, n := 0, len(target); i < len(pred); i += n {
		if d.power == squared {
			sum.Add(kernels.SquaredError(pred[i:i+n], target))
		} else {
			sum.Add(kernels.AbsoluteError(pred[i:i+n], target))
		}
	}
	// The sum is NaN if a target is: only then the targets need to be looked at, so a
	// good call pays nothing for the check.
	v := sum.Value()
	if v != v {
		if err := checkNumbers("target", target); err != nil {
			return 0, err
		}
	}
	return d.reduction.reduce(v, float64(len(pred))), nil
}

func (d difference[T]) elementsTo(dst, pred, target []T) error {
	if err := d.check("dst", dst, pred, target); err != nil {
		return err
	}
	for i, n := 0, len(target); i < len(pred); i += n {
		if d.power == squared {
			kernels.SquaredErrorTo(dst[i:i+n], pred[i:i+n], target)
		} else {
			kernels.AbsoluteErrorTo(dst[i:i+n], pred[i:i+n], target)
		}
	}
	return nil
}

func (d difference[T]) valueGrad(grad, pred, target []T) (float64, error) {
	if err := d.check("grad", grad, pred, target); err != nil {
		return 0, err
	}
	size := float64(len(pred))
	scale := T(d.reduction.gradScale(size))
	var sum total.Sum
	for i, n := 0, len(target); i < len(pred); i += n {
		if d.power == squared {
			sum.Add(kernels.SquaredErrorGrad(grad[i:i+n], pred[i:i+n], target, scale))
		} else {
			sum.Add(kernels.AbsoluteErrorGrad(grad[i:i+n], pred[i:i+n], target, scale))
		}
	}
	return d.reduction.reduce(sum.Value(), size), nil
}

// check checks everything before a slice arg is written.
func (d difference[T]) check(arg string, dst, pred, target []T) error {
	if err := checkPair(d.reduction, len(pred), len(target)); err != nil {
		return err
	}
	if err := checkLen(arg, len(dst), "pred", len(pred)); err != nil {
		return err
	}
	return checkNumbers("target", target)
}
