package main

import (
	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// silu32 is x/(1+exp(−x)).
func silu32(b *B, x V) V {
	v := b.Max(b.Named("SiLUFloor32", fallback.SiLUFloor32), x)
	top := b.Named("SigmoidTop32", fallback.SigmoidTop32)
	s, d, e := gateParts32(b, b.Min(top, v))
	b.Step("y = v/d, corrected")
	inverse := b.Div(b.Const(1), d)
	y := b.Mul(v, inverse)
	y = b.FNMA(inverse, b.FMA(e, y, b.FMA(d, y, b.Neg(v))), y)
	y = b.Mul(b.Mul(y, s), b.Named("ExpSmall32", fallback.ExpSmall32))
	return b.Select(b.GT(x, top), x, y)
}

// gateParts32 is 1/(1+exp(−x)) = s·2⁻⁶⁴/(d+e).
func gateParts32(b *B, x V) (s, d, e V) {
	t, m := expRound32(b, x, "Integer32_plus_ExpShift32", fallback.ExpShift32)
	r0, low := b.FNMA(m, b.Named("Ln2High32", fallback.Ln2High32), x), b.Mul(m, b.Named("Ln2Low32", fallback.Ln2Low32))
	r := b.Sub(r0, low)
	z := b.FMA(b.Mul(r, r), gen.Horner(b, r, "ExpMinusPoly32", fallback.ExpMinusPoly32[:]), low)
	w := b.Sub(r0, z)
	b.Step("d + e = s·2⁻⁶⁴ + exp(−r)")
	lost := b.Sub(b.Sub(r0, w), z)
	s = b.Shl(t, 23)
	small, one := b.Named("ExpSmall32", fallback.ExpSmall32), b.Const(1)
	d = b.Sub(b.FMA(s, small, one), w)
	e = b.Sub(b.Sub(b.FMA(s, small, b.Sub(one, d)), w), lost)
	return s, d, e
}

// siluSlope32 is the derivative of SiLU, in float64 lanes.
func siluSlope32(b *B, x V) V {
	c := b.Max(b.Named("SlopeFloor32", fallback.SlopeFloor32), x)
	c = b.Min(b.Named("minus_SlopeFloor32", -fallback.SlopeFloor32), c)
	minus := b.Neg(c)
	return inFloat64(b, func() V { return gateSlopeMixed(b, expMixed(b, b.Widen(minus)), b.Widen(c)) })
}

// gateSlopeMixed is (1 + e + v·e)/(1+e)².
func gateSlopeMixed(b *B, e, v V) V {
	b.Step("(1 + e + v·e)/(1+e)²")
	one := b.Const(1)
	d := b.Add(one, e)
	return b.Div(b.FMA(e, b.Add(one, v), one), b.Mul(d, d))
}

// silu64 is x·σ(x).
func silu64(b *B, x V) V {
	t := b.Min(b.Named("SiLUTop64", fallback.SiLUTop64), b.Abs(x))
	s, m := expNegParts64(b, b.Neg(t))
	return gate64(b, x, t, s, m)
}

// gate64 is max(x, 0) − (t·u − t·u·u/(1+u)) with u = s·2⁻⁶⁴·(1+m), or ½x for tiny x.
func gate64(b *B, x, t, s, m V) V {
	b.Step("max(x, 0) − (t·u − t·u·u/(1+u)), u = s·2⁻⁶⁴·(1+m)")
	u := exp64OfParts(b, s, m)
	tu := b.Mul(b.Named("ExpSmall64", fallback.ExpSmall64), t)
	tu = b.FMA(tu, m, tu)
	h := b.Mul(b.FNMA(tu, b.Div(u, b.Add(b.Const(1), u)), tu), s)
	return halfIfTiny64(b, x, b.Sub(b.Max(b.SignBit(), x), h))
}

// halfIfTiny64 is ½x for tiny x, else y.
func halfIfTiny64(b *B, x, y V) V {
	b.Step("½x for tiny x")
	return b.Select(b.LT(b.Abs(x), b.Named("GateTiny64", fallback.GateTiny64)), b.Mul(b.Const(0.5), x), y)
}

// siluSlope64 is the derivative of SiLU.
func siluSlope64(b *B, x V) V {
	t := b.Min(b.Named("SiLUTop64", fallback.SiLUTop64), b.Abs(x))
	s, m := expNegParts64(b, b.Neg(t))
	u := exp64OfParts(b, s, m)
	return gateSlope64(b, x, b.Sub(b.Add(b.Const(1), u), t), u, s, m)
}

// exp64OfParts is s·2⁻⁶⁴·(1+m).
func exp64OfParts(b *B, s, m V) V {
	small := b.Named("ExpSmall64", fallback.ExpSmall64)
	return b.Mul(s, b.FMA(small, m, small))
}

// gateSlope64 is G = u·top/(1+u)² with u = s·2⁻⁶⁴·(1+m), or, for x ≥ 0, 1 − G.
func gateSlope64(b *B, x, top, u, s, m V) V {
	b.Step("G = u·top/(1+u)², u = s·2⁻⁶⁴·(1+m)")
	top = b.Mul(b.Named("ExpSmall64", fallback.ExpSmall64), top)
	d := b.FMA(u, b.Add(b.Const(2), u), b.Const(1))
	return mirror(b, x, b.Mul(b.Div(b.FMA(top, m, top), d), s))
}

// mirror is g or, for x ≥ 0, 1 − g.
func mirror(b *B, x, g V) V {
	b.Step("G or 1 − G")
	return b.Select(b.GE(x, b.Const(0)), b.Sub(b.Const(1), g), g)
}

// silus describes x·σ(x) and dy times its derivative.
func silus() []gen.Kernel {
	return []gen.Kernel{
		unary("SiLUTo", F32, gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2}, silu32),
		unary("SiLUTo", F64, gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2}, silu64),
		slopes("SiLUGradTo", F32, gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2}, siluSlope32),
		slopes("SiLUGradTo", F64, gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2}, siluSlope64),
	}
}
