package main

import (
	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// gelu32 is max(x, 0) − exp(−t²/2)·t·T(t), t = |x|.
func gelu32(b *B, x V) V {
	t := b.Min(b.Named("GELUTop32", fallback.GELUTop32), b.Abs(x))
	positive := b.Max(b.SignBit(), x)
	return mixed(b, func() V {
		t := b.Widen(t)
		tail := normalTailMixed(b, t)
		h := b.Mul(tail, expHalfSquareMixed(b, t))
		return b.Sub(b.Widen(positive), h)
	})
}

// expHalfSquareMixed is exp(−t²/2).
func expHalfSquareMixed(b *B, t V) V {
	b.Step("exp(−t²/2): n = round(−t²/(2·log 2)), v = t² + n·2·log 2")
	z := b.Mul(t, t)
	shift := b.Named("Integer64_plus_ExpMixedShift", fallback.Integer64+fallback.ExpMixedShift)
	u := b.FNMA(z, b.Named("HalfLog2E64", fallback.HalfLog2E64), shift)
	v := b.FMA(b.Sub(u, shift), b.Named("Ln2_twice", 2*fallback.Ln2), z)
	s := b.Shl(u, 52)
	q := b.Mul(v, gen.Horner(b, v, "ExpHalfMixedPoly", fallback.ExpHalfMixedPoly[:]))
	return b.FMA(s, q, s)
}

// geluSlope32 is the derivative of GELU, in float64 lanes.
func geluSlope32(b *B, x V) V {
	t := b.Min(b.Named("GELUSlopeTop32", fallback.GELUSlopeTop32), b.Abs(x))
	return inFloat64(b, func() V {
		t := b.Widen(t)
		b.Step("T(t) − t/√(2π), T(t) = r·f, r = 1/(1+kt)")
		one := b.Const(1)
		r := b.Div(one, b.FMA(b.Named("NormalTailScale", fallback.NormalTailScale), t, one))
		v := b.FNMA(b.Const(2), r, one)
		tail := b.Mul(r, gen.Horner(b, v, "NormalTailMixedPoly", fallback.NormalTailMixedPoly[:]))
		g := b.FNMA(b.Named("InverseSqrt2Pi", fallback.InverseSqrt2Pi), t, tail)
		return mirror(b, b.Widen(x), b.Mul(expHalfSquareMixed(b, t), g))
	})
}

// gelu64 is x·Φ(x).
func gelu64(b *B, x V) V {
	t := b.Min(b.Named("GELUTop64", fallback.GELUTop64), b.Abs(x))
	scale := b.Named("NormalTailScale", fallback.NormalTailScale)
	w := b.Div(t, b.FMA(scale, t, b.Const(1)))
	_, f, lost := normalTail64(b, b.Mul(scale, w))
	h := b.Mul(w, f)
	lost = b.FMA(w, lost, b.FMA(w, f, b.Neg(h)))
	s, m := expHalfSquare64(b, t)
	b.Step("max(x, 0) − t·T(t)·exp(−t²/2)")
	h = b.Add(h, b.FMA(h, m, lost))
	h = b.Mul(b.Mul(b.Named("ExpSmall64", fallback.ExpSmall64), h), s)
	return halfIfTiny64(b, x, b.Sub(b.Max(b.SignBit(), x), h))
}

// expHalfSquare64 is exp(−t²/2) = s·2⁻⁶⁴·(1+m).
func expHalfSquare64(b *B, t V) (s, m V) {
	b.Step("t²/2, in two parts")
	z, half := b.Mul(t, t), b.Const(-0.5)
	return expNegPartsHL64(b, b.Mul(half, z), b.Mul(half, b.FMA(t, t, b.Neg(z))))
}

// geluSlope64 is the derivative of GELU.
func geluSlope64(b *B, x V) V {
	t := b.Min(b.Named("GELUTop64", fallback.GELUTop64), b.Abs(x))
	scale := b.Named("NormalTailScale", fallback.NormalTailScale)
	r, f, _ := normalTail64(b, b.Mul(scale, b.Div(t, b.FMA(scale, t, b.Const(1)))))
	g := b.FNMA(b.Named("InverseSqrt2Pi", fallback.InverseSqrt2Pi), t, b.Mul(r, f))
	s, m := expHalfSquare64(b, t)
	return mirror(b, x, b.Mul(b.Mul(b.Named("ExpSmall64", fallback.ExpSmall64), b.FMA(g, m, g)), s))
}

// gelus describes x·Φ(x) and dy times its derivative.
func gelus() []gen.Kernel {
	return []gen.Kernel{
		unary("GELUTo", F32, gen.Unroll{gen.AVX2: 1, gen.AVX512: 2, gen.NEON: 2}, gelu32),
		unary("GELUTo", F64, gen.Unroll{gen.AVX2: 1, gen.AVX512: 3, gen.NEON: 2}, gelu64),
		slopes("GELUGradTo", F32, gen.Unroll{gen.AVX2: 1, gen.AVX512: 2, gen.NEON: 2}, geluSlope32),
		slopes("GELUGradTo", F64, gen.Unroll{gen.AVX2: 1, gen.AVX512: 3, gen.NEON: 2}, geluSlope64),
	}
}
