package main

import (
	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

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

// layerNormGrads describes what the gradients of layer normalization are made of, all in float64: the sums Σ (x−mean)²,
// Σ g and Σ g·(x−mean) of a row, g = dy·γ or dy; dx = r·((g + c) − x̂·b), −c and b being the means of g and g·x̂;
// and what a row adds to Σ dy·x̂ and Σ dy of a column, alone or together with dx.
func layerNormGrads() []gen.Kernel {
	var ks []gen.Kernel
	totals := []string{"dgamma", "dbeta"}
	unroll := gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2}
	for _, l := range []Lane{F32, F64} {
		normal := func(b *S, in, params []V) V { return b.Mul(b.Sub(in[0], params[0]), params[1]) }
		add := func(b *S, dy, normal V) {
			b.SumFMA(0, dy, normal)
			b.Sum(1, dy)
		}
		dx := func(b *S, in, params []V, normal V) V {
			rest := params[2]
			if len(in) > 2 {
				rest = b.FMA(in[1], in[2], rest)
			} else {
				rest = b.Add(in[1], rest)
			}
			return b.Mul(params[1], b.FNMA(normal, params[3], rest))
		}
		for _, name := range []string{"Normalize", "NormalizeAffine"} {
			inputs := []string{"x", "dy"}
			if name == "NormalizeAffine" {
				inputs = append(inputs, "gamma")
			}
			ks = append(ks, &gen.Stream{
				Name: name + "GradSums", Mem: l, Arith: F64, Inputs: inputs, Wide: []string{"mean"},
				Reduction: gradSums(),
				Body: func(b *S, in, params []V) V {
					d, g := b.Present(b.Sub(in[0], params[0])), productOf(b, in[1:])
					b.SumFMA(0, d, d)
					b.Sum(1, g)
					b.SumFMA(2, g, d)
					return nil
				},
			}, &gen.Stream{
				Name: name + "GradTo", Mem: l, Arith: F64, Inputs: inputs, Output: "dst", Wide: []string{"mean", "r", "c", "b"},
				Unroll: unroll,
				Body:   func(b *S, in, params []V) V { return dx(b, in, params, normal(b, in, params)) },
			}, &gen.Stream{
				Name: name + "GradTotalsTo", Mem: l, Arith: F64, Inputs: inputs, Output: "dst", Totals: totals,
				Wide: []string{"mean", "r", "c", "b"}, Unroll: gen.Unroll{gen.AVX512: 2},
				Body: func(b *S, in, params []V) V {
					n := normal(b, in, params)
					add(b, in[1], n)
					return dx(b, in, params, n)
				},
			})
		}
		ks = append(ks, &gen.Stream{
			Name: "NormalizeGradTotals", Mem: l, Arith: F64, Inputs: []string{"x", "dy"}, Totals: totals,
			Wide: []string{"mean", "r"}, Unroll: unroll,
			Body: func(b *S, in, params []V) V {
				add(b, in[1], normal(b, in, params))
				return nil
			},
		})
	}
	return ks
}

// gradSums are three sums of float64 lanes, few enough for the registers of AVX2.
func gradSums() gen.Reduction {
	return gen.Reduction{
		Sums:  []gen.Sum{{Name: "squares", Lane: F64}, {Name: "sum", Lane: F64}, {Name: "product", Lane: F64}},
		Lanes: fallback.NormLanes, Block: fallback.WorkBlock,
	}
}
