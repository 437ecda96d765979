package main

import "github.com/simmer-go/simmer/asm/internal/gen"

// softplus32 is max(x, 0) + log1p(exp(−|x|)).
func softplus32(b *B, x V) V {
	u := expNeg32(b, minusAbs(b, x))
	b.Step("max(x, 0) + log1p(u)")
	return b.Add(b.Max(b.Const(0), x), log1pUnit32(b, u))
}

// softplus64 is the same, with u = exp(−|x|) added last.
func softplus64(b *B, x V) V {
	u := expNeg64(b, minusAbs(b, x))
	b.Step("u + (max(x, 0) − (u − log1p(u)))")
	return b.Add(u, b.Sub(b.Max(b.Const(0), x), log1pUnitTail64(b, u)))
}

// softpluses describes log(1 + exp(x)).
func softpluses() []gen.Kernel {
	return []gen.Kernel{
		unary("SoftplusTo", F32, gen.Unroll{gen.AVX2: 4, gen.AVX512: 4, gen.NEON: 4}, softplus32),
		unary("SoftplusTo", F64, gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2}, softplus64),
	}
}
