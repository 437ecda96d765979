package loss

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// difference is what [MSE] and [L1] have in common: a loss of p−t, without weights.
type difference[T Float] struct {
	pairs
	power power
}

// power is that of |p−t|. Kernels are picked by comparing it: a slice that is passed
// to a function value escapes.
type power int

const (
	absolute power = 1
	squared  power = 2
)

func (d difference[T]) value(pred, target []T) (float64, error) {
	if err := d.pairs.check(len(pred), len(target)); err != nil {
		return 0, err
	}
	// The sum is NaN if a target is: only then the targets need to be looked at, so a
	// good call pays nothing for the check.
	v := d.run(nil, nil, pred, target, 0)
	if v != v {
		if err := checkNumbers("target", target, d.mask); err != nil {
			return 0, err
		}
	}
	return d.reduction.reduce(v, d.size(len(target))), nil
}

func (d difference[T]) elementsTo(dst, pred, target []T) error {
	if err := d.check("dst", dst, pred, target); err != nil {
		return err
	}
	d.run(dst, nil, pred, target, 0)
	return nil
}

func (d difference[T]) valueGrad(grad, pred, target []T) (float64, error) {
	if err := d.check("grad", grad, pred, target); err != nil {
		return 0, err
	}
	size := d.size(len(target))
	sum := d.run(nil, grad, pred, target, T(d.gradScale(size)))
	return d.reduction.reduce(sum, size), nil
}

// check checks everything before a slice arg is written.
func (d difference[T]) check(arg string, dst, pred, target []T) error {
	if err := d.pairs.check(len(pred), len(target)); err != nil {
		return err
	}
	if err := checkLen(arg, len(dst), "pred", len(pred)); err != nil {
		return err
	}
	return checkNumbers("target", target, d.mask)
}

// run writes the elements to dst, or scale times their derivatives to grad, unless nil. It
// returns their sum unless they are written.
func (d difference[T]) run(dst, grad, pred, target []T, scale T) float64 {
	if d.mask != nil {
		return d.masked(dst, grad, pred, target, scale)
	}
	var sum total.Sum
	for i, n := 0, len(target); i < len(pred); i += n {
		sum.Add(d.kernel(part(dst, i, n), part(grad, i, n), pred[i:i+n], target, scale))
	}
	return sum.Value()
}

// masked is run with 0 in place of predictions and targets that are left out: these have no
// element and no derivative.
func (d difference[T]) masked(dst, grad, pred, target []T, scale T) float64 {
	var p, t [blockLen]T
	var sum total.Sum
	for i, n := 0, 0; i < len(pred); i += n {
		j := i % len(target)
		n = min(blockLen, len(target)-j)
		mask := d.mask[j : j+n]
		keepTo(p[:n], pred[i:], mask, 0)
		keepTo(t[:n], target[j:], mask, 0)
		sum.Add(d.kernel(part(dst, i, n), part(grad, i, n), p[:n], t[:n], scale))
	}
	return sum.Value()
}

// kernel is run for as many predictions as there are targets.
func (d difference[T]) kernel(dst, grad, pred, target []T, scale T) float64 {
	switch {
	case dst != nil && d.power == squared:
		kernels.SquaredErrorTo(dst, pred, target)
	case dst != nil:
		kernels.AbsoluteErrorTo(dst, pred, target)
	case grad != nil && d.power == squared:
		return kernels.SquaredErrorGrad(grad, pred, target, scale)
	case grad != nil:
		return kernels.AbsoluteErrorGrad(grad, pred, target, scale)
	case d.power == squared:
		return kernels.SquaredError(pred, target)
	default:
		return kernels.AbsoluteError(pred, target)
	}
	return 0
}
