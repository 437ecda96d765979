package loss

import "fmt"

// classShape is the shape of class predictions, *sample × batch × class × inner.
// A row is the classes of one position: the positions are numbered as in a
// target without sample dimensions, sample after sample.
type classShape struct {
	cols    int // classes
	inner   int // positions after the class axis
	rows    int // positions of pred
	targets int // positions of target
}

// newClassShape works out the shape from the lengths of pred and target, which has
// one class for each position, or the probabilities of all.
func newClassShape(classes, positions, weights, pred, target int, probabilities bool) (s classShape, err error) {
	if classes < 0 || positions < 0 {
		return s, fmt.Errorf("loss: Classes = %d, Positions = %d: want no negative number", classes, positions)
	}
	s.inner = max(positions, 1)
	if s.cols, err = classCount(classes, weights, pred, target, probabilities); err != nil {
		return s, err
	}
	// Only quotients: products of Classes and Positions may overflow.
	s.targets = target
	if probabilities {
		s.targets = target / s.cols
		if target%s.cols != 0 || s.targets%s.inner != 0 {
			return s, fmt.Errorf("loss: len(target) = %d: want a multiple of %d classes times %d positions",
				target, s.cols, s.inner)
		}
	} else if target%s.inner != 0 {
		return s, fmt.Errorf("loss: len(target) = %d: want a multiple of %d positions", target, s.inner)
	}
	if pred == 0 && target == 0 {
		return s, nil
	}
	s.rows = pred / s.cols
	if pred == 0 || target == 0 || pred%s.cols != 0 || s.rows%s.targets != 0 {
		return s, fmt.Errorf("loss: len(pred) = %d: want a positive multiple of %d positions of target times %d classes, "+
			"which is %s", pred, s.targets, s.cols, classSource(classes, weights))
	}
	return s, nil
}

// classCount is Classes, or else the number of class weights, or else what the
// lengths say if there is one sample.
func classCount(classes, weights, pred, target int, probabilities bool) (int, error) {
	switch {
	case weights > 0 && classes > 0 && weights != classes:
		return 0, fmt.Errorf("loss: len(Weight) = %d: want %d, one for each class", weights, classes)
	case classes > 0:
		return classes, nil
	case weights > 0:
		return weights, nil
	case probabilities:
		return 0, fmt.Errorf("loss: Classes = 0: want the number of classes, which the lengths do not tell")
	case target == 0 || pred == 0:
		return 1, nil // an empty batch, or an error that newClassShape reports
	case pred%target != 0:
		return 0, fmt.Errorf("loss: len(pred) = %d: want a positive multiple of len(target) = %d, "+
			"as Classes = 0 leaves the number of classes to them", pred, target)
	}
	return pred / target, nil
}

// classSource says where classCount has the number of classes from.
func classSource(classes, weights int) string {
	switch {
	case classes > 0:
		return "Classes"
	case weights > 0:
		return "len(Weight)"
	}
	return "what the lengths say"
}

// base is the position in pred of class 0 of a row; class c is c·inner further on.
func (s *classShape) base(row int) int {
	return row/s.inner*s.cols*s.inner + row%s.inner
}
