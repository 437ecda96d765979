package main

import "github.com/simmer-go/simmer/asm/internal/gen"

// hubers describes m·(z − ½m) with z = |x−y| and m = min(z, delta), its sum, and its gradient.
func hubers() []gen.Kernel {
	var ks []gen.Kernel
	inputs, params := []string{"x", "y"}, []string{"delta"}
	unroll := gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 4}
	factors := func(b *S, in, params []V) (m, rest V) {
		z := b.Abs(b.Sub(in[0], in[1]))
		m = b.Min(params[0], z)
		return m, b.Sub(z, b.Mul(b.Const(0.5), m))
	}
	sum := func(b *S, in, params []V) V {
		m, rest := factors(b, in, params)
		b.SumFMA(0, m, rest)
		return nil
	}
	for _, l := range []Lane{F32, F64} {
		ks = append(ks, &gen.Stream{
			Name: "HuberTo", Mem: l, Arith: l, Inputs: inputs, Output: "dst", Params: params, Unroll: unroll,
			Body: func(b *S, in, params []V) V {
				m, rest := factors(b, in, params)
				return b.Mul(m, rest)
			},
		}, &gen.Stream{
			Name: "Huber", Mem: l, Arith: l, Inputs: inputs, Params: params, Unroll: unroll, Body: sum,
			Reduction: gen.CheapSum(l), Retry: "HuberMixed",
		}, &gen.Stream{
			Name: "HuberGrad", Mem: l, Arith: l, Inputs: inputs, Output: "grad", Params: []string{"delta", "scale"},
			Unroll: unroll,
			Body: func(b *S, in, params []V) V {
				delta := params[0]
				d := b.Min(delta, b.Sub(in[0], in[1]))
				return b.Mul(params[1], b.Max(b.Neg(delta), d))
			},
		})
	}
	return append(ks, &gen.Stream{
		Name: "HuberMixed", Mem: F32, Arith: F64, Inputs: inputs, Params: params, Reduction: gen.WorkSum(F32), Body: sum,
	})
}
