package main

import (
	"math"

	"github.com/simmer-go/simmer/asm/internal/gen"
)

// softmaxMasks describes the logits of a masked softmax and the largest of them: scale·x; scale·x + bias, −Inf where bias
// is; and scale·x, −Inf where keep is not set.
func softmaxMasks() []gen.Kernel {
	var ks []gen.Kernel
	for _, l := range []Lane{F32, F64} {
		logits := func(name string, inputs []string, flags string, z func(b *S, in []V, scale V) V) *gen.Stream {
			largest := gen.CheapSum(l)
			largest.Lanes /= 2
			largest.Sums = []gen.Sum{{Name: "largest", Lane: l, Kind: gen.Largest}}
			return &gen.Stream{
				Name: name, Mem: l, Arith: l, Inputs: inputs, Flags: flags, Output: "dst", Params: []string{"scale"},
				Reduction: largest, Unroll: gen.Unroll{gen.AVX2: 4, gen.AVX512: 2, gen.NEON: 4},
				Body: func(b *S, in, params []V) V {
					v := z(b, in, params[0])
					b.Largest(0, v)
					return v
				},
			}
		}
		ks = append(ks, logits("LogitsTo", []string{"x"}, "", func(b *S, in []V, scale V) V {
			return b.Mul(scale, in[0])
		}), logits("BiasedLogitsTo", []string{"x", "bias"}, "", func(b *S, in []V, scale V) V {
			minusInf := b.Const(math.Inf(-1))
			return b.Select(b.EQ(in[1], minusInf), minusInf, b.FMA(in[0], scale, in[1]))
		}), logits("KeptLogitsTo", []string{"x"}, "keep", func(b *S, in []V, scale V) V {
			return b.Select(in[1], b.Mul(scale, in[0]), b.Const(math.Inf(-1)))
		}))
	}
	return ks
}
