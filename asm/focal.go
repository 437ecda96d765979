package main

import (
	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// focalFactor is a^gamma for gamma 0, 1, 2 or 3.
func focalFactor(b *B, a, gamma V) V {
	b.Step("a^gamma: a factor for each 1, 2, 3 that gamma reaches")
	one := b.Const(1)
	factor := func(i float64) V { return b.Select(b.LE(b.Const(i), gamma), a, one) }
	return b.Mul(b.Mul(factor(1), factor(2)), factor(3))
}

// focalSlope is f·(1 + gamma·ce·exp(−ce)/a).
func focalSlope(b *B, ce, a, f, gamma V) V {
	b.Step("f·(1 + gamma·ce·exp(−ce)/a); the quotient is 1 at a = 0, and 0 where exp(−ce) is")
	one, zero := b.Const(1), b.Const(0)
	right := b.Sub(one, a)
	quotient := b.Drop(b.EQ(right, zero), b.Div(b.Mul(ce, right), a))
	quotient = b.Select(b.EQ(a, zero), one, quotient)
	return b.Mul(f, b.Add(one, b.Mul(gamma, quotient)))
}

// wrong64 is 1 − exp(−ce).
func wrong64(b *B, ce V) V { return b.Sub(b.Const(0), expm1_64(b, b.Neg(ce))) }

// wrongMixed is 1 − exp(−ce) as precisely as float32 data deserve.
func wrongMixed(b *B, ce V) V {
	x := b.Max(b.Named("FocalFloor", fallback.FocalFloor), b.Neg(ce))
	return b.Sub(b.Const(0), expm1Mixed(b, x))
}

// focals describes the factor of the focal loss for whole powers, and its slope, of cross-entropies.
func focals() []gen.Kernel {
	kernels := func(suffix string, wrong func(b *B, ce V) V) []gen.Kernel {
		params := []string{"gamma"}
		factor, slope := gen.Unroll{gen.AVX2: 2, gen.AVX512: 2, gen.NEON: 2}, gen.Unroll{gen.AVX512: 2, gen.NEON: 2}
		return []gen.Kernel{&gen.Stream{
			Name: "FocalFactor" + suffix, Mem: F64, Arith: F64, Inputs: []string{"ce"}, Output: "dst", Params: params,
			Unroll: factor,
			Body: func(b *S, in, params []V) V {
				return focalFactor(&b.B, wrong(&b.B, in[0]), params[0])
			},
		}, &gen.Stream{
			Name: "FocalSlope" + suffix, Mem: F64, Arith: F64, Inputs: []string{"ce", "f"}, Output: "dst", Params: params,
			Unroll: slope,
			Body: func(b *S, in, params []V) V {
				return focalSlope(&b.B, in[0], wrong(&b.B, in[0]), in[1], params[0])
			},
		}}
	}
	return append(kernels("To", wrong64), kernels("MixedTo", wrongMixed)...)
}
