// Package isa says which instruction set the kernels use.
package isa

import (
	"fmt"
	"os"
	"slices"
)

// ISA is an instruction set that kernels are written for. The list of them, zz_isa.go, comes from the generator.
type ISA int

// All lists every instruction set.
var All = func() (list []ISA) {
	for i := range names {
		list = append(list, ISA(i))
	}
	return list
}()

// String returns the name that SIMMER_ISA knows.
func (i ISA) String() string {
	if i < 0 || int(i) >= len(names) {
		return fmt.Sprintf("ISA(%d)", int(i))
	}
	return names[i]
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
