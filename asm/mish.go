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
	return inFloat64(b, func() V {
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
	b.Step("t·u·2u/d or t·u·(u·(1+u)/d − 1), u = s·2⁻⁶⁴·(1+m)")
	u := exp64OfParts(b, s, m)
	tu := b.Mul(b.Named("ExpSmall64", fallback.ExpSmall64), t)
	tu = b.FMA(tu, m, tu)
	positive := b.GE(x, b.Const(0))
	top := b.Select(positive, b.Mul(b.Const(-2), u), b.Mul(u, b.Add(b.Const(1), u)))
	_, _, d := mishBottom64(b, positive, u)
	h := b.Mul(b.FNMA(tu, b.Div(top, d), b.Drop(positive, tu)), s)
	b.Step("max(x, 0) less that, 0.6·x for tiny x")
	y := b.Sub(b.Max(b.SignBit(), x), h)
	tiny := b.LT(b.Abs(x), b.Named("GateTiny64", fallback.GateTiny64))
	return b.Select(tiny, b.Mul(b.Named("MishAtZero", fallback.MishAtZero), x), y)
}

// mishBottom64 is d = u·a + c: 1 + 2u + 2u² where positive, 2 + 2u + u² elsewhere.
func mishBottom64(b *B, positive, u V) (a, c, d V) {
	two := b.Const(2)
	a = b.Add(two, b.Select(positive, b.Add(u, u), u))
	c = b.Select(positive, b.Const(1), two)
	return a, c, b.FMA(u, a, c)
}

// mishSlope64 is the derivative of Mish.
func mishSlope64(b *B, x V) V {
	v := b.Max(b.Named("minus_SiLUTop64", -fallback.SiLUTop64), x)
	v = b.Min(b.Named("SiLUTop64", fallback.SiLUTop64), v)
	s, m := expNegParts64(b, minusAbs(b, v))
	b.Step("d², with what d lost, u = s·2⁻⁶⁴·(1+m)")
	u := exp64OfParts(b, s, m)
	positive := b.GE(v, b.Const(0))
	a, c, d := mishBottom64(b, positive, u)
	lost := b.FMA(u, a, b.Sub(c, d))
	square := b.FMA(d, d, b.Mul(b.Add(d, d), lost))

	b.Step("((1+2u)·d + g + g·u)/d² or u·((2+u)·d + g + g·u)/d²")
	first := b.Select(positive, b.Add(b.Const(1), b.Add(u, u)), b.Add(b.Const(2), u))
	g := b.Mul(b.Const(4), v)
	g = b.Select(positive, b.Mul(b.Mul(g, u), u), g)
	q := b.Div(b.FMA(g, u, b.FMA(first, d, b.FMA(first, lost, g))), square)
	small := b.Mul(b.Named("ExpSmall64", fallback.ExpSmall64), q)
	return b.Select(positive, q, b.Mul(b.FMA(small, m, small), s))
}

// mishes describes x·tanh(softplus(x)) and dy times its derivative.
func mishes() []gen.Kernel {
	return []gen.Kernel{
		unary("MishTo", F32, gen.Unroll{gen.AVX2: 2, gen.AVX512: 3, gen.NEON: 2}, mish32),
		unary("MishTo", F64, gen.Unroll{gen.AVX2: 2, gen.AVX512: 3, gen.NEON: 2}, mish64),
		slopes("MishGradTo", F32, gen.Unroll{gen.AVX2: 1, gen.AVX512: 3, gen.NEON: 2}, mishSlope32),
		slopes("MishGradTo", F64, gen.Unroll{gen.AVX2: 1, gen.AVX512: 3, gen.NEON: 2}, mishSlope64),
	}
}
