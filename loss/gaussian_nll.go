package loss

import (
	"math"

	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// GaussianNLL is the negative log-likelihood of targets t under Gaussians whose means m and variances v are predicted,
//
//	½(log v + (m−t)²/v) + ½·log 2π, the last term if Full, v = max(variance, eps)
//
// torch.nn.GaussianNLLLoss; Nix and Weigend (1994), "Estimating the mean and variance of the target probability
// distribution". Mean and variance may be what Predict of a layer or a model of package bnn gives, and the gradients
// what PredictGrad takes.
//
// Shapes: mean and variance are [sample × …] batch × …, target batch × …, all row-major, so that len(mean) and
// len(variance) are Samples times len(target). (torch broadcasts a variance of fewer dimensions: repeat it.) The mean
// divides by len(mean), or by the number of elements that the mask keeps.
//
// Error: an element is within 1e-15 (float64) or 1e-6 (float32) of the exact one, relative to its largest term, and a
// value within 1e-13 or 1e-6, relative to the sum of the absolute elements. The gradient with respect to variance is
// that at v, and not 0 where the variance is below eps, as in torch.
//
// Errors: lengths that do not fit, a negative variance, NaN in target, an eps that is negative or not finite in T. NaN
// and Inf in mean and variance propagate. A v of 0 gives Inf or NaN. Slices that are written must not overlap the
// others. The zero value is ready for use; safe for concurrent use.
type GaussianNLL[T Float] struct {
	Reduction Reduction

	// Samples is the number of samples; 0 means 1.
	Samples int

	// Full adds the constant ½·log 2π to each element.
	Full bool

	// Eps is the least variance; nil means 1e-6.
	Eps *float64

	// Mask has one entry for each target, which is false if it is left out, whatever it
	// and its predictions are; nil keeps all.
	Mask []bool
}

// Value returns the mean or the sum of the elements.
func (l GaussianNLL[T]) Value(mean, variance, target []T) (float64, error) {
	c := gaussianNLL[T]{pairs: l.pairs(), mean: mean, variance: variance, target: target}
	if err := c.check(l.eps()); err != nil {
		return 0, err
	}
	return c.value(l.Full), nil
}

// ElementsTo writes the elements to dst, which has the length of mean.
func (l GaussianNLL[T]) ElementsTo(dst, mean, variance, target []T) error {
	c := gaussianNLL[T]{pairs: l.pairs(), mean: mean, variance: variance, target: target, dst: dst}
	if err := c.check(l.eps()); err != nil {
		return err
	}
	if err := checkLen("dst", len(dst), "mean", len(mean)); err != nil {
		return err
	}
	if l.Full {
		c.constant = halfLog2Pi
	}
	c.sum()
	return nil
}

// Accumulate adds the elements to a, and writes them to dst as ElementsTo does.
func (l GaussianNLL[T]) Accumulate(a *Accumulator, dst, mean, variance, target []T) error {
	p, full := l.pairs(), 0.0
	if l.Full {
		full = 1
	}
	k, size := kindOf[T](ofGaussianNLL, p.samplesOption(), full, l.eps()), p.size(len(target))
	if err := a.admitBatch(k, len(dst), size); err != nil {
		return err
	}
	if err := l.ElementsTo(dst, mean, variance, target); err != nil {
		return err
	}
	add(a, k, dst, size, size)
	return nil
}

// ValueGrad returns Value and writes its gradients with respect to mean, (m−t)/v, and with respect to variance, ½(1/v −
// ((m−t)/v)²), divided as the mean is, to dMean and dVariance; either may be nil.
func (l GaussianNLL[T]) ValueGrad(dMean, dVariance, mean, variance, target []T) (float64, error) {
	c := gaussianNLL[T]{
		pairs: l.pairs(), mean: mean, variance: variance, target: target,
		dMean: dMean, dVariance: dVariance, grad: true,
	}
	if err := c.check(l.eps()); err != nil {
		return 0, err
	}
	if dMean != nil {
		if err := checkLen("dMean", len(dMean), "mean", len(mean)); err != nil {
			return 0, err
		}
	}
	if dVariance != nil {
		if err := checkLen("dVariance", len(dVariance), "mean", len(mean)); err != nil {
			return 0, err
		}
	}
	c.scale = T(c.gradScale(c.size(len(target))))
	return c.value(l.Full), nil
}

func (l *GaussianNLL[T]) pairs() pairs { return pairs{l.Reduction, l.Samples, l.Mask} }

func (l *GaussianNLL[T]) eps() float64 {
	if l.Eps == nil {
		return 1e-6
	}
	return *l.Eps
}

// halfLog2Pi is ½·log 2π.
const halfLog2Pi = 0.91893853320467274178

// gaussianNLL is a call of [GaussianNLL]: its arguments, and what to write, nil if not wanted.
type gaussianNLL[T Float] struct {
	pairs
	mean, variance, target []T
	dst, dMean, dVariance  []T
	grad                   bool
	eps, constant, scale   T // constant is that of the elements of dst, scale that of the gradients
}

// check checks all but the lengths of what is written.
func (c *gaussianNLL[T]) check(eps float64) error {
	if err := checkScalar[T]("Eps", eps); err != nil {
		return err
	}
	c.eps = T(eps)
	if err := c.checkShape(); err != nil {
		return err
	}
	if err := checkNumbers("target", c.target, c.mask); err != nil {
		return err
	}
	if countOutside(c.variance, c.mask, 0, T(math.Inf(1))) == 0 {
		return nil
	}
	for i, v := range c.variance {
		if v < 0 && kept(c.mask, i) {
			return inputError("loss: variance[%d] = %v: want a number of at least 0", i, v)
		}
	}
	return nil
}

func (c *gaussianNLL[T]) checkShape() error {
	if err := checkLen("variance", len(c.variance), "mean", len(c.mean)); err != nil {
		return err
	}
	if err := c.reduction.check(); err != nil {
		return err
	}
	if err := checkSamples("mean", c.samples, len(c.mean), len(c.target)); err != nil {
		return err
	}
	return checkMask(c.mask, len(c.target))
}

// value is the mean or the sum.
func (c *gaussianNLL[T]) value(full bool) float64 {
	sum, size := c.sum(), c.size(len(c.target))
	if full {
		sum += float64(halfLog2Pi * size)
	}
	return c.reduction.reduce(sum, size)
}

// sum writes what is wanted and returns the sum, without the constant, unless the elements are written.
func (c *gaussianNLL[T]) sum() float64 {
	if c.mask != nil || c.grad && (c.dMean == nil || c.dVariance == nil) {
		return c.blocks()
	}
	var sum total.Sum
	for i, n := 0, len(c.target); i < len(c.mean); i += n {
		m, v := c.mean[i:i+n], c.variance[i:i+n]
		switch {
		case c.dst != nil:
			kernels.GaussianNLLTo(c.dst[i:i+n], m, v, c.target, c.eps, c.constant)
		case c.grad:
			dMean, dVariance := c.dMean[i:i+n], c.dVariance[i:i+n]
			sum.Add(kernels.GaussianNLLGrad(dMean, dVariance, m, v, c.target, c.eps, c.scale))
		default:
			sum.Add(kernels.GaussianNLL(m, v, c.target, c.eps))
		}
	}
	return sum.Value()
}

// blocks is sum with a mask or with one of the gradients. What is left out is a standard Gaussian at its mean until its
// results are replaced by 0.
func (c *gaussianNLL[T]) blocks() float64 {
	var mean, variance, target, value [blockLen]T
	var sum total.Sum
	for i, n := 0, 0; i < len(c.mean); i += n {
		j := i % len(c.target)
		n = min(blockLen, len(c.target)-j)
		e, dMean, dVariance, mask := value[:n], mean[:n], variance[:n], c.maskPart(j, n)
		m := keep(dMean, c.mean[i:i+n], mask, 0)
		v := keep(dVariance, c.variance[i:i+n], mask, 1)
		t := keep(target[:n], c.target[j:j+n], mask, 0)
		kernels.GaussianNLLTo(e, m, v, t, c.eps, c.constant)
		e = keep(e, e, mask, 0)
		sum.Add(kernels.Sum(e))
		if c.dst != nil {
			copy(c.dst[i:], e)
		}
		if !c.grad {
			continue
		}
		kernels.GaussianNLLGrad(dMean, dVariance, m, v, t, c.eps, c.scale)
		if c.dMean != nil {
			copy(c.dMean[i:], keep(dMean, dMean, mask, 0))
		}
		if c.dVariance != nil {
			copy(c.dVariance[i:], keep(dVariance, dVariance, mask, 0))
		}
	}
	return sum.Value()
}
