package main

// absoluteErrors describes |x−y|, its sum, and its gradient scale·sign(x−y).
func absoluteErrors() []*Stream {
	var ks []*Stream
	unroll := map[string]int{"AVX2": 4, "AVX512": 4, "NEON": 4}
	inputs := []string{"x", "y"}
	sum := func(b *S, in, _ []V) V {
		b.Sum(0, b.Abs(b.Sub(in[0], in[1])))
		return nil
	}
	for _, l := range []Lane{F32, F64} {
		ks = append(ks, &Stream{
			Name: "AbsoluteErrorTo", Mem: l, Arith: l, Inputs: inputs, Output: "dst", Unroll: unroll,
			Body: func(b *S, in, _ []V) V { return b.Abs(b.Sub(in[0], in[1])) },
		}, (&Stream{
			Name: "AbsoluteError", Mem: l, Arith: l, Inputs: inputs, Wide: "AbsoluteErrorMixed", Body: sum,
			Unroll: unroll,
		}).cheapSum(), &Stream{
			Name: "AbsoluteErrorGrad", Mem: l, Arith: l, Inputs: inputs, Output: "grad", Params: []string{"scale"},
			Unroll: map[string]int{"AVX2": 2, "AVX512": 2, "NEON": 4},
			Body: func(b *S, in, params []V) V {
				d, zero := b.Sub(in[0], in[1]), b.Const(0)
				negative := b.Select(b.LT(d, zero), b.Neg(params[0]), d) // d is 0 or NaN besides
				return b.Select(b.LT(zero, d), params[0], negative)
			},
		})
	}
	return append(ks, (&Stream{Name: "AbsoluteErrorMixed", Mem: F32, Arith: F64, Inputs: inputs, Body: sum}).workSum())
}
