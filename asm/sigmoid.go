package main

import "github.com/simmer-go/simmer/fallback"

// sigmoid32 is 1/(1+exp(−x)).
func sigmoid32(b *B, x V) V {
	v := b.Max(b.Const(fallback.ExpMixedMin), minusAbs(b, x))
	positive := b.Keep(b.LE(b.Const(0), x), b.Const(1)) // in float32, where it takes half the registers
	return mixed(b, func() V {
		u := expMixed(b, b.Widen(v))
		top := b.Select(b.LT(b.Const(0), b.Widen(positive)), b.Const(1), u)
		return b.Div(top, b.Add(b.Const(1), u))
	})
}

// sigmoid64 is 1/(1+exp(−x)).
func sigmoid64(b *B, x V) V {
	u := expNeg64(b, minusAbs(b, x))
	s := b.Div(u, b.Add(b.Const(1), u))
	a := b.Select(b.GE(x, b.Const(0)), b.Const(1), u)
	return b.FNMA(a, s, a)
}

// sigmoids describes the logistic function 1/(1+exp(−x)).
func sigmoids() []*Stream {
	return []*Stream{
		unary("SigmoidTo", F32, map[string]int{"AVX2": 1, "AVX512": 2, "NEON": 2}, sigmoid32),
		unary("SigmoidTo", F64, map[string]int{"AVX2": 3, "AVX512": 2, "NEON": 2}, sigmoid64),
	}
}
