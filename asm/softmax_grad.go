package main

import (
	"math"

	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// softmaxGrads describes the gradients of softmax and log-softmax by their arguments, from the results y, the gradient
// dy by these, and a sum over the row: scale·y·(dy − dot), and scale·(dy − exp(y)·sum).
func softmaxGrads() []gen.Kernel {
	var ks []gen.Kernel
	for _, l := range []Lane{F32, F64} {
		ks = append(ks, &gen.Stream{
			Name: "SoftmaxGradTo", Mem: l, Arith: F64, Inputs: []string{"y", "dy"}, Output: "dst", Params: []string{"scale"},
			Wide: []string{"dot"}, Unroll: gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2},
			Body: func(b *S, in, params []V) V {
				return b.Mul(params[0], b.Mul(in[0], b.Sub(in[1], params[1])))
			},
		}, &gen.Stream{
			Name: "LogSoftmaxGradTo", Mem: l, Arith: l, Inputs: []string{"y", "dy"}, Output: "dst", Wide: []string{"sum", "scale"},
			Unroll: gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2},
			Body: func(b *S, in, params []V) V {
				y, dy, sum, scale := in[0], in[1], params[0], params[1]
				lost := b.EQ(y, b.Const(math.Inf(-1)))
				exp := expNeg(&b.B, b.Min(b.Const(0), y))
				b.Step("scale·(dy − exp(y)·sum), 0 if y is −Inf")
				if l == F32 {
					exp, dy = b.Widen(exp), b.Widen(dy)
				}
				d := b.Mul(scale, b.FNMA(exp, sum, dy))
				if l == F32 {
					d = b.Narrow(d)
				}
				return b.Drop(lost, d)
			},
		}, &gen.ShortRows{
			Name: "SoftmaxGradRowsTo", Mem: l, Inputs: []string{"y", "dy"}, Output: "dst", Params: []string{"scale"},
			Columns: fallback.FewColumns,
			Body: func(r *R, in, _, params []V) V {
				y, dy := r.Wide(in[0]), r.Wide(in[1])
				dot := r.Total(r.Add(r.Mul(y, dy), r.Const(0)))
				return r.Mul(params[0], r.Mul(y, r.Sub(dy, dot)))
			},
		})
	}
	return ks
}
