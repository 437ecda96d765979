package main

// softplus32 is max(x, 0) + log1p(exp(−|x|)).
func softplus32(b *B, x V) V {
	u := expNeg32(b, minusAbs(b, x))
	return b.Add(b.Max(b.Const(0), x), log1pUnit32(b, u))
}

// softplus64 is the same, with u = exp(−|x|) added last.
func softplus64(b *B, x V) V {
	u := expNeg64(b, minusAbs(b, x))
	return b.Add(u, b.Sub(b.Max(b.Const(0), x), log1pUnitTail64(b, u)))
}

// softpluses describes log(1 + exp(x)).
func softpluses() []*Stream {
	return []*Stream{
		unary("SoftplusTo", F32, map[string]int{"AVX2": 4, "AVX512": 4, "NEON": 4}, softplus32),
		unary("SoftplusTo", F64, map[string]int{"AVX2": 2, "AVX512": 2, "NEON": 2}, softplus64),
	}
}
