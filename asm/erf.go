package main

import (
	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// erf32 is erf(x).
func erf32(b *B, x V) V {
	b.Step("x times a polynomial in x²")
	c := b.Max(b.Named("minus_ErfTop32", -fallback.ErfTop32), x)
	c = b.Min(b.Named("ErfTop32", fallback.ErfTop32), c)
	return mixed(b, func() V {
		c := b.Widen(c)
		return b.Mul(c, gen.Horner(b, b.Mul(c, c), "ErfMixedPoly", fallback.ErfMixedPoly[:]))
	})
}

// erfSlope32 is the derivative of erf, in float64 lanes.
func erfSlope32(b *B, x V) V {
	c := b.Max(b.Named("ErfFloor32", fallback.ErfFloor32), minusAbs(b, x))
	return inFloat64(b, func() V {
		c := b.Widen(c)
		return b.Mul(b.Named("TwoOverSqrtPi", fallback.TwoOverSqrtPi), expMixed(b, b.Neg(b.Mul(c, c))))
	})
}

// normalTailMixed is t·T(t).
func normalTailMixed(b *B, t V) V {
	b.Step("t·T(t) = w·f, w = t/(1+kt)")
	w := b.Div(t, b.FMA(b.Named("NormalTailScale", fallback.NormalTailScale), t, b.Const(1)))
	v := b.FMA(b.Named("NormalTailScale_twice", 2*fallback.NormalTailScale), w, b.Const(-1))
	return b.Mul(w, gen.Horner(b, v, "NormalTailMixedPoly", fallback.NormalTailMixedPoly[:]))
}

// erf64 is erf(x).
func erf64(b *B, x V) V {
	a := b.Min(b.Named("ErfTop64", fallback.ErfTop64), b.Abs(x))
	z := b.Mul(a, a)
	near := b.FMA(a, gen.Horner(b, z, "ErfPoly64", fallback.ErfPoly64[:]), a)

	b.Step("1 − 2Φ(−√2·|x|)")
	scale := b.Named("NormalTailScaleErf64", fallback.NormalTailScaleErf64)
	r, f, _ := normalTail64(b, b.Mul(scale, b.Div(a, b.FMA(scale, a, b.Const(1)))))
	tail := b.Mul(r, f)
	z = b.Neg(z)
	far := b.FNMA(b.Add(tail, tail), expNegHL64(b, z, b.Neg(b.FMA(a, a, z))), b.Const(1))
	return signOf(b, b.Select(b.LT(a, b.Named("ErfSplit64", fallback.ErfSplit64)), near, far), x)
}

// normalTail64 is r and f, by s = 1−r = kt/(1+kt), and what the last rounding took from f.
func normalTail64(b *B, s V) (r, f, lost V) {
	b.Step("f = c + r·(½−c + s·P(s−r)), r = 1−s")
	r = b.Sub(b.Const(1), s)
	v := b.Sub(s, r)
	z := b.Mul(v, v)
	odd := gen.Horner(b, z, "NormalTailOdd64", fallback.NormalTailOdd64[:])
	p := b.FMA(v, odd, gen.Horner(b, z, "NormalTailEven64", fallback.NormalTailEven64[:]))
	rise := b.FMA(s, p, b.Named("NormalTailRise64", fallback.NormalTailRise64))
	limit := b.Named("NormalTailLimit64", fallback.NormalTailLimit64)
	f = b.FMA(r, rise, limit)
	return r, f, b.FMA(r, rise, b.Sub(limit, f))
}

// erfSlope64 is the derivative of erf.
func erfSlope64(b *B, x V) V {
	a := b.Min(b.Named("ErfFlat64", fallback.ErfFlat64), b.Abs(x))
	z := b.Neg(b.Mul(a, a))
	s, m := expNegPartsHL64(b, z, b.Neg(b.FMA(a, a, z)))
	small := b.Named("TwoOverSqrtPiSmall64", fallback.TwoOverSqrtPiSmall64)
	return b.Mul(b.FMA(small, m, small), s)
}

// erfs describes erf(x) and dy times its derivative.
func erfs() []gen.Kernel {
	return []gen.Kernel{
		unary("ErfTo", F32, gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2}, erf32),
		unary("ErfTo", F64, gen.Unroll{gen.AVX2: 1, gen.AVX512: 3, gen.NEON: 2}, erf64),
		slopes("ErfGradTo", F32, gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2}, erfSlope32),
		slopes("ErfGradTo", F64, gen.Unroll{gen.AVX2: 4, gen.AVX512: 4, gen.NEON: 2}, erfSlope64),
	}
}
