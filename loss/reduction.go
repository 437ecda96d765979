package loss

import "fmt"

// Reduction is how a loss combines its elements. The elements themselves are what the ElementsTo methods write
// (reduction="none" of torch).
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

func (r Reduction) check() error {
	if r == Mean || r == Sum {
		return nil
	}
	return r.error()
}

func (r Reduction) error() error {
	return paramsError("loss: Reduction = %d: want Mean or Sum", int(r))
}

// reduce reduces a sum over elements of the total weight n.
func (r Reduction) reduce(sum, n float64) float64 {
	if r == Sum {
		return sum
	}
	return sum / n
}

// gradScale is the derivative of the reduced value with respect to an element.
func (r Reduction) gradScale(n float64) float64 {
	if r == Sum {
		return 1
	}
	return 1 / n
}
