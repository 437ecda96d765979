package main

// squaredErrors describes (x-y)², its sum, and its gradient 2·scale·(x-y).
func squaredErrors() []*Stream {
	var ks []*Stream
	for _, l := range []Lane{F32, F64} {
		ks = append(ks, &Stream{
			Name: "SquaredErrorTo", Mem: l, Arith: l,
			Inputs: []string{"x", "y"}, Output: "dst",
			Unroll: map[string]int{"AVX2": 4, "AVX512": 4, "NEON": 4},
			Body: func(b *S, in, _ []V) V {
				d := b.Sub(in[0], in[1])
				return b.Mul(d, d)
			},
		}, (&Stream{
			Name: "SquaredError", Mem: l, Arith: l,
			Inputs: []string{"x", "y"}, Wide: "SquaredErrorMixed",
			Unroll: map[string]int{"AVX2": 8, "AVX512": 4, "NEON": 4},
			Body: func(b *S, in, _ []V) V {
				d := b.Sub(in[0], in[1])
				b.SumFMA(0, d, d) // d² + sum, rounded once
				return nil
			},
		}).cheapSum(), &Stream{
			Name: "SquaredErrorGrad", Mem: l, Arith: l,
			Inputs: []string{"x", "y"}, Output: "grad", Params: []string{"scale"},
			Unroll: map[string]int{"AVX2": 4, "AVX512": 4, "NEON": 4},
			Body: func(b *S, in, params []V) V {
				d := b.Sub(in[0], in[1])
				return b.Mul(params[0], b.Add(d, d))
			},
		})
	}
	// Float32 slices whose sum leaves the range of float32 lanes.
	mixed := &Stream{
		Name: "SquaredErrorMixed", Mem: F32, Arith: F64,
		Inputs: []string{"x", "y"},
		Body: func(b *S, in, _ []V) V {
			d := b.Sub(in[0], in[1])
			b.SumFMA(0, d, d)
			return nil
		},
	}
	return append(ks, mixed.workSum())
}
