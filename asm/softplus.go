package main

import "github.com/simmer-go/simmer/fallback"

// softpluses describes max(x, 0) + log1p(exp(−|x|)).
func softpluses() []*Stream {
	return []*Stream{{
		Name: "Softplus", Mem: F32, Arith: F32, Inputs: []string{"x"}, Output: "dst",
		Unroll: map[string]int{"AVX2": 4, "AVX512": 4, "NEON": 4},
		Body: func(b *S, in, _ []V) V {
			x := in[0]
			u := expNeg32(&b.B, b.Or(x, b.signBit()))
			q := Horner(&b.B, u, fallback.SoftplusPoly32[:])
			return b.Add(b.Max(b.Const(0), x), b.FMA(b.Mul(u, u), q, u))
		},
	}, {
		Name: "Softplus", Mem: F64, Arith: F64, Inputs: []string{"x"}, Output: "dst",
		Unroll: map[string]int{"AVX2": 2, "AVX512": 2, "NEON": 2},
		Body: func(b *S, in, _ []V) V {
			x := in[0]
			u := expNeg64(&b.B, b.Or(x, b.signBit()))
			s := b.Div(u, b.Add(b.Const(2), u))
			z := b.Mul(s, s)
			h := b.Mul(b.Mul(b.Const(0.5), u), u)
			q := b.FMA(z, Horner(&b.B, z, fallback.SoftplusPoly64[:]), h)
			return b.Add(u, b.Sub(b.Max(b.Const(0), x), b.FNMA(s, q, h)))
		},
	}}
}
