package main

import "github.com/simmer-go/simmer/fallback"

// bceWithLogits describes binary cross-entropy of logits, its sum, and its gradient, without and with weights of
// the positive class; see fallback/bcewithlogits.go.
func bceWithLogits() []*Stream {
	var ks []*Stream
	for _, l := range []Lane{F32, F64} {
		unroll := map[string]int{"AVX2": [...]int{2, 1}[l], "AVX512": 2, "NEON": 2}
		inSum := map[string]int{"AVX2": [...]int{2, 1}[l], "NEON": 2}
		for _, weighted := range []bool{false, true} {
			name, inputs, sums := "BCEWithLogits", []string{"x", "t"}, inSum
			if weighted { // AVX2 has registers for one only
				name, inputs, sums = "BCEWithLogitsWeighted", []string{"x", "t", "q"}, map[string]int{"NEON": 2}
			}
			ks = append(ks, &Stream{
				Name: name + "To", Mem: l, Arith: l, Inputs: inputs, Output: "dst", Unroll: unroll,
				Body: func(b *S, in, _ []V) V { return bceWithLogit(b, in) },
			}, (&Stream{
				Name: name, Mem: l, Arith: l, Inputs: inputs, Unroll: sums,
				Body: func(b *S, in, _ []V) V {
					b.Sum(0, bceWithLogit(b, in))
					return nil
				},
			}).workSum(), &Stream{
				Name: name + "Grad", Mem: l, Arith: l, Inputs: inputs, Output: "grad", Params: []string{"scale"}, Unroll: unroll,
				Body: func(b *S, in, params []V) V { return bceWithLogitGrad(b, in, params[0]) },
			})
		}
	}
	return ks
}

// expMinusAbs is exp(−|x|).
func expMinusAbs(b *S, x V) V {
	if b.Lane == F32 {
		return expNeg32(&b.B, b.Or(x, b.signBit()))
	}
	return expNeg64(&b.B, b.Or(x, b.signBit()))
}

// log1pUnit is log1p(u) for 0 ≤ u ≤ 1, as in softplus.
func log1pUnit(b *S, u V) V {
	if b.Lane == F32 {
		return b.FMA(b.Mul(u, u), Horner(&b.B, u, fallback.SoftplusPoly32[:]), u)
	}
	s := b.Div(u, b.Add(b.Const(2), u))
	z := b.Mul(s, s)
	h := b.Mul(b.Mul(b.Const(0.5), u), u)
	q := b.FMA(z, Horner(&b.B, z, fallback.SoftplusPoly64[:]), h)
	return b.Sub(u, b.FNMA(s, q, h))
}

// bceWithLogit is q·t·softplus(−x) + (1−t)·softplus(x), in[2] being q.
func bceWithLogit(b *S, in []V) V {
	x, t := in[0], in[1]
	l := log1pUnit(b, expMinusAbs(b, x))
	zero := b.Const(0)
	part := func(factor, side V) V { // a factor of 0 makes 0, also of Inf
		return b.Drop(b.EQ(factor, zero), b.Mul(factor, b.Add(b.Max(zero, side), l)))
	}
	qt := t
	if len(in) > 2 {
		qt = b.Mul(in[2], t)
	}
	positive := part(qt, b.Neg(x))
	return b.Add(positive, part(b.Sub(b.Const(1), t), x))
}

// bceWithLogitGrad is scale·((1−t)·σ(x) − q·t·σ(−x)).
func bceWithLogitGrad(b *S, in []V, scale V) V {
	x, t := in[0], in[1]
	u := expMinusAbs(b, x)
	one := b.Const(1)
	big := b.Div(one, b.Add(one, u))
	small := b.Mul(u, big)
	right := b.LE(b.Const(0), x)
	plus, minus := b.Select(right, big, small), b.Select(right, small, big)
	qt := t
	if len(in) > 2 {
		qt = b.Mul(in[2], t)
	}
	return b.Mul(scale, b.FNMA(qt, minus, b.Mul(b.Sub(one, t), plus)))
}
