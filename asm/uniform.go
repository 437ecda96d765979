package main

import (
	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// uniform32 is a multiple of 2⁻²⁴ in [0, 1).
func uniform32(b *B, word V) V {
	return b.Mul(b.FromInt(b.Shr(word, 8)), b.Named("two_to_minus_24", 0x1p-24))
}

// uniform64 is a multiple of 2⁻⁵² in [0, 1).
func uniform64(b *B, word V) V {
	return b.Sub(b.Or(b.Shr(word, 12), b.Bits("One64", fallback.One64)), b.Const(1))
}

// uniforms describes uniform numbers in [0, 1).
func uniforms() []gen.Kernel {
	each := func(f func(*B, V) V) func(b *B, x, y V) (V, V) {
		return func(b *B, x, y V) (V, V) { return f(b, x), f(b, y) }
	}
	unroll := gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2}
	return []gen.Kernel{
		drawn("UniformTo", F32, unroll, each(uniform32)),
		drawn("UniformTo", F64, unroll, each(uniform64)),
	}
}
