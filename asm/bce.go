package main

import (
	"math"

	"github.com/simmer-go/simmer/fallback"
)

// bces describes binary cross-entropy of probabilities and its gradient; see fallback/bce.go. Two logarithms take
// so many registers that AVX2 has none left for a sum: package kernels adds up elements.
func bces() []*Stream {
	var ks []*Stream
	inputs := []string{"p", "t"}
	for _, mem := range []Lane{F32, F64} {
		element := func(b *S, in, _ []V) V {
			p, t := in[0], in[1]
			log, log1p := log64, log1p64
			if mem == F32 {
				log1p = log1pWide
				log = func(b *B, p V) V { return wideLog(b, b.Add(p, b.Const(0))) } // −0 is no positive number
			}
			clamp, one := b.Const(fallback.BCEClamp), b.Const(1)
			second := b.Mul(t, b.Max(clamp, log(&b.B, p)))
			y := b.FNMA(b.Sub(one, t), b.Max(clamp, log1p(&b.B, b.Neg(p))), b.Neg(second))
			inside := b.Both(b.LE(b.Const(0), p), b.LE(p, one))
			return b.Select(inside, y, b.Const(math.NaN()))
		}
		ks = append(ks, &Stream{
			Name: "BCETo", Mem: mem, Arith: F64, Inputs: inputs, Output: "dst", Body: element,
		}, &Stream{
			Name: "BCEGrad", Mem: mem, Arith: F64, Inputs: inputs, Output: "grad", Params: []string{"scale"},
			Body: func(b *S, in, params []V) V {
				p, t := in[0], in[1]
				variance := b.Mul(p, b.Sub(b.Const(1), p))
				return b.Div(b.Mul(params[0], b.Sub(p, t)), b.Max(b.Const(fallback.BCELeast), variance))
			},
		})
	}
	return ks
}
