package main

import (
	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// tanh32 is tanh(x).
func tanh32(b *B, x V) V {
	a := b.Min(b.Named("TanhTop32", fallback.TanhTop32), b.Abs(x))
	half, rest := expm1HalfHL32(b, b.Add(a, a))
	return tanhSigned(b, x, tanhOf(b, half, rest), b.Named("TanhTiny32", fallback.TanhTiny32))
}

// tanh64 is tanh(x).
func tanh64(b *B, x V) V {
	a := b.Min(b.Named("TanhTop64", fallback.TanhTop64), b.Abs(x))
	half, rest := expm1HalfHL64(b, b.Add(a, a))
	return tanhSigned(b, x, tanhOf(b, half, rest), b.Named("TanhTiny64", fallback.TanhTiny64))
}

// tanhOf is H/(1+H).
func tanhOf(b *B, half, rest V) V {
	b.Step("D = 1+H, H/D, and its correction")
	one := b.Const(1)
	d := b.Add(one, half)
	lost := b.Add(b.Add(b.Sub(b.Max(half, one), d), b.Min(half, one)), rest)
	inverse := b.Div(one, d)
	q := b.Mul(half, inverse)
	left := b.FNMA(q, lost, b.Add(b.FNMA(q, d, half), rest))
	return b.FMA(inverse, left, q)
}

// tanhSigned is y with the sign of x, or x if tiny.
func tanhSigned(b *B, x, y, tiny V) V {
	b.Step("the sign; x if tiny")
	return b.Select(b.LT(b.Abs(x), tiny), x, signOf(b, y, x))
}

// tanhSlope32 is the derivative of tanh, in float64 lanes.
func tanhSlope32(b *B, x V) V {
	b.Step("e/(¼ + ½e + ¼e²), e = exp(−2|x|)")
	c := b.Max(b.Named("TanhFloor32", fallback.TanhFloor32), minusAbs(b, x))
	c = b.Add(c, c)
	return inFloat64(b, func() V { return tanhSlopeOf(b, expMixed(b, b.Widen(c))) })
}

// tanhSlopeOf is e/(¼ + ½e + ¼e²).
func tanhSlopeOf(b *B, e V) V {
	quarter := b.Const(0.25)
	return b.Div(e, b.FMA(e, b.FMA(quarter, e, b.Const(0.5)), quarter))
}

// tanhSlope64 is the derivative of tanh.
func tanhSlope64(b *B, x V) V {
	c := minusAbs(b, x)
	return tanhSlopeOf(b, expNeg64(b, b.Add(c, c)))
}

// tanhs describes tanh(x) and dy times its derivative.
func tanhs() []gen.Kernel {
	return []gen.Kernel{
		unary("TanhTo", F32, gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2}, tanh32),
		unary("TanhTo", F64, gen.Unroll{gen.AVX2: 2, gen.AVX512: 3, gen.NEON: 2}, tanh64),
		slopes("TanhGradTo", F32, gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2}, tanhSlope32),
		slopes("TanhGradTo", F64, gen.Unroll{gen.AVX2: 4, gen.AVX512: 4, gen.NEON: 2}, tanhSlope64),
	}
}
