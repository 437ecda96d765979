//go:build !purego && !noasm

package isa

import "github.com/klauspost/cpuid/v2"

// The AVX2 kernels use fused multiply-add throughout, and the AVX-512 kernels use
// 256-bit instructions for their tails. cpuid reports AVX features only where the
// operating system saves the registers.
var (
	avx2Needs   = []cpuid.FeatureID{cpuid.AVX, cpuid.AVX2, cpuid.FMA3}
	avx512Needs = []cpuid.FeatureID{cpuid.AVX512F, cpuid.AVX512BW, cpuid.AVX512DQ, cpuid.AVX512VL, cpuid.AVX512CD}
)

func detect() []ISA { return amd64With(cpuid.CPU.Supports) }

func amd64With(supports func(...cpuid.FeatureID) bool) []ISA {
	switch {
	case !supports(avx2Needs...):
		return []ISA{Generic}
	case !supports(avx512Needs...):
		return []ISA{Generic, AVX2}
	}
	return []ISA{Generic, AVX2, AVX512}
}
