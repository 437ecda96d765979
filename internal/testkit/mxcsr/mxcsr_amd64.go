// Package mxcsr changes the floating-point mode of a thread, so that tests can show
// that kernels.CheckFloatMode notices. Nothing else may import it.
package mxcsr

// Modes as they stand in the register: all exceptions masked, which Go needs, and one deviation each.
const (
	Default     = 0x1f80
	DAZ         = Default | 0x0040
	FTZ         = Default | 0x8000
	RoundDown   = Default | 0x2000
	RoundUp     = Default | 0x4000
	RoundToZero = Default | 0x6000
)

// Set loads the register of the calling thread, which must be locked to its goroutine.
func Set(mode uint32)
