package main

import (
	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// logSigmoid32 is log σ(x) = −softplus(−x).
func logSigmoid32(b *B, x V) V { return b.Neg(softplus32(b, b.Neg(x))) }

// logSigmoid64 is the same.
func logSigmoid64(b *B, x V) V { return b.Neg(softplus64(b, b.Neg(x))) }

// logSigmoidSlope32 is 1/(1+exp(x)), in float64 lanes.
func logSigmoidSlope32(b *B, x V) V {
	c := b.Max(b.Named("SlopeFloor32", fallback.SlopeFloor32), x)
	c = b.Min(b.Named("minus_SlopeFloor32", -fallback.SlopeFloor32), c)
	return inFloat64(b, func() V {
		u := expMixed(b, b.Widen(c))
		b.Step("1/(1+u)")
		return b.Div(b.Const(1), b.Add(b.Const(1), u))
	})
}

// logSigmoidSlope64 is σ(−x).
func logSigmoidSlope64(b *B, x V) V { return sigmoid64(b, b.Neg(x)) }

// logSigmoids describes log σ(x) and dy times its derivative.
func logSigmoids() []gen.Kernel {
	return []gen.Kernel{
		unary("LogSigmoidTo", F32, gen.Unroll{gen.AVX2: 4, gen.AVX512: 4, gen.NEON: 4}, logSigmoid32),
		unary("LogSigmoidTo", F64, gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2}, logSigmoid64),
		slopes("LogSigmoidGradTo", F32, gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2}, logSigmoidSlope32),
		slopes("LogSigmoidGradTo", F64, gen.Unroll{gen.AVX2: 4, gen.AVX512: 4, gen.NEON: 2}, logSigmoidSlope64),
	}
}
