package main

import (
	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// mish32 is x·n/(n+2), n = e·(e+2), e = exp(x).
func mish32(b *B, x V) V {
	x = b.Max(b.Named("SiLUFloor32", fallback.SiLUFloor32), x)
	c := b.Min(b.Named("MishTop32", fallback.MishTop32), x)
	return mixed(b, func() V {
		e := expMixed(b, b.Widen(c))
		b.Step("x·n/(n+2), n = e·(e+2)")
		n := b.Mul(e, b.Add(e, b.Const(2)))
		return b.Div(b.Mul(b.Widen(x), n), b.Add(n, b.Const(2)))
	})
}

// mishSlope32 is the derivative of Mish, in float64 lanes.
func mishSlope32(b *B, x V) V {
	c := b.Max(b.Named("SlopeFloor32", fallback.SlopeFloor32), x)
	c = b.Min(b.Named("MishTop32", fallback.MishTop32), c)
	return wide(b, func() V {
		e := expMixed(b, b.Widen(c))
		b.Step("e·((e+2)·d + 4x·(e+1))/d², d = n+2")
		e2 := b.Add(e, b.Const(2))
		d := b.FMA(e, e2, b.Const(2))
		top := b.FMA(e2, d, b.Mul(b.Mul(b.Const(4), b.Widen(c)), b.Add(e, b.Const(1))))
		return b.Div(b.Mul(e, top), b.Mul(d, d))
	})
}

// mish64 is x·tanh(softplus(x)).
func mish64(b *B, x V) V {
	t := b.Min(b.Named("SiLUTop64", fallback.SiLUTop64), b.Abs(x))
	s, m := expNegParts64(b, b.Neg(t))
	b.Step("t·u·2u/d or t·u·(u·w/d − 1), d = w² + k², u = s·2⁻⁶⁴·(1+m), w = 1+u")
	small, one := b.Named("ExpSmall64", fallback.ExpSmall64), b.Const(1)
	u := b.Mul(s, b.FMA(small, m, small))
	w := b.Add(one, u)
	tu := b.Mul(small, t)
	tu = b.FMA(tu, m, tu)
	positive := b.GE(x, b.Const(0))
	k := b.Select(positive, u, one)
	top := b.Select(positive, b.Mul(b.Const(-2), u), b.Mul(u, w))
	h := b.FNMA(tu, b.Div(top, b.FMA(w, w, b.Mul(k, k))), b.Drop(positive, tu))
	h = b.Mul(h, s)
	b.Step("max(x, 0) less that, 0.6·x for tiny x")
	y := b.Sub(b.Max(b.SignBit(), x), h)
	tiny := b.LT(b.Abs(x), b.Named("GateTiny64", fallback.GateTiny64))
	return b.Select(tiny, b.Mul(b.Named("MishAtZero", fallback.MishAtZero), x), y)
}

// mishSlope64 is the derivative of Mish.
func mishSlope64(b *B, x V) V {
	v := b.Max(b.Named("minus_SiLUTop64", -fallback.SiLUTop64), x)
	v = b.Min(b.Named("SiLUTop64", fallback.SiLUTop64), v)
	s, m := expNegParts64(b, minusAbs(b, v))
	b.Step("((w+k)·d + 4x·w·k²)/d², d = w² + k², u = s·2⁻⁶⁴·(1+m), w = 1+u")
	scale, one := b.Named("ExpSmall64", fallback.ExpSmall64), b.Const(1)
	small := b.FMA(scale, m, scale)
	u := b.Mul(s, small)
	w := b.Add(one, u)
	k := b.Select(b.GE(v, b.Const(0)), u, one)
	kk := b.Mul(k, k)
	d := b.FMA(w, w, kk)
	top := b.FMA(b.Add(w, k), d, b.Mul(b.Mul(b.Mul(b.Const(4), v), w), kk))
	q := b.Div(top, b.Mul(d, d))
	return b.Select(b.GE(v, b.Const(0)), q, b.Mul(b.Mul(q, small), s))
}

// mishes describes x·tanh(softplus(x)) and dy times its derivative.
func mishes() []gen.Kernel {
	return []gen.Kernel{
		unary("MishTo", F32, gen.Unroll{gen.AVX2: 2, gen.AVX512: 3, gen.NEON: 2}, mish32),
		unary("MishTo", F64, gen.Unroll{gen.AVX2: 2, gen.AVX512: 3, gen.NEON: 2}, mish64),
		slopes("MishGradTo", F32, gen.Unroll{gen.AVX2: 1, gen.AVX512: 3, gen.NEON: 2}, mishSlope32),
		slopes("MishGradTo", F64, gen.Unroll{gen.AVX2: 2, gen.AVX512: 3, gen.NEON: 2}, mishSlope64),
	}
}
