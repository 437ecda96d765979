package main

// elementwise describes x·y, c·x and (x−m) − l.
func elementwise() []*Stream {
	var ks []*Stream
	for _, l := range []Lane{F32, F64} {
		unroll := map[string]int{"AVX2": 4, "AVX512": 4, "NEON": 4}
		ks = append(ks, &Stream{
			Name: "MulTo", Mem: l, Arith: l, Inputs: []string{"x", "y"}, Output: "dst", Unroll: unroll,
			Body: func(b *S, in, _ []V) V { return b.Mul(in[0], in[1]) },
		}, &Stream{
			Name: "ScaleTo", Mem: l, Arith: l, Inputs: []string{"x"}, Output: "dst", Params: []string{"c"},
			Unroll: unroll,
			Body:   func(b *S, in, params []V) V { return b.Mul(params[0], in[0]) },
		}, &Stream{
			Name: "ShiftTo", Mem: l, Arith: l, Inputs: []string{"x"}, Output: "dst", Params: []string{"m", "l"},
			Unroll: unroll,
			Body:   func(b *S, in, params []V) V { return b.Sub(b.Sub(in[0], params[0]), params[1]) },
		})
	}
	return ks
}
