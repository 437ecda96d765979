package main

import (
	"math"

	"github.com/simmer-go/simmer/fallback"
)

// elementary64 describes exp, expm1, log, log1p, the logistic function and powers of float64,
// and powers of float32, which are computed in float64.
func elementary64() []*Stream {
	bodies := map[string]func(b *B, x V) V{
		"Exp": exp64, "Expm1": expm1x64, "Log": log64, "Log1p": log1p64, "Sigmoid": sigmoid64,
	}
	// As much as 16 registers allow: the chains of operations are long.
	unroll := map[string]int{"Exp": 4, "Expm1": 2, "Log": 2, "Log1p": 2, "Sigmoid": 3}
	var ks []*Stream
	for _, name := range []string{"Exp", "Expm1", "Log", "Log1p", "Sigmoid"} {
		ks = append(ks, &Stream{
			Name: name, Mem: F64, Arith: F64, Inputs: []string{"x"}, Output: "dst",
			Unroll: map[string]int{"AVX2": unroll[name], "AVX512": 2, "NEON": 2},
			Body:   func(b *S, in, _ []V) V { return bodies[name](&b.B, in[0]) },
		})
	}
	return append(ks, &Stream{
		Name: "Pow", Mem: F64, Arith: F64, Inputs: []string{"x"}, Output: "dst", Params: []string{"p"},
		Unroll: map[string]int{"AVX512": 2, "NEON": 2},
		Body: func(b *S, in, params []V) V {
			same := func(v V) V { return v }
			return pow64(&b.B, in[0], params[0], same)
		},
	}, &Stream{
		Name: "Pow", Mem: F32, Arith: F32, Inputs: []string{"x"}, Output: "dst", Params: []string{"p"},
		Body: func(b *S, in, params []V) V {
			b.Lane = F64
			y := b.Narrow(pow64(&b.B, in[0], params[0], b.Widen))
			b.Lane = F32
			return y
		},
	})
}

// expm1x64 is fallback.expm1x64: exp(x) − 1.
func expm1x64(b *B, x V) V {
	half := expm1Half64(b, b.Min(b.Const(fallback.ExpTop64), b.Max(b.Const(fallback.Expm1Floor64), x)))
	return b.Select(b.LT(b.Abs(x), b.Const(fallback.Expm1Tiny64)), x, b.Add(half, half))
}

// expm1Half64 is fallback.expm1Half64: ½(exp(c) − 1).
func expm1Half64(b *B, c V) V {
	t, n := expRound64(b, c, fallback.Expm1Shift64)
	s := b.Shl(t, 52)
	high := b.FNMA(n, b.Const(fallback.Ln2High64), c)
	r := b.FNMA(n, b.Const(fallback.Ln2Low64), high)
	low := b.FNMA(n, b.Const(fallback.Ln2Low64), b.Mul(b.Mul(r, r), Horner(b, r, fallback.ExpPoly64[2:])))
	return b.FMA(s, low, b.FMA(s, high, b.Sub(s, b.Const(0.5))))
}

// sigmoid64 is fallback.sigmoid64: 1/(1+exp(−x)).
func sigmoid64(b *B, x V) V {
	u := expNeg64(b, b.Or(x, b.signBit()))
	s := b.Div(u, b.Add(b.Const(1), u))
	a := b.Select(b.GE(x, b.Const(0)), b.Const(1), u)
	return b.FNMA(a, s, a)
}

// log64 is fallback.log64: log(x).
func log64(b *B, x V) V {
	high, low := logHL64(b, x)
	return logLimits64(b, x, b.Add(high, low))
}

// logLimits64 is fallback.logLimits64: y, or log(x) where x is no positive number.
func logLimits64(b *B, x, y V) V {
	y = b.Select(b.LT(x, b.Const(math.Inf(1))), y, x)
	y = b.Select(b.EQ(x, b.Const(0)), b.Const(math.Inf(-1)), y)
	return b.Select(b.LT(x, b.Const(0)), b.Const(math.NaN()), y)
}

// logHL64 is fallback.logHL64: log(x) in two parts.
func logHL64(b *B, x V) (high, low V) {
	subnormal := b.LT(x, b.Const(fallback.LogNormal64))
	x = b.Select(subnormal, b.Mul(b.Const(0x1p54), x), x)
	bits := b.IAdd(x, b.Bits(fallback.One64-fallback.LogSplit64))
	k := b.Sub(b.Or(b.Shr(bits, 52), b.Bits(fallback.Mantissa52)), b.Const(0x1p52+1023))
	k = b.Sub(k, b.Keep(subnormal, b.Const(fallback.LogUp)))
	f := b.Sub(b.IAdd(b.And(bits, b.Bits(fallback.Mantissa64)), b.Bits(fallback.LogSplit64)), b.Const(1))

	tail := logTail64(b, f, k) // first, since it needs most registers
	ln2 := b.Const(fallback.Ln2High64)
	high = b.FMA(k, ln2, f)
	lost := b.Sub(f, b.FNMA(k, ln2, high))
	return high, b.Sub(lost, tail)
}

// pow64 is fallback.pow64: xᵖ. What x and p are in float64 is asked for where it is needed,
// since they take up half as many registers before they are widened.
func pow64(b *B, x, p V, wide func(V) V) V {
	high, low := logHL64(b, wide(x))
	l := b.Add(high, low)
	low = b.Sub(low, b.Sub(l, high))
	l = logLimits64(b, wide(x), l)

	q := wide(p)
	e := b.Mul(q, l)
	low = b.Add(b.FMA(q, l, b.Neg(e)), b.Mul(q, low))
	low = b.Keep(b.LT(b.Abs(e), b.Const(fallback.PowTop64)), low)
	e = b.Drop(b.EQ(q, b.Const(0)), e)
	return expHL64(b, e, low)
}
