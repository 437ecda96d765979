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
	}}
}
