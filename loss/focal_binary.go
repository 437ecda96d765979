package loss

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// FocalBinary is the focal loss of predicted logits x against targets t in [0, 1],
//
//	(1−p_t)^γ · (t·softplus(−x) + (1−t)·softplus(x)),  p_t = t·σ(x) + (1−t)·σ(−x)
//
// inferno.loss_fns.FocalLoss(task="binary"), after Lin et al., "Focal loss for
// dense object detection" (2017). Soft targets are allowed, weights are not, as in
// inferno. [Focal] is the one with task="multiclass".
//
// Shapes: pred is *sample × batch × …, target batch × …, both row-major; the
// targets are repeated for every sample, and the number of samples follows from
// the lengths. The mean divides by len(pred).
//
// Error: a value is within 1e-13 (float64) or 1e-6 (float32) of the exact one,
// relatively, for γ up to 5, the most confident predictions included: 1−p_t is
// formed as t·σ(−x) + (1−t)·σ(x), without a subtraction. 0⁰ is 1, so γ = 0 is
// [BCEWithLogits]. The gradient for γ < 1 at 1−p_t = 0, NaN in the original, is
// its limit 0. Infinite logits have the limits, NaN propagates.
//
// Errors: lengths that do not fit, targets outside [0, 1] or NaN, γ negative or
// not finite. Slices that are written must not overlap the others. The zero value
// has γ = 0; safe for concurrent use.
type FocalBinary[T Float] struct {
	Reduction Reduction

	// Gamma is γ ≥ 0. It has no default: 0 is plain cross-entropy.
	Gamma float64
}

// Value returns the mean or the sum of the elements.
func (l FocalBinary[T]) Value(pred, target []T) (float64, error) {
	return l.run(nil, nil, pred, target)
}

// ElementsTo writes the elements to dst, which has the length of pred.
func (l FocalBinary[T]) ElementsTo(dst, pred, target []T) error {
	if err := checkLen("dst", len(dst), "pred", len(pred)); err != nil {
		return err
	}
	_, err := l.run(dst, nil, pred, target)
	return err
}

// ValueGrad returns Value and writes its gradient by pred to grad.
func (l FocalBinary[T]) ValueGrad(grad, pred, target []T) (float64, error) {
	if err := checkLen("grad", len(grad), "pred", len(pred)); err != nil {
		return 0, err
	}
	return l.run(nil, grad, pred, target)
}

func (l FocalBinary[T]) checkGrad(grad, pred, target []T) error {
	if err := checkLen("grad", len(grad), "pred", len(pred)); err != nil {
		return err
	}
	return l.check(pred, target)
}

func (l *FocalBinary[T]) check(pred, target []T) error {
	if err := checkScalar("Gamma", l.Gamma); err != nil {
		return err
	}
	if err := checkPair(l.Reduction, len(pred), len(target)); err != nil {
		return err
	}
	return checkProbabilities("target", target, false)
}

// run works in blocks of float64, whatever T is: powers of float32 values would
// lose what is promised. dst and grad are nil if not wanted.
func (l *FocalBinary[T]) run(dst, grad, pred, target []T) (float64, error) {
	if err := l.check(pred, target); err != nil {
		return 0, err
	}
	size := float64(len(pred))
	scale := l.Reduction.gradScale(size)
	var b focalBlock
	var sum total.Sum
	for i, n := 0, 0; i < len(pred); i += n {
		j := i % len(target)
		n = min(blockLen, len(target)-j)
		convert(b.x[:n], pred[i:i+n])
		convert(b.t[:n], target[j:j+n])
		sum.Add(b.values(n, l.Gamma))
		if dst != nil {
			convert(dst[i:i+n], b.value[:n])
		}
		if grad != nil {
			b.grads(n, l.Gamma, scale)
			convert(grad[i:i+n], b.bce[:n])
		}
	}
	return l.Reduction.reduce(sum.Value(), size), nil
}

// focalBlock holds the intermediate results of a block.
type focalBlock struct {
	x, t       [blockLen]float64
	yes, no    [blockLen]float64 // σ(x), σ(−x)
	wrong      [blockLen]float64 // 1−p_t
	factor     [blockLen]float64 // (1−p_t)^γ
	bce, value [blockLen]float64
}

// values evaluates n elements and returns their sum.
func (b *focalBlock) values(n int, gamma float64) float64 {
	x, t := b.x[:n], b.t[:n]
	kernels.SigmoidTo(b.yes[:n], x)
	kernels.ScaleTo(b.no[:n], -1, x)
	kernels.SigmoidTo(b.no[:n], b.no[:n])
	for i := range n {
		b.wrong[i] = float64(t[i]*b.no[i]) + float64((1-t[i])*b.yes[i])
	}
	kernels.PowTo(b.factor[:n], b.wrong[:n], gamma)
	kernels.BCEWithLogitsTo(b.bce[:n], x, t, nil)
	return kernels.Sum(kernels.MulTo(b.value[:n], b.factor[:n], b.bce[:n]))
}

// grads turns b.bce into scale times the derivatives of the values by x:
// factor·(bce' + γ·bce·wrong'/wrong), bce' = (1−t)σ(x) − tσ(−x),
// wrong' = (1−2t)σ(x)σ(−x).
func (b *focalBlock) grads(n int, gamma, scale float64) {
	for i := range n {
		t, yes, no := b.t[i], b.yes[i], b.no[i]
		inner := 0.0
		if ratio := (1 - 2*t) * yes * no / b.wrong[i]; ratio != 0 && b.wrong[i] != 0 {
			inner = float64(gamma * b.bce[i] * ratio)
		}
		outer := float64((1-t)*yes) - float64(t*no)
		b.bce[i] = scale * (b.factor[i] * (outer + inner))
	}
}
