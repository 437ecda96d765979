package kernels

import "github.com/simmer-go/simmer/kernels/internal/simd"

// Float is the element type of the slices.
type Float = simd.Float
