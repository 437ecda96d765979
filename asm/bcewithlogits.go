package main

import "github.com/simmer-go/simmer/fallback"

// bceWithLogits describes binary cross-entropy of logits, its sum, and its gradient, and elements and gradient with
// weights of the positive class too; see fallback/bcewithlogits.go.
func bceWithLogits() []*Stream {
	var ks []*Stream
	for _, l := range []Lane{F32, F64} {
		// What AVX2 has registers for.
		plain, weighted := unrollings(l, 4, 2), unrollings(l, 2, 1)
		sum := &Stream{
			Name: "BCEWithLogits", Mem: l, Arith: l, Inputs: []string{"x", "t"}, Unroll: plain,
			Body: func(b *S, in, _ []V) V {
				l := log1pUnit(b, expMinusAbs(b, in[0]))
				x := b.Again(in[0])
				b.Sum(0, b.Add(b.FNMA(x, in[1], b.Max(b.Const(0), x)), l)) // (max(x, 0) − t·x) + l
				return nil
			},
			Sums: []Sum{{Name: "sum", Lane: l}}, Block: fallback.LogitBlock,
			Lanes: [...]int{fallback.LogitLanes32, fallback.WorkLanes64}[l],
		}
		ks = append(ks, sum)
		for _, variant := range []struct {
			name   string
			inputs []string
			unroll map[string]int
		}{{"BCEWithLogits", []string{"x", "t"}, plain}, {"BCEWithLogitsWeighted", []string{"x", "t", "q"}, weighted}} {
			ks = append(ks, &Stream{
				Name: variant.name + "To", Mem: l, Arith: l, Inputs: variant.inputs, Output: "dst", Unroll: variant.unroll,
				Body: func(b *S, in, _ []V) V { return bceWithLogit(b, in) },
			}, &Stream{
				Name: variant.name + "Grad", Mem: l, Arith: l, Inputs: variant.inputs, Output: "grad",
				Params: []string{"scale"}, Unroll: weighted,
				Body: func(b *S, in, params []V) V { return bceWithLogitGrad(b, in, params[0]) },
			})
		}
	}
	return ks
}

// unrollings are the registers in a pass: on AVX2 for float32 and float64, and more where there are 32 registers.
func unrollings(l Lane, f32, f64 int) map[string]int {
	n := [...]int{f32, f64}[l]
	return map[string]int{"AVX2": n, "AVX512": max(2, n), "NEON": max(2, n)}
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

// bceWithLogit is f·x + (q·t + (1−t))·log1p(u), f being 1−t for x ≥ 0 and −q·t below; in[2] is q, 1 if not given.
func bceWithLogit(b *S, in []V) V {
	l := log1pUnit(b, expMinusAbs(b, in[0]))
	x, t, one := b.Again(in[0]), in[1], b.Const(1)
	right := b.LE(b.Const(0), x)
	var f V
	if len(in) > 2 {
		positive, negative := b.Mul(in[2], t), b.Sub(one, t)
		l = b.Mul(b.Add(positive, negative), l)
		f = b.Select(right, negative, b.Neg(positive))
	} else {
		f = b.Sub(b.Keep(right, one), t)
	}
	isZero := b.EQ(f, b.Const(0))
	return b.Add(b.Drop(isZero, b.Mul(f, b.Again(x))), l) // a factor of 0 makes 0, also of Inf
}

// bceWithLogitGrad is scale·((1−t)·σ(x) − q·t·σ(−x)).
func bceWithLogitGrad(b *S, in []V, scale V) V {
	u := expMinusAbs(b, in[0])
	x, t := b.Again(in[0]), in[1]
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
