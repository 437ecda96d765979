package main

import (
	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// pow32 is xᵖ.
func pow32(b *B, x, p V) V {
	return mixed(b, func() V { return powOf(b, x, p, b.Widen) })
}

// pow64 is xᵖ.
func pow64(b *B, x, p V) V {
	return powOf(b, x, p, func(v V) V { return v })
}

// powOf is xᵖ. What x and p are in float64 lanes is asked for where it is needed, since they take up half as many
// registers before they are widened.
func powOf(b *B, x, p V, in64 func(V) V) V {
	high, low := logHL64(b, in64(x))
	l := b.Add(high, low)
	low = b.Sub(low, b.Sub(l, high))
	l = logLimits64(b, in64(x), l)

	q := in64(p)
	e := b.Mul(q, l)
	low = b.Add(b.FMA(q, l, b.Neg(e)), b.Mul(q, low))
	low = b.Keep(b.LT(b.Abs(e), b.Named("PowTop64", fallback.PowTop64)), low)
	e = b.Drop(b.EQ(q, b.Const(0)), e)
	return expHL64(b, e, low)
}

// pows describes xᵖ.
func pows() []gen.Kernel {
	pow := func(l Lane, unroll gen.Unroll, f func(b *B, x, p V) V) *gen.Stream {
		return &gen.Stream{
			Name: "PowTo", Mem: l, Arith: l, Inputs: []string{"x"}, Output: "dst", Params: []string{"p"},
			Unroll: unroll,
			Body:   func(b *S, in, params []V) V { return f(&b.B, in[0], params[0]) },
		}
	}
	return []gen.Kernel{pow(F32, gen.Unroll{gen.AVX512: 2}, pow32), pow(F64, gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2}, pow64)}
}
