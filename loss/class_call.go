package loss

import "fmt"

// classRun is one evaluation of a loss over classes: its arguments, checked, and
// what to write. Its ways of evaluation are direct, on the rows where they are
// (cross_entropy.go), and sum, on copies in float64 (class_mixed.go), of pieces if
// the rows are long (class_mixed_long_row.go).
type classRun[T Float] struct {
	classShape
	pred      []T
	class     []int // class targets, or nil
	prob      []T   // probability targets, or nil
	weight    []T
	ignore    int
	kept      int // class targets that are not ignored
	smoothing float64
	focal     bool
	gamma     float64
	scale     float64 // of the gradient
	dst, grad []T     // nil if not wanted
}

// samples is the number of samples, 0 for none.
func (c *classRun[T]) samples() float64 { return float64(c.rows) / float64(max(c.targets, 1)) }

// prepare checks a loss with class indices before anything is written and returns
// what its mean divides by.
func (c *classRun[T]) prepare(r Reduction, classes, positions int, pred []T, dst, grad *[]T) (divisor float64, err error) {
	if err = r.check(); err != nil {
		return 0, err
	}
	c.pred = pred
	if c.classShape, err = newClassShape(classes, positions, len(c.weight), len(pred), len(c.class), false); err != nil {
		return 0, err
	}
	if err = c.checkOptions(); err != nil {
		return 0, err
	}
	if c.kept, err = checkClasses(c.class, c.cols, c.ignore); err != nil {
		return 0, err
	}
	if err = c.checkOutput(dst, grad); err != nil {
		return 0, err
	}
	divisor = 1
	if r == Mean {
		divisor = keptWeight(c.class, c.weight, c.ignore, c.kept) * c.samples()
	}
	c.scale = r.gradScale(divisor)
	return divisor, nil
}

// checkOptions checks what class indices and probabilities have in common.
func (c *classRun[T]) checkOptions() error {
	if c.weight != nil && len(c.weight) == 0 {
		return fmt.Errorf("loss: len(Weight) = 0: want nil or one weight for each class")
	}
	if err := checkFinite("Weight", c.weight); err != nil {
		return err
	}
	if !(c.smoothing >= 0 && c.smoothing <= 1) {
		return fmt.Errorf("loss: LabelSmoothing = %v: want a number in [0, 1]", c.smoothing)
	}
	return nil
}

// checkOutput checks the lengths of what is written and keeps it.
func (c *classRun[T]) checkOutput(dst, grad *[]T) error {
	if dst != nil {
		if err := checkLen("dst", len(*dst), "all positions", c.rows); err != nil {
			return err
		}
		c.dst = *dst
	}
	if grad != nil {
		if err := checkLen("grad", len(*grad), "pred", len(c.pred)); err != nil {
			return err
		}
		c.grad = *grad
	}
	return nil
}
