package main

// sums describes Σ x, Σ x·y, the largest element, and the number of elements outside [lo, hi].
func sums() []*Stream {
	sum := func(b *S, in, _ []V) V {
		b.Sum(0, in[0])
		return nil
	}
	dot := func(b *S, in, _ []V) V {
		b.SumFMA(0, in[0], in[1]) // the product of two float32 is exact in float64
		return nil
	}
	largest := func(b *S, in, _ []V) V {
		b.Largest(0, in[0])
		return nil
	}
	unroll := map[string]int{"AVX2": 8, "AVX512": 4, "NEON": 4}
	ks := []*Stream{
		(&Stream{Name: "Sum", Mem: F32, Arith: F64, Inputs: []string{"x"}, Body: sum}).workSum(),
		(&Stream{Name: "Sum", Mem: F64, Arith: F64, Inputs: []string{"x"}, Body: sum, Unroll: unroll}).cheapSum(),
		(&Stream{Name: "Dot", Mem: F32, Arith: F64, Inputs: []string{"x", "y"}, Body: dot}).workSum(),
		(&Stream{Name: "Dot", Mem: F64, Arith: F64, Inputs: []string{"x", "y"}, Body: dot, Unroll: unroll}).cheapSum(),
	}
	for _, l := range []Lane{F32, F64} {
		k := (&Stream{Name: "Max", Mem: l, Arith: l, Inputs: []string{"x"}, Body: largest, Unroll: unroll}).cheapSum()
		k.Sums = []Sum{{Name: "largest", Lane: l, Kind: Largest}}
		outside := &Stream{
			Name: "CountOutside", Mem: l, Arith: l, Inputs: []string{"x"}, Params: []string{"lo", "hi"},
			Unroll: map[string]int{"AVX2": 2, "AVX512": 2, "NEON": 4},
			Body: func(b *S, in, params []V) V {
				inside := b.Both(b.LE(params[0], in[0]), b.LE(in[0], params[1]))
				b.Sum(0, b.Drop(inside, b.Const(1)))
				return nil
			},
		}
		ks = append(ks, k, outside.cheapSum())
	}
	return ks
}
