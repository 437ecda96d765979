// Package isa says which instruction set the kernels use.
package isa

import (
	"fmt"
	"os"
	"slices"
)

// ISA is an instruction set that kernels are written for.
type ISA int

// The instruction sets, from slowest to fastest within an architecture.
const (
	Generic ISA = iota // portable Go, the fallback
	NEON
	AVX2
	AVX512
)

// All lists every instruction set.
var All = []ISA{Generic, NEON, AVX2, AVX512}

// String returns the name that SIMMER_ISA knows.
func (i ISA) String() string {
	switch i {
	case Generic:
		return "generic"
	case NEON:
		return "neon"
	case AVX2:
		return "avx2"
	case AVX512:
		return "avx512"
	}
	return fmt.Sprintf("ISA(%d)", int(i))
}

// available is what this build and this processor can run, best last.
var available = detect()

// Active is the instruction set in use. Only tests and benchmarks change it, through Use.
var Active = atStart()

// Available lists what this build and this processor can run: Generic first, the best last.
func Available() []ISA { return slices.Clone(available) }

// Use switches to i until restore is called. It is for tests and benchmarks, with no
// kernel running meanwhile, and panics if this processor or build lacks i.
func Use(i ISA) (restore func()) {
	if !slices.Contains(available, i) {
		panic(fmt.Sprintf("isa: %v is not among %v", i, available))
	}
	before := Active
	Active = i
	return func() { Active = before }
}

func atStart() ISA {
	choice, complaint := choose(os.Getenv("SIMMER_ISA"), available)
	if complaint != "" {
		fmt.Fprintln(os.Stderr, complaint)
	}
	return choice
}
