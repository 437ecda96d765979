package loss

import (
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels"
)

// CrossEntropy is the cross-entropy of predicted logits x against class indices y,
// with lp = log softmax(x), class weights w and label smoothing e:
//
//	(1−e)·(−w_y·lp_y) + (e/C)·Σ_c −w_c·lp_c
//
// inferno.loss_fns.CrossEntropyLoss, torch.nn.CrossEntropyLoss. For targets that
// are probabilities see [CrossEntropyProb].
//
// Shapes: pred is *sample × batch × class × position…, target batch ×
// position…, both row-major; the targets are repeated for every sample, and the
// number of samples follows from the lengths. dst of ElementsTo is *sample ×
// batch × position….
//
// An element whose target is the ignored index is 0, whatever its logits. The
// mean divides by the sum of w_y over the positions that are not ignored, of all
// samples: it is NaN if all are ignored (the sum is 0).
//
// Error: a value is within 1e-13 (float64) or 1e-6 (float32) of the exact one,
// relatively, down to the 1e-17 of a confident classifier (where torch has 0).
//
// A logit of −Inf is a class of probability 0: as target its element is +Inf, and
// any other element is untouched, but with smoothing it is +Inf. NaN, +Inf, or
// −Inf only, make the row NaN: its element, and its gradient. With smoothing, or
// a class weight of 0, 0·Inf is NaN as in torch.
//
// Errors: lengths that do not fit, a target that is no class and not ignored,
// class weights that are not finite, smoothing outside [0, 1]. Slices that are
// written must not overlap the others. The zero value is ready for use; safe for
// concurrent use.
type CrossEntropy[T Float] struct {
	Reduction Reduction

	// Classes is the number of classes C. 0 means len(Weight) or, without
	// weights, len(pred)/len(target), which is right for one sample only. Give it:
	// a batch of the wrong length is noticed then, unless it divides the right one
	// and so looks like samples.
	Classes int

	// Positions is the product of the dimensions after the class axis; 0 means 1.
	Positions int

	// Weight has one weight for each class; nil means 1.
	Weight []T

	// IgnoreIndex is the target to be ignored; nil means −100.
	IgnoreIndex *int

	// LabelSmoothing is e.
	LabelSmoothing float64
}

// Value returns the mean or the sum of the elements.
func (l CrossEntropy[T]) Value(pred []T, target []int) (float64, error) {
	return l.run(nil, nil, pred, target)
}

// ElementsTo writes the elements to dst, whose length is that of target times the
// number of samples.
func (l CrossEntropy[T]) ElementsTo(dst, pred []T, target []int) error {
	_, err := l.run(&dst, nil, pred, target)
	return err
}

// ValueGrad returns Value and writes its gradient by pred to grad. At the target
// class it is softmax − 1, times the weight; in float64 that is 0 where softmax
// rounds to 1, as in torch.
func (l CrossEntropy[T]) ValueGrad(grad, pred []T, target []int) (float64, error) {
	return l.run(nil, &grad, pred, target)
}

func (l *CrossEntropy[T]) run(dst, grad *[]T, pred []T, target []int) (float64, error) {
	c, divisor, err := l.setup(dst, grad, pred, target)
	if err != nil {
		return 0, err
	}
	if c.inner > 1 || c.smoothing > 0 {
		return l.Reduction.reduce(c.sum(), divisor), nil
	}
	return l.Reduction.reduce(c.direct(), divisor), nil
}

// setup checks everything; dst and grad are nil if not wanted.
func (l *CrossEntropy[T]) setup(dst, grad *[]T, pred []T, target []int) (c classRun[T], divisor float64, err error) {
	c = classRun[T]{weight: l.Weight, class: target, ignore: ignoreIndex(l.IgnoreIndex), smoothing: l.LabelSmoothing}
	divisor, err = c.prepare(l.Reduction, l.Classes, l.Positions, pred, dst, grad)
	return c, divisor, err
}

func (l CrossEntropy[T]) checkGrad(grad, pred []T, target []int) error {
	_, _, err := l.setup(nil, &grad, pred, target)
	return err
}

// direct is the way without smoothing and without positions: the kernels work on
// the rows where they are.
func (c *classRun[T]) direct() float64 {
	if c.weight == nil && c.kept == len(c.class) {
		return c.unweighted()
	}
	return c.weighted()
}

// unweighted is direct where every row counts as much as any other.
func (c *classRun[T]) unweighted() float64 {
	var sum total.Sum
	scale := T(c.scale)
	for r, n := 0, c.targets; r < c.rows; r += n {
		from, to := r*c.cols, (r+n)*c.cols
		switch x := c.pred[from:to]; {
		case c.dst != nil:
			kernels.CrossEntropyRowsTo(c.dst[r:r+n], x, c.cols, c.class)
		case c.grad != nil:
			sum.Add(kernels.CrossEntropyRowsGrad(c.grad[from:to], x, c.cols, c.class, scale))
		default:
			sum.Add(kernels.CrossEntropyRows(x, c.cols, c.class))
		}
	}
	return sum.Value()
}

// weighted is direct with class weights or ignored rows, which the kernels leave out.
func (c *classRun[T]) weighted() float64 {
	var (
		values, factors [blockLen]T
		classes         [blockLen]int
		sum             total.Sum
	)
	for r, n := 0, 0; r < c.rows; r += n {
		j := r % c.targets
		n = min(blockLen, c.targets-j)
		from, to := r*c.cols, (r+n)*c.cols
		v, f, x := values[:n], factors[:n], c.pred[from:to]
		y := leaveOut(classes[:n], c.class[j:j+n], c.ignore)
		if c.grad == nil {
			kernels.CrossEntropyRowsTo(v, x, c.cols, y)
		} else {
			rowWeights(f, c.class[j:j+n], c.weight, c.ignore, T(c.scale))
			kernels.CrossEntropyRowsGradTo(c.grad[from:to], v, x, c.cols, y, f)
		}
		rowWeights(f, c.class[j:j+n], c.weight, c.ignore, 1)
		sum.Add(kernels.Dot(v, f))
		if c.dst != nil {
			kernels.MulTo(c.dst[r:r+n], v, f)
		}
	}
	return sum.Value()
}
