package main

import "github.com/simmer-go/simmer/asm/internal/gen"

// softSum adds up q·(m−x), and 0 where q is if noTarget says so, and q.
func softSum(b *S, x, q, m V, noTarget bool) {
	b.Step("Σ q·(m−x) and Σ q, in float64 lanes")
	d := b.Sub(m, x)
	if noTarget {
		d = b.Drop(b.EQ(q, b.Const(0)), d)
	}
	if b.Lane == F32 {
		q, d = b.Widen(q), b.Widen(d)
	}
	b.SumFMA(0, q, d)
	b.Sum(1, q)
}

// softCrossEntropies describes the sums of a row with a target q for each class, Σ q·(m−x) and Σ q, the same with weights
// of the classes, and those of a row with equal targets; and their gradients k·e − c·q and k·e − c.
func softCrossEntropies() []gen.Kernel {
	var ks []gen.Kernel
	for _, l := range []Lane{F32, F64} {
		even, evenGrad := softSumOf(l, "EvenSum", nil), softGradOf(l, "EvenGradTo", nil)
		soft, softGrad := softSumOf(l, "SoftSum", []string{"q"}), softGradOf(l, "SoftGradTo", []string{"q"})
		evenWeighted := softSumOf(l, "EvenWeightedSum", []string{"w"})
		weighted := softSumOf(l, "SoftWeightedSum", []string{"q", "w"})
		weightedGrad := softGradOf(l, "SoftWeightedGradTo", []string{"q", "w"})
		for _, k := range []*gen.Stream{even, evenGrad, soft, softGrad} {
			ks = append(ks, k, across(k))
		}
		ks = append(ks, perClass(soft, "q"), perClass(softGrad, "q"),
			evenWeighted, perClass(evenWeighted, "w"), weighted, weightedGrad, perClass(weighted, "w"), perClass(weightedGrad, "w"))
	}
	return ks
}

// softSumOf describes Σ q·(m−x) and Σ q, q being the product of the inputs named; if there are none, Σ (m−x). Where a target
// q, but not a weight w alone, is 0, its class is left out.
func softSumOf(l Lane, name string, targets []string) *gen.Stream {
	r := gen.WorkSum(l)
	r.Sums = []gen.Sum{{Name: "gap", Lane: F64, Kind: gen.FoldOwn}}
	if targets != nil {
		r.Sums = append(r.Sums, gen.Sum{Name: "mass", Lane: F64, Kind: gen.FoldOwn})
	}
	return &gen.Stream{
		Name: name, Mem: l, Arith: l, Inputs: append([]string{"x"}, targets...), Params: []string{"m"}, Reduction: r,
		Body: func(b *S, in, params []V) V {
			x, m := in[0], params[0]
			if targets == nil {
				b.Sum(0, b.Sub(m, x))
			} else {
				softSum(b, x, productOf(b, in[1:]), m, targets[0] == "q")
			}
			return nil
		},
	}
}

// softGradOf describes k·e − c·q likewise; if no input is named, k·e − c.
func softGradOf(l Lane, name string, targets []string) *gen.Stream {
	return &gen.Stream{
		Name: name, Mem: l, Arith: l, Inputs: append([]string{"e"}, targets...), Output: "dst", Params: []string{"k", "c"},
		Unroll: gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2},
		Body: func(b *S, in, params []V) V {
			ke, c := b.Mul(params[0], in[0]), params[1]
			if targets == nil {
				return b.Sub(ke, c)
			}
			return b.FNMA(c, productOf(b, in[1:]), ke)
		},
	}
}

// productOf is x or x·y.
func productOf(b *S, factors []V) V {
	if len(factors) == 1 {
		return factors[0]
	}
	return b.Mul(factors[0], factors[1])
}

// across describes a kernel for the columns of a matrix. Where operations wait for each other, it takes two registers of
// positions at a time.
func across(k *gen.Stream) *gen.Across {
	a := &gen.Across{Row: k}
	if len(k.Sums) == 0 || k.Sums[0].Lane == k.Mem {
		a.Unroll = gen.Unroll{gen.AVX512: 2, gen.NEON: 2}
	}
	return a
}

// perClass is across with one element of an input for each class, whatever the position.
func perClass(k *gen.Stream, input string) *gen.Across {
	a := across(k)
	a.Suffix, a.PerClass = "PerClass", []string{input}
	return a
}
