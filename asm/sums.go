package main

import "github.com/simmer-go/simmer/asm/internal/gen"

// sums describes Σ x, Σ x·y, the largest element, and the number of elements outside [lo, hi].
func sums() []gen.Kernel {
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
	unroll := gen.Unroll{gen.AVX2: 8, gen.AVX512: 4, gen.NEON: 4}
	ks := []gen.Kernel{
		&gen.Stream{Name: "Sum", Mem: F32, Arith: F64, Inputs: []string{"x"}, Reduction: gen.WorkSum(F32), Body: sum},
		&gen.Stream{
			Name: "Sum", Mem: F64, Arith: F64, Inputs: []string{"x"}, Unroll: unroll, Reduction: gen.CheapSum(F64), Body: sum,
		},
		&gen.Stream{Name: "Dot", Mem: F32, Arith: F64, Inputs: []string{"x", "y"}, Reduction: gen.WorkSum(F32), Body: dot},
		&gen.Stream{
			Name: "Dot", Mem: F64, Arith: F64, Inputs: []string{"x", "y"}, Unroll: unroll, Reduction: gen.CheapSum(F64),
			Body: dot,
		},
	}
	for _, l := range []Lane{F32, F64} {
		only := gen.CheapSum(l)
		only.Sums = []gen.Sum{{Name: "largest", Lane: l, Kind: gen.Largest}}
		top := &gen.Stream{
			Name: "Max", Mem: l, Arith: l, Inputs: []string{"x"}, Unroll: unroll, Reduction: only, Body: largest,
		}
		ks = append(ks, top, across(top), &gen.Stream{
			Name: "CountOutside", Mem: l, Arith: l, Inputs: []string{"x"}, Params: []string{"lo", "hi"},
			Unroll: gen.Unroll{gen.AVX2: 2, gen.AVX512: 2, gen.NEON: 4}, Reduction: gen.CheapSum(l),
			Body: func(b *S, in, params []V) V {
				inside := b.Both(b.LE(params[0], in[0]), b.LE(in[0], params[1]))
				b.Sum(0, b.Drop(inside, b.Const(1)))
				return nil
			},
		})
	}
	return ks
}
