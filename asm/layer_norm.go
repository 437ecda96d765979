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
		}, &gen.ShortRows{
			Name: "LayerNormRowsTo", Mem: l, Inputs: []string{"x"}, Output: "dst", PerColumn: []string{"gamma", "beta"},
			Params: []string{"eps"}, Columns: fallback.FewColumns,
			Count: true, Stops: true,
			Body: func(b *R, in, perColumn, params []V) V {
				x, eps, n := b.Wide(in[0]), params[0], params[1]
				mean, d := aboutMean(b, x, n)
				r := scaleOf(b, b.Total(b.Mul(d, d)), eps, n)
				if l == F32 {
					b.Within(r, -fallback.NormScaleExponent, fallback.NormScaleExponent)
				}
				b.Step("γ·x̂ + β, x̂ = (x−m)·r + c, c = (m−mean)·r, m being mean in the type of the slices")
				m := b.Own(mean)
				c := b.Own(b.Mul(b.Sub(b.Wide(m), mean), r))
				return b.FMA(b.FMA(b.Sub(in[0], m), b.Own(r), c), perColumn[0], perColumn[1])
			},
		})
	}
	return append(ks, layerNormGrads()...)
}

// aboutMean are the mean of the n elements of a row, and x−mean, 0 in lanes that hold no element.
func aboutMean(b *R, x, n V) (mean, d V) {
	b.Step("mean = Σ x / n")
	mean = b.Div(b.Total(b.Add(x, b.Const(0))), n)
	return mean, b.Present(b.Sub(x, mean))
}

// scaleOf is 1/√(squares/n + eps).
func scaleOf(b *R, squares, eps, n V) V {
	b.Step("r = 1/√(Σ (x−mean)² / n + eps)")
	return b.Div(b.Const(1), b.Sqrt(b.Add(b.Div(squares, n), eps)))
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
		ks = append(ks, &gen.ShortRows{
			Name: "LayerNormGradRowsTo", Mem: l, Inputs: []string{"x", "dy"}, Output: "dst", PerColumn: []string{"gamma"},
			Totals: totals, Params: []string{"eps"}, Columns: fallback.NormLanes, Count: true,
			Body: func(b *R, in, perColumn, params []V) V {
				x, dy, gamma, eps, n := b.Wide(in[0]), b.Wide(in[1]), b.Wide(perColumn[0]), params[0], params[1]
				_, d := aboutMean(b, x, n)
				g := b.Add(b.Mul(dy, gamma), b.Const(0))
				r := scaleOf(b, b.Total(b.Mul(d, d)), eps, n)
				shift := b.Div(b.Neg(b.Total(g)), n)
				slope := b.Div(b.Mul(b.Total(b.Add(b.Mul(g, d), b.Const(0))), r), n)
				normal := b.Mul(d, r)
				b.SumFMA(0, dy, normal)
				b.SumFMA(1, dy, b.Const(1))
				return b.Mul(r, b.FNMA(normal, slope, b.FMA(dy, gamma, shift)))
			},
		}, &gen.Stream{
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
