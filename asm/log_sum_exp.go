package main

import (
	"slices"

	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// expBelow is exp(x−m) for x ≤ m, and the mask of lanes where x is m; NaN and false if both are infinite.
func expBelow(b *B, x, m V) (exp, isMax V) {
	b.Step("d = x − m, and what its rounding lost")
	d := b.Sub(x, m)
	// x − m = d + lost exactly (TwoSum); NaN for x = -Inf, which the floor removes.
	part := b.Sub(d, x)
	lost := b.Sub(b.Sub(x, b.Sub(d, part)), b.Add(m, part))
	b.Step("exp(d + lost), 0 at the floor")
	floor := b.Named("ExpFloor", [...]float64{fallback.ExpFloor32, fallback.ExpFloor64}[b.Lane])
	exp = expNegHL(b, d, lost)
	return b.Drop(b.LE(d, floor), exp), b.EQ(d, b.Const(0))
}

// logSumExps describes the count of the elements equal to m and Σ exp(x−m) over the others, with or without writing
// exp(x−m), of one row, by columns or across, and what finishes rows: exp(x−m) times a scale, and d + log1p(s).
func logSumExps() []gen.Kernel {
	var ks []gen.Kernel
	for _, l := range []Lane{F32, F64} {
		sum, sumTo := expSum(l, "ExpSum", ""), expSum(l, "ExpSumTo", "dst")
		ks = append(ks, sum, sumTo, across(sum), across(sumTo),
			&gen.ColumnSums{Name: "ExpSumColumns", Mem: l, Element: expBelow},
			&gen.ColumnMap{Name: "ScaleColumnsTo", Mem: l, Element: func(b *B, exp, scale V) V { return b.Mul(scale, exp) }})
	}
	return slices.Concat(ks, rows(F32, log1pMixed), rows(F64, log1p64), finishes("To", log1p64), finishes("MixedTo", log1pMixed))
}

// rows describes what is done with a short row, with the given log1p.
func rows(l Lane, log1p func(*B, V) V) []gen.Kernel {
	logSumExp := func(b *B, m, s V) []V { return []V{m, log1p(b, s)} }
	inverse := func(b *B, s V) V { return b.Div(b.Const(1), b.Add(b.Const(1), s)) }
	scaled := func(b *B, _, _, exp, scale V) V { return b.Mul(scale, exp) }
	return []gen.Kernel{&gen.Row{
		Name: "LogSumExpRow", Mem: l, Element: expBelow, Results: []string{"m", "l"},
		Finish: func(b *B, m, s V, _ []V) ([]V, V) { return logSumExp(b, m, s), nil },
	}, &gen.Row{
		Name: "SoftmaxRow", Mem: l, Element: expBelow, Output: "dst", Map: scaled,
		Finish: func(b *B, _, s V, _ []V) ([]V, V) { return nil, inverse(b, s) },
	}, &gen.Row{
		Name: "LogSoftmaxRow", Mem: l, Element: expBelow, Output: "dst",
		Finish: func(b *B, _, s V, _ []V) ([]V, V) { return nil, log1p(b, s) },
		Map:    func(b *B, x, m, _, log V) V { return b.Sub(b.Sub(x, m), log) },
	}, &gen.Row{
		Name: "SoftmaxGradRow", Mem: l, Element: expBelow, Output: "dst", Map: scaled, Params: []string{"scale"},
		Results: []string{"m", "l", "p"},
		Finish: func(b *B, m, s V, params []V) ([]V, V) {
			p := inverse(b, s)
			return append(logSumExp(b, m, s), p), b.Mul(params[0], p)
		},
	}}
}

func expSum(l Lane, name, output string) *gen.Stream {
	reduction := gen.WorkSum(l)
	reduction.Sums = []gen.Sum{{Name: "count", Lane: l, Kind: gen.Count}, {Name: "sum", Lane: l, Kind: gen.FoldOwn}}
	return &gen.Stream{
		Name: name, Mem: l, Arith: l, Inputs: []string{"x"}, Output: output, Params: []string{"m"}, Reduction: reduction,
		Unroll: gen.Unroll{gen.AVX2: [...]int{2, 1}[l], gen.AVX512: 2, gen.NEON: 2},
		Body: func(b *S, in, params []V) V {
			exp, isMax := expBelow(&b.B, in[0], params[0])
			b.Count(0, isMax)
			b.Sum(1, b.Drop(isMax, exp))
			if output == "" {
				return nil
			}
			return exp
		},
	}
}

// finishes describes what turns m and s into results, with the given log1p.
func finishes(suffix string, log1p func(*B, V) V) []gen.Kernel {
	unroll := gen.Unroll{gen.AVX2: 2, gen.AVX512: 2, gen.NEON: 2}
	return []gen.Kernel{&gen.Stream{
		Name: "AddLog1p" + suffix, Mem: F64, Arith: F64, Inputs: []string{"d", "s"}, Output: "dst", Unroll: unroll,
		Body: func(b *S, in, _ []V) V { return b.Add(in[0], log1p(&b.B, in[1])) },
	}, &gen.Stream{
		Name: "CrossEntropy" + suffix, Mem: F64, Arith: F64, Inputs: []string{"m", "at", "s"}, Output: "dst",
		Unroll: unroll,
		Body:   func(b *S, in, _ []V) V { return b.Add(b.Sub(in[0], in[1]), log1p(&b.B, in[2])) },
	}}
}
