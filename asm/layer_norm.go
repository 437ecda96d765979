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
	return append(ks, layerNormGrads()...)
}

// layerNormGrads describes what the gradients of layer normalization are made of, all in float64: Σ g·x̂ of a row,
// g = dy·γ or dy; r·((g − a) − x̂·b), a and b being the means of g and g·x̂; and what a row adds to Σ dy·x̂ and Σ dy of a
// column.
func layerNormGrads() []gen.Kernel {
	var ks []gen.Kernel
	for _, l := range []Lane{F32, F64} {
		normal := func(b *S, in, params []V) V { return b.Mul(b.Sub(in[0], params[0]), params[1]) }
		for _, name := range []string{"Normalize", "NormalizeAffine"} {
			inputs := []string{"x", "dy"}
			if name == "NormalizeAffine" {
				inputs = append(inputs, "gamma")
			}
			ks = append(ks, &gen.Stream{
				Name: name + "GradSum", Mem: l, Arith: F64, Inputs: inputs, Wide: []string{"mean", "r"},
				Reduction: gen.WorkSum(l), Unroll: gen.Unroll{gen.AVX512: 2},
				Body: func(b *S, in, params []V) V {
					b.SumFMA(0, productOf(b, in[1:]), b.Present(normal(b, in, params)))
					return nil
				},
			}, &gen.Stream{
				Name: name + "GradTo", Mem: l, Arith: F64, Inputs: inputs, Output: "dst", Wide: []string{"mean", "r", "a", "b"},
				Unroll: gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2},
				Body: func(b *S, in, params []V) V {
					rest := b.Sub(productOf(b, in[1:]), params[2])
					return b.Mul(params[1], b.FNMA(normal(b, in, params), params[3], rest))
				},
			})
		}
		ks = append(ks, &gen.Stream{
			Name: "NormalizeGradTotals", Mem: l, Arith: F64, Inputs: []string{"x", "dy"}, Totals: []string{"dgamma", "dbeta"},
			Wide: []string{"mean", "r"}, Unroll: gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2},
			Body: func(b *S, in, params []V) V {
				b.SumFMA(0, in[1], normal(b, in, params))
				b.Sum(1, in[1])
				return nil
			},
		})
	}
	return ks
}
