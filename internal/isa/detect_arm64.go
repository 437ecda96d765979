//go:build !purego && !noasm

package isa

// Go itself needs NEON on arm64, so there is nothing to ask.
func detect() []ISA { return []ISA{Generic, NEON} }
