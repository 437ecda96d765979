package loss

import (
	"math"

	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// difference is what [MSE], [L1], [Huber] and [SmoothL1] have in common: a loss of p−t, without weights.
type difference[T Float] struct {
	pairs
	form
	delta float64 // of huber
	unit  float64 // that the result is divided by; 0 is 1
}

// form is the function of p−t. Kernels are picked by comparing it: a slice that is passed to a function value escapes.
type form int

const (
	absolute form = iota
	squared
	huber
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
	return d.reduction.reduce(d.quotient(v, pred, target), d.size(len(target))), nil
}

func (d difference[T]) elementsTo(dst, pred, target []T) error {
	if err := d.check("dst", dst, pred, target); err != nil {
		return err
	}
	d.run(dst, nil, pred, target, 0)
	if unit := d.divisor(); unit != 1 {
		kernels.ScaleTo(dst, T(1/unit), dst)
	}
	if d.unit > 1 && !(kernels.Max(dst) <= math.MaxFloat64) { // unit times an element may overflow
		for i, v := range dst {
			if math.IsInf(float64(v), 1) {
				dst[i] = T(d.smooth(pred[i], target[i%len(target)]))
			}
		}
	}
	return nil
}

func (d difference[T]) accumulate(a *Accumulator, of source, dst, pred, target []T) error {
	k, size := kindOf[T](of, d.samplesOption(), d.delta), d.size(len(target))
	if err := a.admitBatch(k, len(dst), size); err != nil {
		return err
	}
	if err := d.elementsTo(dst, pred, target); err != nil {
		return err
	}
	add(a, k, dst, size, size)
	return nil
}

func (d difference[T]) valueGrad(grad, pred, target []T) (float64, error) {
	if err := d.check("grad", grad, pred, target); err != nil {
		return 0, err
	}
	size := d.size(len(target))
	sum := d.run(nil, grad, pred, target, T(d.gradScale(size)/d.divisor()))
	return d.reduction.reduce(d.quotient(sum, pred, target), size), nil
}

// quotient is sum, the result of run, divided by unit. A sum that overflows is added up again from quotients, which may
// not.
func (d difference[T]) quotient(sum float64, pred, target []T) float64 {
	if !(d.unit > 1 && math.IsInf(sum, 1)) {
		return sum / d.divisor()
	}
	var quotients total.Sum
	for i, p := range pred {
		if kept(d.mask, i) {
			quotients.Add(d.smooth(p, target[i%len(target)]))
		}
	}
	return quotients.Value()
}

// smooth is an element of [SmoothL1], m/β·(|d| − ½m) with m = min(|d|, β): no intermediate result is larger than |d|.
func (d difference[T]) smooth(pred, target T) float64 {
	z := math.Abs(float64(pred) - float64(target))
	m := min(z, d.unit)
	return float64(m / d.unit * (z - float64(m/2)))
}

func (d difference[T]) divisor() float64 {
	if d.unit == 0 {
		return 1
	}
	return d.unit
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

// run writes the elements to dst, or scale times their derivatives to grad, unless nil. It returns their sum unless
// they are written.
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

// masked is run with 0 in place of predictions and targets that are left out: these have no element and no derivative.
func (d difference[T]) masked(dst, grad, pred, target []T, scale T) float64 {
	var p, t [blockLen]T
	var sum total.Sum
	for i, n := 0, 0; i < len(pred); i += n {
		j := i % len(target)
		n = min(blockLen, len(target)-j)
		mask := d.mask[j : j+n]
		kernels.SelectTo(p[:n], pred[i:i+n], mask, 0)
		kernels.SelectTo(t[:n], target[j:j+n], mask, 0)
		sum.Add(d.kernel(part(dst, i, n), part(grad, i, n), p[:n], t[:n], scale))
	}
	return sum.Value()
}

// kernel is run for as many predictions as there are targets.
func (d difference[T]) kernel(dst, grad, pred, target []T, scale T) float64 {
	switch {
	case dst != nil:
		d.kernelTo(dst, pred, target)
		return 0
	case grad != nil:
		return d.kernelGrad(grad, pred, target, scale)
	case d.form == squared:
		return kernels.SquaredError(pred, target)
	case d.form == huber:
		return kernels.Huber(pred, target, T(d.delta))
	}
	return kernels.AbsoluteError(pred, target)
}

func (d difference[T]) kernelTo(dst, pred, target []T) {
	switch d.form {
	case squared:
		kernels.SquaredErrorTo(dst, pred, target)
	case huber:
		kernels.HuberTo(dst, pred, target, T(d.delta))
	default:
		kernels.AbsoluteErrorTo(dst, pred, target)
	}
}

func (d difference[T]) kernelGrad(grad, pred, target []T, scale T) float64 {
	switch d.form {
	case squared:
		return kernels.SquaredErrorGrad(grad, pred, target, scale)
	case huber:
		return kernels.HuberGrad(grad, pred, target, T(d.delta), scale)
	}
	return kernels.AbsoluteErrorGrad(grad, pred, target, scale)
}
