package loss

import "fmt"

// Float is the element type of predictions, targets and gradients.
type Float interface{ float32 | float64 }

// Target is the element type of targets: class indices, or numbers.
type Target interface{ int | float32 | float64 }

// Loss is what the losses of predictions have in common. E is the type of the
// targets: int for class indices, T for everything else.
type Loss[T Float, E Target] interface {
	// Value returns the mean or the sum.
	Value(pred []T, target []E) (float64, error)
	// ElementsTo writes the values before the reduction.
	ElementsTo(dst, pred []T, target []E) error
	// ValueGrad returns Value and writes its gradient by pred.
	ValueGrad(grad, pred []T, target []E) (float64, error)
}

// Reduction says what becomes of the values of the single elements. The values
// themselves are what the ElementsTo methods give (reduction="none" of torch).
type Reduction int

const (
	// Mean is the mean over all elements, samples included, and the default.
	// Losses with class weights say what their mean divides by. The mean of no
	// elements is NaN, as in torch.
	Mean Reduction = iota
	// Sum is the sum over all elements, samples included; 0 if there are none.
	Sum
)

// String returns the name that torch uses.
func (r Reduction) String() string {
	switch r {
	case Mean:
		return "mean"
	case Sum:
		return "sum"
	}
	return fmt.Sprintf("Reduction(%d)", int(r))
}

// of reduces a sum over elements of the total weight n.
func (r Reduction) of(sum, n float64) float64 {
	if r == Sum {
		return sum
	}
	return sum / n
}

// scale is the derivative of the reduced value by an element.
func (r Reduction) scale(n float64) float64 {
	if r == Sum {
		return 1
	}
	return 1 / n
}
