package main

import "github.com/simmer-go/simmer/asm/internal/gen"

// transposes describes the copy of columns to rows.
func transposes() []gen.Kernel {
	return []gen.Kernel{
		&gen.Transpose{Name: "Transpose", Mem: F32},
		&gen.Transpose{Name: "Transpose", Mem: F64},
	}
}
