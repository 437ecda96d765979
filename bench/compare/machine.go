package main

import (
	"fmt"
	"runtime"
	"slices"

	"github.com/klauspost/cpuid/v2"

	"github.com/simmer-go/simmer/internal/isa"
)

// machine says what the numbers were measured on.
func machine() string {
	return fmt.Sprintf("%s, %s %s/%s, implementations %v", cpuid.CPU.BrandName, runtime.Version(), runtime.GOOS, runtime.GOARCH, isa.Available())
}

func has(i isa.ISA) bool { return slices.Contains(isa.Available(), i) }
