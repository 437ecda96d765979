package loss

import "github.com/simmer-go/simmer/kernels"

// Float is the element type of predictions, targets and gradients: float32 or float64.
type Float = kernels.Float

// Target is the element type of targets: class indices, or numbers.
type Target interface{ int | float32 | float64 }

// Loss is what the losses of predictions have in common. E is the type of the targets: int for class indices, T for
// everything else.
type Loss[T Float, E Target] interface {
	// Value returns the mean or the sum.
	Value(pred []T, target []E) (float64, error)
	// ElementsTo writes the per-element values, unreduced.
	ElementsTo(dst, pred []T, target []E) error
	// ValueGrad returns Value and writes its gradient with respect to pred.
	ValueGrad(grad, pred []T, target []E) (float64, error)
}
