package loss

// classCall is a call of a loss of classes: its arguments, checked, and what to write. CrossEntropy, CrossEntropyProb
// and Focal evaluate it by kernels (class_evaluate.go). NLL has a loop of its own.
type classCall[T Float] struct {
	classShape
	classTargets // the mask is that of prob, too
	pred         []T
	prob         []T // probability targets, or nil
	weight       []T
	alpha        []T // factors of each class, of focal values
	kept         int // targets that are not left out
	smoothing    float64
	focal        bool
	gamma        float64
	scale        float64 // of the gradient
	dst, grad    []T     // nil if not wanted
	kind         kind    // for an accumulator
}

// samples is the number of samples, 0 for none.
func (c *classCall[T]) samples() float64 { return float64(c.rows) / float64(max(c.targets, 1)) }

// wanted is what s points to, nil if it is nil. It goes into the literal of a classCall: a slice that is assigned to a
// field through a pointer escapes.
func wanted[T Float](s *[]T) []T {
	if s == nil {
		return nil
	}
	return *s
}

// prepare checks a loss with class indices before anything is written and returns what its mean divides by.
func (c *classCall[T]) prepare(r Reduction, o classOptions, dst, grad *[]T) (divisor float64, err error) {
	if err = c.prepareShape(r, o); err != nil {
		return 0, err
	}
	if c.kept, err = c.classTargets.check(c.cols); err != nil {
		return 0, err
	}
	if err = c.checkOutput(dst, grad); err != nil {
		return 0, err
	}
	divisor = 1
	if r == Mean {
		divisor = keptWeight(c.classTargets, c.weight, c.kept) * c.samples()
	}
	c.scale = r.gradScale(divisor)
	return divisor, nil
}

// prepareShape checks all but the targets and what is written.
func (c *classCall[T]) prepareShape(r Reduction, o classOptions) (err error) {
	if err = r.check(); err != nil {
		return err
	}
	o.weights = len(c.weight)
	if c.classShape, err = newClassShape(o, len(c.pred), len(c.class)); err != nil {
		return err
	}
	return c.checkOptions()
}

// checkNonNegative refuses weights below 0.
func checkNonNegative[T Float](field string, x []T) error {
	for i, v := range x {
		if v < 0 {
			return paramsError("loss: %s[%d] = %v: want a number of at least 0", field, i, v)
		}
	}
	return nil
}

// checkOptions checks what class indices and probabilities have in common.
func (c *classCall[T]) checkOptions() error {
	if c.weight != nil && len(c.weight) == 0 {
		return paramsError("loss: len(Weight) = 0: want nil or one weight for each class")
	}
	if err := checkFinite("Weight", c.weight); err != nil {
		return err
	}
	if c.alpha != nil && len(c.alpha) != c.cols {
		return paramsError("loss: len(Alpha) = %d: want %d, one for each class", len(c.alpha), c.cols)
	}
	if err := checkFinite("Alpha", c.alpha); err != nil {
		return err
	}
	if !(c.smoothing >= 0 && c.smoothing <= 1) {
		return paramsError("loss: LabelSmoothing = %v: want a number in [0, 1]", c.smoothing)
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
