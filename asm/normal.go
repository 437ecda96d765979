package main

import (
	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// normals32 is two normals from the words of u and of the angle.
func normals32(b *B, u, angle V) (V, V) {
	b.Step("√(−2·log u)")
	bit31, bit32 := b.Named("two_to_minus_31", 0x1p-31), b.Named("two_to_minus_32", 0x1p-32)
	u = b.FMA(b.FromInt(b.Shr(u, 1)), bit31, bit32)
	r := b.Sqrt(minusTwoLog32(b, u))
	b.Step("the angle")
	a := b.FMA(b.FromInt(b.Shl(angle, 2)), bit32, bit31)
	square := b.Mul(a, a)
	sin := b.Mul(a, gen.Horner(b, square, "NormalSin32", fallback.NormalSin32[:]))
	cos := gen.Horner(b, square, "NormalCos32", fallback.NormalCos32[:])
	return turned(b, r, sin, cos, angle,
		b.Bits("NormalMirror32", fallback.NormalMirror32), b.Bits("NormalTurn32", fallback.NormalTurn32))
}

// turned is r·cos and r·sin of the whole angle, sin and cos being those of a.
func turned(b *B, r, sin, cos, angle, mirror, turn V) (V, V) {
	b.Step("mirrored, turned")
	cos = b.Xor(cos, b.And(angle, mirror))
	not := b.EQ(b.And(angle, turn), b.Const(0))
	return b.Mul(r, b.Select(not, cos, sin)), b.Mul(r, b.Select(not, sin, cos))
}

// minusTwoLog32 is −2·log(u).
func minusTwoLog32(b *B, u V) V {
	b.Step("u = 2ᵏ·(1+f)")
	k := b.And(b.ISub(u, b.Bits("NormalSplit32", fallback.NormalSplit32)), b.Bits("Exponent32", fallback.Exponent32))
	f := b.Sub(b.ISub(u, k), b.Const(1))
	p := b.Mul(f, gen.Horner(b, f, "NormalLogPoly32", fallback.NormalLogPoly32[:]))
	return b.FMA(b.FromInt(k), b.Named("NormalLn2Bit32", fallback.NormalLn2Bit32), p)
}

// normals64 is two normals from the words of u and of the angle.
func normals64(b *B, u, angle V) (V, V) {
	b.Step("√(−2·log u)")
	odd := b.Bits("Odd64", fallback.Odd64)
	u = b.Sub(b.Const(2), b.Or(b.Shr(u, 12), odd))
	r := b.Sqrt(b.Mul(log64Short(b, u), b.Const(-2)))
	b.Step("the angle")
	a := b.Sub(b.Or(b.Shr(b.Shl(angle, 2), 12), odd), b.Const(1.5))
	square := b.Mul(a, a)
	sin := b.Mul(a, gen.Horner(b, square, "NormalSin64", fallback.NormalSin64[:]))
	cos := gen.Horner(b, square, "NormalCos64", fallback.NormalCos64[:])
	return turned(b, r, sin, cos, angle,
		b.Bits("NormalMirror64", fallback.NormalMirror64), b.Bits("NormalTurn64", fallback.NormalTurn64))
}

// log64Short is log(u).
func log64Short(b *B, u V) V {
	b.Step("u = 2ᵏ·(1+f)")
	bits := b.IAdd(u, b.Bits("One64_minus_LogSplit64", fallback.One64-fallback.LogSplit64))
	k := b.Sub(b.Or(b.Shr(bits, 52), b.Bits("Mantissa52", fallback.Mantissa52)), b.Const(0x1p52+1023))
	m := b.IAdd(b.And(bits, b.Bits("Mantissa64", fallback.Mantissa64)), b.Bits("LogSplit64", fallback.LogSplit64))
	f := b.Sub(m, b.Const(1))
	s := b.Div(f, b.Add(b.Const(2), f))
	z := b.Mul(s, s)
	p := b.FMA(z, gen.Horner(b, z, "LogPoly64", fallback.LogPoly64[:]), b.Const(2))
	return b.FMA(k, b.Named("Ln2", fallback.Ln2), b.Mul(s, p))
}

// normalFills describes standard normal numbers.
func normalFills() []gen.Kernel {
	return []gen.Kernel{
		drawn("NormalTo", F32, gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2}, normals32),
		drawn("NormalTo", F64, gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2}, normals64),
	}
}
