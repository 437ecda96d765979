package loss

import "fmt"

// classCall is a call of a loss of classes: its arguments, checked, and what to
// write. CrossEntropy, CrossEntropyProb and Focal have two ways to evaluate it:
// direct, on the rows where they are (class_direct.go), and mixed, on copies in
// float64 (class_mixed.go), or on pieces if a row is long (class_mixed_long_row.go).
// NLL has a loop of its own.
type classCall[T Float] struct {
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
func (c *classCall[T]) samples() float64 { return float64(c.rows) / float64(max(c.targets, 1)) }

// wanted is what s points to, nil if it is nil. It goes into the literal of a
// classCall: a slice that is assigned to a field through a pointer escapes.
func wanted[T Float](s *[]T) []T {
	if s == nil {
		return nil
	}
	return *s
}

// prepare checks a loss with class indices before anything is written and returns
// what its mean divides by.
func (c *classCall[T]) prepare(r Reduction, classes, positions int, dst, grad *[]T) (divisor float64, err error) {
	if err = r.check(); err != nil {
		return 0, err
	}
	if c.classShape, err = newClassShape(classes, positions, len(c.weight), len(c.pred), len(c.class), false); err != nil {
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
func (c *classCall[T]) checkOptions() error {
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

// checkOutput checks the lengths of what is written.
func (c *classCall[T]) checkOutput(dst, grad *[]T) error {
	if dst != nil {
		if err := checkLen("dst", len(*dst), "all positions", c.rows); err != nil {
			return err
		}
	}
	if grad != nil {
		return checkLen("grad", len(*grad), "pred", len(c.pred))
	}
	return nil
}
