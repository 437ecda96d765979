package main

import "github.com/simmer-go/simmer/asm/internal/gen"

// layerNorms describes what layer normalization is made of: the sum Σ (x−mean)², x̂ = (x−mean)·r + c, and γ·x̂ + β.
func layerNorms() []gen.Kernel {
	var ks []gen.Kernel
	unroll := gen.Unroll{gen.AVX2: 4, gen.AVX512: 4, gen.NEON: 4}
	for _, l := range []Lane{F32, F64} {
		normal := func(b *S, x V, params []V) V { return b.FMA(b.Sub(x, params[0]), params[1], params[2]) }
		ks = append(ks, &gen.Stream{
			Name: "SquaresAbout", Mem: l, Arith: F64, Inputs: []string{"x"}, Wide: []string{"mean"}, Reduction: gen.CheapSum(F64),
			Unroll: gen.Unroll{gen.AVX2: [...]int{1, 4}[l], gen.AVX512: 2, gen.NEON: [...]int{1, 4}[l]},
			Body: func(b *S, in, params []V) V {
				d := b.Present(b.Sub(in[0], params[0]))
				b.SumFMA(0, d, d)
				return nil
			},
		}, &gen.Stream{
			Name: "NormalizeTo", Mem: l, Arith: l, Inputs: []string{"x"}, Output: "dst", Params: []string{"mean", "r", "c"},
			Unroll: unroll,
			Body:   func(b *S, in, params []V) V { return normal(b, in[0], params) },
		}, &gen.Stream{
			Name: "NormalizeAffineTo", Mem: l, Arith: l, Inputs: []string{"x", "gamma", "beta"}, Output: "dst",
			Params: []string{"mean", "r", "c"}, Unroll: unroll,
			Body: func(b *S, in, params []V) V { return b.FMA(normal(b, in[0], params), in[1], in[2]) },
		})
	}
	return ks
}
