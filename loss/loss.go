package loss

import "github.com/simmer-go/simmer/kernels"

// Float is the element type of predictions, targets and gradients.
type Float interface{ kernels.Float }
