//go:build !purego && !noasm

package isa

import (
	"slices"
	"testing"

	"github.com/klauspost/cpuid/v2"
)

// Every feature that is missing must cost what depends on it.
func TestMissingFeatures(t *testing.T) {
	without := func(missing cpuid.FeatureID) []ISA {
		return amd64With(func(ids ...cpuid.FeatureID) bool { return !slices.Contains(ids, missing) })
	}
	for _, f := range avx2Needs {
		if got := without(f); !slices.Equal(got, []ISA{Generic}) {
			t.Errorf("without %v: %v", f, got)
		}
	}
	for _, f := range avx512Needs {
		if got := without(f); !slices.Equal(got, []ISA{Generic, AVX2}) {
			t.Errorf("without %v: %v", f, got)
		}
	}
	if got := without(cpuid.UNKNOWN); !slices.Equal(got, []ISA{Generic, AVX2, AVX512}) {
		t.Errorf("with everything: %v", got)
	}
}
