//go:build !purego && !noasm

package isa

import (
	"slices"

	"golang.org/x/sys/cpu"
)

// features says what this processor has of all that any kernel needs, by the names that GODEBUG gives them. x/sys/cpu
// counts a feature only where the operating system saves the registers, on macOS from Darwin 21.3 on, since older ones
// lose mask registers to signals (golang/go issue 49233), and where GODEBUG does not turn it off.
func features() map[string]bool {
	has := &cpu.X86
	return map[string]bool{
		"avx": has.HasAVX, "avx2": has.HasAVX2, "fma": has.HasFMA,
		"avx512f": has.HasAVX512F, "avx512bw": has.HasAVX512BW, "avx512dq": has.HasAVX512DQ,
		"avx512vl": has.HasAVX512VL, "avx512cd": has.HasAVX512CD,
	}
}

// The AVX2 kernels use fused multiply-add throughout, and each of them serves beside the AVX-512 kernels.
var (
	avx2Needs   = []string{"avx", "avx2", "fma"}
	avx512Needs = []string{"avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd"}
)

func detect() []ISA { return amd64With(features()) }

func amd64With(has map[string]bool) []ISA {
	all := func(needs []string) bool {
		return !slices.ContainsFunc(needs, func(name string) bool { return !has[name] })
	}
	switch {
	case !all(avx2Needs):
		return []ISA{Generic}
	case !all(avx512Needs):
		return []ISA{Generic, AVX2}
	}
	return []ISA{Generic, AVX2, AVX512}
}
