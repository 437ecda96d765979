package main

import "github.com/simmer-go/simmer/fallback"

// pow32 is xᵖ.
func pow32(b *B, x, p V) V {
	return mixed(b, func() V { return powOf(b, x, p, b.Widen) })
}

// pow64 is xᵖ.
func pow64(b *B, x, p V) V {
	return powOf(b, x, p, func(v V) V { return v })
}

// powOf is xᵖ. What x and p are in float64 lanes is asked for where it is needed, since they take up half as many
// registers before they are widened.
func powOf(b *B, x, p V, in64 func(V) V) V {
	high, low := logHL64(b, in64(x))
	l := b.Add(high, low)
	low = b.Sub(low, b.Sub(l, high))
	l = logLimits64(b, in64(x), l)

	q := in64(p)
	e := b.Mul(q, l)
	low = b.Add(b.FMA(q, l, b.Neg(e)), b.Mul(q, low))
	low = b.Keep(b.LT(b.Abs(e), b.Const(fallback.PowTop64)), low)
	e = b.Drop(b.EQ(q, b.Const(0)), e)
	return expHL64(b, e, low)
}

// pows describes xᵖ.
func pows() []*Stream {
	pow := func(l Lane, unroll map[string]int, f func(b *B, x, p V) V) *Stream {
		return &Stream{
			Name: "PowTo", Mem: l, Arith: l, Inputs: []string{"x"}, Output: "dst", Params: []string{"p"},
			Unroll: unroll,
			Body:   func(b *S, in, params []V) V { return f(&b.B, in[0], params[0]) },
		}
	}
	return []*Stream{pow(F32, nil, pow32), pow(F64, map[string]int{"AVX512": 2, "NEON": 2}, pow64)}
}
