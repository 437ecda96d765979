package kernels

// Float is the element type of the slices.
type Float interface{ float32 | float64 }
