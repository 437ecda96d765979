// Package isa says which instruction set the kernels use.
package isa

// ISA is an instruction set that kernels are written for.
type ISA int

// The instruction sets, from slowest to fastest within an architecture.
const (
	Generic ISA = iota // portable Go, the fallback
	NEON
	AVX2
	AVX512
)

// Active is the instruction set in use. Only tests and benchmarks change it, through Use.
var Active = Generic
