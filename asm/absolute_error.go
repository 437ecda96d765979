package main

import "github.com/simmer-go/simmer/asm/internal/gen"

// absoluteErrors describes |x−y|, its sum, and its gradient scale·sign(x−y).
func absoluteErrors() []gen.Kernel {
	var ks []gen.Kernel
	unroll := gen.Unroll{gen.AVX2: 4, gen.AVX512: 4, gen.NEON: 4}
	inputs := []string{"x", "y"}
	sum := func(b *S, in, _ []V) V {
		b.Sum(0, b.Abs(b.Sub(in[0], in[1])))
		return nil
	}
	for _, l := range []Lane{F32, F64} {
		ks = append(ks, &gen.Stream{
			Name: "AbsoluteErrorTo", Mem: l, Arith: l, Inputs: inputs, Output: "dst", Unroll: unroll,
			Body: func(b *S, in, _ []V) V { return b.Abs(b.Sub(in[0], in[1])) },
		}, &gen.Stream{
			Name: "AbsoluteError", Mem: l, Arith: l, Inputs: inputs, Unroll: unroll, Body: sum,
			Reduction: gen.CheapSum(l), Retry: "AbsoluteErrorMixed",
		}, &gen.Stream{
			Name: "AbsoluteErrorGrad", Mem: l, Arith: l, Inputs: inputs, Output: "grad", Params: []string{"scale"},
			Unroll: gen.Unroll{gen.AVX2: 2, gen.AVX512: 2, gen.NEON: 4},
			Body: func(b *S, in, params []V) V {
				d, zero := b.Sub(in[0], in[1]), b.Const(0)
				negative := b.Select(b.LT(d, zero), b.Neg(params[0]), d) // d is 0 or NaN besides
				return b.Select(b.LT(zero, d), params[0], negative)
			},
		})
	}
	return append(ks, &gen.Stream{
		Name: "AbsoluteErrorMixed", Mem: F32, Arith: F64, Inputs: inputs, Reduction: gen.WorkSum(F32), Body: sum,
	})
}
