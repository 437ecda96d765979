package main

import "github.com/simmer-go/simmer/asm/internal/gen"

// The words that formulas are made of, without the name of their package.
type (
	// B records operations, S those of the body of a Stream.
	B = gen.B
	S = gen.S
	// R records those of the body of a ShortRows.
	R = gen.R
	// V is a value: a vector of as many registers as Unroll asks for, or a mask.
	V = gen.V
	// Lane is the type of the lanes.
	Lane = gen.Lane
)

// The types of lanes.
const (
	F32 = gen.F32
	F64 = gen.F64
)
