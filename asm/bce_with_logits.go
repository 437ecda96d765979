package main

import (
	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// bceWithLogitsGrad is scale·((1−t)·σ(x) − q·t·σ(−x)); q is nil for 1.
func bceWithLogitsGrad(b *S, x, t, q, scale V) V {
	b.Step("u = exp(−|x|); scale·((1−t)·σ(x) − q·t·σ(−x))")
	u := expNeg(&b.B, minusAbs(&b.B, x))
	x = b.Again(x)
	one := b.Const(1)
	big := b.Div(one, b.Add(one, u))
	small := b.Mul(u, big)
	right := b.LE(b.Const(0), x)
	plus, minus := b.Select(right, big, small), b.Select(right, small, big)
	qt := t
	if q != nil {
		qt = b.Mul(q, t)
	}
	return b.Mul(scale, b.FNMA(qt, minus, b.Mul(b.Sub(one, t), plus)))
}

// finiteLogit is (max(x, 0) − t·x) + l.
func finiteLogit(b *S, x, t V) V {
	l := log1pExpMinusAbs(b, x)
	x = b.Again(x)
	b.Step("(max(x, 0) − t·x) + l")
	return b.Add(b.FNMA(x, t, b.Max(b.Const(0), x)), l)
}

// bceWithLogits is f·x + l, f being 1−t for x ≥ 0 and −t below.
func bceWithLogits(b *S, x, t V) V {
	l := log1pExpMinusAbs(b, x)
	one, right := b.Const(1), b.LE(b.Const(0), b.Again(x))
	f := b.Sub(b.Keep(right, one), t)
	return b.Add(product(b, f, x), l)
}

// bceWithLogitsWeighted is f·x + (q·t + (1−t))·l, f being 1−t for x ≥ 0 and −q·t below.
func bceWithLogitsWeighted(b *S, x, t, q V) V {
	l := log1pExpMinusAbs(b, x)
	right := b.LE(b.Const(0), b.Again(x))
	positive, negative := b.Mul(q, t), b.Sub(b.Const(1), t)
	l = b.Mul(b.Add(positive, negative), l)
	f := b.Select(right, negative, b.Neg(positive))
	return b.Add(product(b, f, x), l)
}

// log1pExpMinusAbs is l = log1p(u), u = exp(−|x|).
func log1pExpMinusAbs(b *S, x V) V {
	return log1pUnit(&b.B, expNeg(&b.B, minusAbs(&b.B, x)))
}

// product is f·x, or 0 if f is, also for an infinite x, which is loaded again.
func product(b *S, f, x V) V {
	b.Step("f·x, 0 if f is 0")
	isZero := b.EQ(f, b.Const(0))
	return b.Drop(isZero, b.Mul(f, b.Again(x)))
}

// bcesWithLogits describes binary cross-entropy of logits, its sum, and its gradient, and elements and gradient with
// weights of the positive class too.
func bcesWithLogits() []gen.Kernel {
	var ks []gen.Kernel
	for _, l := range []Lane{F32, F64} {
		// What AVX2 has registers for.
		sum := gen.Unroll{gen.AVX2: [...]int{4, 2}[l], gen.AVX512: [...]int{4, 2}[l], gen.NEON: [...]int{4, 2}[l]}
		plain := gen.Unroll{gen.AVX2: [...]int{4, 3}[l], gen.AVX512: 4, gen.NEON: [...]int{4, 2}[l]}
		weighted := gen.Unroll{gen.AVX2: 3, gen.AVX512: 4, gen.NEON: 2}
		ks = append(ks, &gen.Stream{
			Name: "BCEWithLogits", Mem: l, Arith: l, Inputs: []string{"x", "t"}, Unroll: sum,
			Body: func(b *S, in, _ []V) V {
				b.Sum(0, finiteLogit(b, in[0], in[1]))
				return nil
			},
			Reduction: gen.Reduction{
				Sums: []gen.Sum{{Name: "sum", Lane: l}}, Block: fallback.LogitBlock,
				Lanes: [...]int{fallback.LogitLanes32, fallback.WorkLanes64}[l],
			},
		}, &gen.Stream{
			Name: "BCEWithLogitsTo", Mem: l, Arith: l, Inputs: []string{"x", "t"}, Output: "dst", Unroll: plain,
			Body: func(b *S, in, _ []V) V { return bceWithLogits(b, in[0], in[1]) },
		}, &gen.Stream{
			Name: "BCEWithLogitsGrad", Mem: l, Arith: l, Inputs: []string{"x", "t"}, Output: "grad",
			Params: []string{"scale"}, Unroll: weighted,
			Body: func(b *S, in, params []V) V { return bceWithLogitsGrad(b, in[0], in[1], nil, params[0]) },
		}, &gen.Stream{
			Name: "BCEWithLogitsWeightedTo", Mem: l, Arith: l, Inputs: []string{"x", "t", "q"}, Output: "dst",
			Unroll: weighted,
			Body:   func(b *S, in, _ []V) V { return bceWithLogitsWeighted(b, in[0], in[1], in[2]) },
		}, &gen.Stream{
			Name: "BCEWithLogitsWeightedGrad", Mem: l, Arith: l, Inputs: []string{"x", "t", "q"}, Output: "grad",
			Params: []string{"scale"}, Unroll: weighted,
			Body: func(b *S, in, params []V) V { return bceWithLogitsGrad(b, in[0], in[1], in[2], params[0]) },
		})
	}
	return ks
}
