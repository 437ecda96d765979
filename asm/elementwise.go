package main

import "github.com/simmer-go/simmer/asm/internal/gen"

// elementwise describes x·y, c·x, (x−m) − l, y + x², y + α·s, and x where keep is set, else another number.
func elementwise() []gen.Kernel {
	var ks []gen.Kernel
	for _, l := range []Lane{F32, F64} {
		unroll := gen.Unroll{gen.AVX2: 4, gen.AVX512: 4, gen.NEON: 4}
		ks = append(ks, &gen.Stream{
			Name: "MulTo", Mem: l, Arith: l, Inputs: []string{"x", "y"}, Output: "dst", Unroll: unroll,
			Body: func(b *S, in, _ []V) V { return b.Mul(in[0], in[1]) },
		}, &gen.Stream{
			Name: "ScaleTo", Mem: l, Arith: l, Inputs: []string{"x"}, Output: "dst", Params: []string{"c"},
			Unroll: unroll,
			Body:   func(b *S, in, params []V) V { return b.Mul(params[0], in[0]) },
		}, &gen.Stream{
			Name: "ShiftTo", Mem: l, Arith: l, Inputs: []string{"x"}, Output: "dst", Params: []string{"m", "l"},
			Unroll: unroll,
			Body:   func(b *S, in, params []V) V { return b.Sub(b.Sub(in[0], params[0]), params[1]) },
		}, &gen.Stream{
			Name: "AddSquaresTo", Mem: l, Arith: l, Inputs: []string{"y", "x"}, Output: "dst", Unroll: unroll,
			Body: func(b *S, in, _ []V) V { return b.FMA(in[1], in[1], in[0]) },
		}, &gen.Stream{
			Name: "AddScaledTo", Mem: l, Arith: l, Inputs: []string{"y", "s"}, Output: "dst", Params: []string{"alpha"},
			Unroll: unroll,
			Body:   func(b *S, in, params []V) V { return b.FMA(in[1], params[0], in[0]) },
		}, &gen.Stream{
			Name: "SelectTo", Mem: l, Arith: l, Inputs: []string{"x"}, Flags: "keep", Output: "dst",
			Params: []string{"other"}, Unroll: unroll,
			Body: func(b *S, in, params []V) V { return b.Select(in[1], in[0], params[0]) },
		})
	}
	return ks
}
