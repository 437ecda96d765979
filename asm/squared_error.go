package main

import "github.com/simmer-go/simmer/asm/internal/gen"

// squaredErrors describes (x-y)², its sum, and its gradient 2·scale·(x-y).
func squaredErrors() []gen.Kernel {
	var ks []gen.Kernel
	sum := func(b *S, in, _ []V) V {
		d := b.Sub(in[0], in[1])
		b.SumFMA(0, d, d) // d² + sum, rounded once
		return nil
	}
	for _, l := range []Lane{F32, F64} {
		ks = append(ks, &gen.Stream{
			Name: "SquaredErrorTo", Mem: l, Arith: l,
			Inputs: []string{"x", "y"}, Output: "dst",
			Unroll: gen.Unroll{gen.AVX2: 4, gen.AVX512: 4, gen.NEON: 4},
			Body: func(b *S, in, _ []V) V {
				d := b.Sub(in[0], in[1])
				return b.Mul(d, d)
			},
		}, &gen.Stream{
			Name: "SquaredError", Mem: l, Arith: l,
			Inputs: []string{"x", "y"}, Reduction: gen.CheapSum(l), Retry: "SquaredErrorMixed",
			Unroll: gen.Unroll{gen.AVX2: 8, gen.AVX512: 4, gen.NEON: 4},
			Body:   sum,
		}, &gen.Stream{
			Name: "SquaredErrorGrad", Mem: l, Arith: l,
			Inputs: []string{"x", "y"}, Output: "grad", Params: []string{"scale"},
			Unroll: gen.Unroll{gen.AVX2: 4, gen.AVX512: 4, gen.NEON: 4},
			Body: func(b *S, in, params []V) V {
				d := b.Sub(in[0], in[1])
				return b.Mul(params[0], b.Add(d, d))
			},
		})
	}
	// Float32 slices whose sum leaves the range of float32 lanes.
	return append(ks, &gen.Stream{
		Name: "SquaredErrorMixed", Mem: F32, Arith: F64, Inputs: []string{"x", "y"}, Reduction: gen.WorkSum(F32), Body: sum,
	})
}
