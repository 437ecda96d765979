package main

import "github.com/simmer-go/simmer/fallback"

// expBelow is exp(x−m) for x ≤ m, and the mask of lanes where x is m; NaN and false if both are infinite.
func expBelow(b *B, x, m V) (exp, isMax V) {
	d := b.Sub(x, m)
	// x − m = d + lost exactly (TwoSum); NaN for x = -Inf, which the floor removes.
	part := b.Sub(d, x)
	lost := b.Sub(b.Sub(x, b.Sub(d, part)), b.Add(m, part))
	floor := [...]float64{fallback.ExpFloor32, fallback.ExpFloor64}[b.Lane]
	exp = expNegHL(b, d, lost)
	return b.Drop(b.LE(d, b.Const(floor)), exp), b.EQ(d, b.Const(0))
}

// logSumExps describes count of the elements equal to m and Σ exp(x−m) over the others,
// with or without writing exp(x−m), and d + log1p(s), which finishes rows.
func logSumExps() []*Stream {
	var ks []*Stream
	for _, l := range []Lane{F32, F64} {
		expSum := func(b *S, in, params []V) V {
			exp, isMax := expBelow(&b.B, in[0], params[0])
			b.Count(0, isMax)
			b.Sum(1, b.Drop(isMax, exp))
			return exp
		}
		for _, output := range []string{"", "dst"} {
			k := &Stream{
				Name: "ExpSum", Mem: l, Arith: l, Inputs: []string{"x"}, Output: output, Params: []string{"m"},
				Unroll: map[string]int{"AVX2": [...]int{2, 1}[l], "AVX512": 2, "NEON": 2},
				Body: func(b *S, in, params []V) V {
					exp := expSum(b, in, params)
					if output == "" {
						return nil
					}
					return exp
				},
			}
			if output != "" {
				k.Name = "ExpSumTo"
			}
			k.workSum()
			k.Sums = []Sum{{Name: "count", Lane: l, Kind: Count}, {Name: "sum", Lane: l, Kind: Short}}
			ks = append(ks, k)
		}
	}
	return append(append(ks, finishes("To", log1p64)...), finishes("MixedTo", log1pMixed)...)
}

// finishes describes what turns m and s into results, with the given log1p.
func finishes(suffix string, log1p func(*B, V) V) []*Stream {
	unroll := map[string]int{"AVX2": 2, "AVX512": 2, "NEON": 2}
	return []*Stream{{
		Name: "AddLog1p" + suffix, Mem: F64, Arith: F64, Inputs: []string{"d", "s"}, Output: "dst", Unroll: unroll,
		Body: func(b *S, in, _ []V) V { return b.Add(in[0], log1p(&b.B, in[1])) },
	}, {
		Name: "CrossEntropy" + suffix, Mem: F64, Arith: F64, Inputs: []string{"m", "at", "s"}, Output: "dst",
		Unroll: unroll,
		Body:   func(b *S, in, _ []V) V { return b.Add(b.Sub(in[0], in[1]), log1p(&b.B, in[2])) },
	}}
}
