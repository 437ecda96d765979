package main

import (
	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// sigmoid32 is 1/(1+exp(−x)).
func sigmoid32(b *B, x V) V {
	b.Step("1/(1+u) or u/(1+u), u = exp(−|x|)")
	v := b.Max(b.Named("ExpMixedMin", fallback.ExpMixedMin), minusAbs(b, x))
	positive := b.Keep(b.LE(b.Const(0), x), b.Const(1)) // in float32, where it takes half the registers
	return mixed(b, func() V {
		u := expMixed(b, b.Widen(v))
		top := b.Select(b.LT(b.Const(0), b.Widen(positive)), b.Const(1), u)
		return b.Div(top, b.Add(b.Const(1), u))
	})
}

// sigmoid64 is 1/(1+exp(−x)).
func sigmoid64(b *B, x V) V {
	b.Step("u = exp(−|x|), s = u/(1+u); 1 − s or u − u·s")
	u := expNeg64(b, minusAbs(b, x))
	s := b.Div(u, b.Add(b.Const(1), u))
	a := b.Select(b.GE(x, b.Const(0)), b.Const(1), u)
	return b.FNMA(a, s, a)
}

// sigmoids describes the logistic function 1/(1+exp(−x)).
func sigmoids() []gen.Kernel {
	return []gen.Kernel{
		unary("SigmoidTo", F32, gen.Unroll{gen.AVX2: 1, gen.AVX512: 2, gen.NEON: 2}, sigmoid32),
		unary("SigmoidTo", F64, gen.Unroll{gen.AVX2: 3, gen.AVX512: 2, gen.NEON: 2}, sigmoid64),
	}
}
