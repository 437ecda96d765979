package loss

import (
	"cmp"
	"fmt"
)

// classShape is the shape of class predictions, [sample × …] batch × class × inner. A row is the classes of one
// position: the positions are numbered as in a target without sample dimensions, sample after sample.
type classShape struct {
	cols    int // classes
	inner   int // positions after the class axis
	rows    int // positions of pred
	targets int // positions of target
}

// classOptions are what a loss of classes says of the shape.
type classOptions struct {
	samples, classes, positions int
	weights                     int  // how many class weights there are
	probabilities               bool // the targets are probabilities, not classes
	metric                      bool // there is no field Samples
}

// timesSamples is what an error says of the samples.
func (o *classOptions) timesSamples() string {
	if o.metric {
		return ""
	}
	return fmt.Sprintf(", times Samples = %d", o.samples)
}

// newClassShape works out the shape from the lengths of pred and target, which has one class for each position, or the
// probabilities of all.
func newClassShape(o classOptions, pred, target int) (s classShape, err error) {
	if o.samples < 0 || o.classes < 0 || o.positions < 0 {
		return s, o.negative()
	}
	o.samples = sampleCount(o.samples)
	s.inner = max(o.positions, 1)
	if s.cols, err = o.classCount(pred, target); err != nil {
		return s, err
	}
	// Only quotients: products of Samples, Classes and Positions may overflow.
	s.targets = target
	if o.probabilities {
		s.targets = target / s.cols
		if target%s.cols != 0 || s.targets%s.inner != 0 {
			return s, inputError("loss: len(target) = %d: want a multiple of %s = %d times Positions = %d",
				target, o.classSource(), s.cols, s.inner)
		}
	} else if target%s.inner != 0 {
		return s, inputError("loss: len(target) = %d: want a multiple of Positions = %d", target, s.inner)
	}
	if pred == 0 && target == 0 {
		return s, nil
	}
	s.rows = pred / s.cols
	if target == 0 || pred%s.cols != 0 || s.rows%s.targets != 0 || s.rows/s.targets != o.samples {
		return s, inputError("loss: len(pred) = %d: want %d positions of target times %d classes, which is %s%s",
			pred, s.targets, s.cols, o.classSource(), o.timesSamples())
	}
	return s, nil
}

// negative is the error of the first number that is below 0.
func (o *classOptions) negative() error {
	return cmp.Or(checkCount("Samples", o.samples), checkCount("Classes", o.classes), checkCount("Positions", o.positions))
}

// classCount is Classes, or else the number of class weights, or else what the lengths say.
func (o *classOptions) classCount(pred, target int) (int, error) {
	switch {
	case o.weights > 0 && o.classes > 0 && o.weights != o.classes:
		return 0, paramsError("loss: len(Weight) = %d: want %d, one for each class", o.weights, o.classes)
	case o.classes > 0:
		return o.classes, nil
	case o.weights > 0:
		return o.weights, nil
	case o.probabilities:
		return 0, paramsError("loss: Classes = 0: want the number of classes, which the lengths do not tell")
	case target == 0 || pred == 0:
		return 1, nil // an empty batch, or an error that newClassShape reports
	case pred%target != 0 || pred/target%o.samples != 0:
		return 0, inputError("loss: len(pred) = %d: want a multiple of len(target) = %d%s, as Classes = 0 leaves "+
			"the number of classes to them", pred, target, o.timesSamples())
	}
	return pred / target / o.samples, nil
}

// classSource says where classCount has the number of classes from.
func (o *classOptions) classSource() string {
	switch {
	case o.classes > 0:
		return "Classes"
	case o.weights > 0:
		return "len(Weight)"
	}
	return "what the lengths say"
}

// base is the position in pred of class 0 of a row; class c is c·inner further on.
func (s *classShape) base(row int) int {
	return row/s.inner*s.cols*s.inner + row%s.inner
}
