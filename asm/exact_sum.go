package main

import (
	"math"

	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// exactSums describes the sums, without rounding, of three parts of each number, and the largest magnitude, from which
// the parts follow.
func exactSums() []gen.Kernel {
	// Lanes are few: with those of other sums, there would be no registers for them all.
	levels := gen.Reduction{
		Sums:  []gen.Sum{{Name: "s1", Lane: F64}, {Name: "s2", Lane: F64}, {Name: "s3", Lane: F64}},
		Lanes: fallback.ExactLanes, Block: fallback.ExactBlock,
	}
	largest := func(l Lane) gen.Reduction {
		return gen.Reduction{
			Sums:  []gen.Sum{{Name: "largest", Lane: l, Kind: gen.Largest}},
			Lanes: fallback.WorkLanes64, Block: fallback.ExactBlock,
		}
	}
	value := func(_ *S, in []V) V { return in[0] }
	product := func(b *S, in []V) V { return b.Mul(in[0], in[1]) }
	var ks []gen.Kernel
	for _, k := range []struct {
		name   string
		mem    Lane
		term   func(b *S, in []V) V
		lane   Lane // of the term
		inputs []string
	}{
		{"", F32, value, F32, []string{"x"}},
		{"", F64, value, F64, []string{"x"}},
		{"Product", F32, product, F64, []string{"x", "y"}}, // exact in float64
	} {
		ks = append(ks, &gen.Stream{
			Name: "Exact" + k.name + "Levels", Mem: k.mem, Arith: F64, Inputs: k.inputs,
			Wide: []string{"m1", "m2", "m3"}, Reduction: levels,
			Body: func(b *S, in, m []V) V {
				exactLevels(b, k.term(b, in), m)
				return nil
			},
		}, &gen.Stream{
			Name: "Exact" + k.name + "Largest", Mem: k.mem, Arith: k.lane, Inputs: k.inputs, Reduction: largest(k.lane),
			Body: func(b *S, in, _ []V) V {
				b.Largest(0, b.Abs(k.term(b, in)))
				return nil
			},
		})
	}
	return ks
}

// exactLevels adds to each sum the part of x that its m brings out.
func exactLevels(b *S, x V, m []V) {
	rest := x
	for i, m := range m[:2] {
		part := b.Sub(b.Add(rest, m), m)
		rest = b.Sub(rest, part)
		b.Sum(i, part)
	}
	b.Step("NaN, if anything is left")
	last := b.Sub(b.Add(rest, m[2]), m[2])
	b.Sum(2, b.Select(b.EQ(last, rest), last, b.Const(math.NaN())))
}
