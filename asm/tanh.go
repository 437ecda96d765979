package main

import (
	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// tanh32 is tanh(x).
func tanh32(b *B, x V) V {
	b.Step("E = exp(2x) − 1, E/(E+2)")
	c := b.Max(b.Named("minus_TanhTop32", -fallback.TanhTop32), x)
	c = b.Min(b.Named("TanhTop32", fallback.TanhTop32), c)
	c = b.Add(c, c)
	y := mixed(b, func() V {
		e := expm1Mixed(b, b.Widen(c))
		return b.Div(e, b.Add(e, b.Const(2)))
	})
	return signOf(b, y, x)
}

// tanhSlope32 is the derivative of tanh, in float64 lanes.
func tanhSlope32(b *B, x V) V {
	b.Step("e/(½+½e)², e = exp(−2|x|)")
	c := b.Max(b.Named("TanhFloor32", fallback.TanhFloor32), minusAbs(b, x))
	c = b.Add(c, c)
	return wide(b, func() V { return tanhSlope(b, expMixed(b, b.Widen(c))) })
}

// tanhSlope is e/(½+½e)².
func tanhSlope(b *B, e V) V {
	s := b.FMA(b.Const(0.5), e, b.Const(0.5))
	return b.Div(e, b.Mul(s, s))
}

// tanh64 is tanh(x).
func tanh64(b *B, x V) V {
	a := b.Min(b.Named("TanhTop64", fallback.TanhTop64), b.Abs(x))
	half, rest := expm1HalfHL64(b, b.Add(a, a))
	b.Step("D = 1+H, H/D, and its correction")
	one := b.Const(1)
	d := b.Add(one, half)
	lost := b.Add(b.Add(b.Sub(one, d), half), rest)
	inverse := b.Div(one, d)
	q := b.Mul(half, inverse)
	left := b.FNMA(q, lost, b.Add(b.FNMA(q, d, half), rest))
	y := b.FMA(inverse, left, q)
	// The magnitude, once more, so that no register holds it in the meantime.
	a = b.Min(b.Named("TanhTop64", fallback.TanhTop64), b.Abs(x))
	return signOf(b, b.Select(b.LT(a, b.Named("TanhTiny64", fallback.TanhTiny64)), a, y), x)
}

// tanhSlope64 is the derivative of tanh.
func tanhSlope64(b *B, x V) V {
	c := minusAbs(b, x)
	return tanhSlope(b, expNeg64(b, b.Add(c, c)))
}

// tanhs describes tanh(x) and dy times its derivative.
func tanhs() []gen.Kernel {
	return []gen.Kernel{
		unary("TanhTo", F32, gen.Unroll{gen.AVX2: 1, gen.AVX512: 2, gen.NEON: 2}, tanh32),
		unary("TanhTo", F64, gen.Unroll{gen.AVX2: 2, gen.AVX512: 2, gen.NEON: 2}, tanh64),
		slopes("TanhGradTo", F32, gen.Unroll{gen.AVX2: 1, gen.AVX512: 2, gen.NEON: 2}, tanhSlope32),
		slopes("TanhGradTo", F64, gen.Unroll{gen.AVX2: 2, gen.AVX512: 2, gen.NEON: 2}, tanhSlope64),
	}
}
