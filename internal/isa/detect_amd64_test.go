//go:build !purego && !noasm

package isa

import (
	"maps"
	"slices"
	"testing"
)

// TestMissingFeatures says by name what each instruction set needs: without it there is only what is left here.
func TestMissingFeatures(t *testing.T) {
	left := map[string][]ISA{
		"avx":      {Generic},
		"avx2":     {Generic},
		"fma":      {Generic},
		"avx512f":  {Generic, AVX2},
		"avx512bw": {Generic, AVX2},
		"avx512cd": {Generic, AVX2},
		"avx512dq": {Generic, AVX2},
		"avx512vl": {Generic, AVX2},
	}
	everything := map[string]bool{}
	for name := range features() {
		everything[name] = true
	}
	if got := amd64With(everything); !slices.Equal(got, []ISA{Generic, AVX2, AVX512}) {
		t.Errorf("with everything: %v", got)
	}
	for name, want := range left {
		has := maps.Clone(everything)
		delete(has, name)
		if got := amd64With(has); !slices.Equal(got, want) {
			t.Errorf("without %s: %v, want %v", name, got, want)
		}
	}
	for name := range everything {
		if left[name] == nil {
			t.Errorf("%s is looked for and not known to be needed", name)
		}
	}
}

// GODEBUG turns features off as it does for the standard library.
func TestGODEBUG(t *testing.T) {
	for setting, most := range map[string]ISA{
		"cpu.avx512f=off": AVX2, "cpu.avx512vl=off": AVX2, "cpu.avx512bw=off": AVX2, "cpu.avx512dq=off": AVX2,
		"cpu.avx512cd=off": AVX2, "cpu.avx2=off": Generic, "cpu.fma=off": Generic,
		"cpu.avx=off": Generic, "cpu.all=off": Generic, "http2client=0,cpu.avx2=off": Generic,
	} {
		want := min(available[len(available)-1], most)
		if got, _ := startAgain(t, "GODEBUG="+setting); got != want.String() {
			t.Errorf("GODEBUG=%s: %s, want %v", setting, got, want)
		}
	}
}
