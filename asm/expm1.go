package main

import (
	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// expm1_32 is exp(x) − 1.
func expm1_32(b *B, x V) V {
	c := clampExp32(b, x)
	return signOf(b, mixed(b, func() V { return expm1Mixed(b, b.Widen(c)) }), x)
}

// expm1Mixed is exp(x) − 1.
func expm1Mixed(b *B, x V) V {
	s, q := expMixedParts(b, x)
	return b.FMA(s, q, b.Sub(s, b.Const(1)))
}

// expm1_64 is exp(x) − 1.
func expm1_64(b *B, x V) V {
	b.Step("exp(x) − 1, or x itself if tiny")
	c := b.Max(b.Named("Expm1Floor64", fallback.Expm1Floor64), x)
	half := expm1Half64(b, b.Min(b.Named("ExpTop64", fallback.ExpTop64), c))
	return b.Select(b.LT(b.Abs(x), b.Named("Expm1Tiny64", fallback.Expm1Tiny64)), x, b.Add(half, half))
}

// expm1Half64 is ½(exp(c) − 1).
func expm1Half64(b *B, c V) V {
	s, high, low := expm1Parts64(b, c)
	return b.FMA(s, low, b.FMA(s, high, b.Sub(s, b.Const(0.5))))
}

// expm1HalfHL64 is ½(exp(c) − 1) in two parts.
func expm1HalfHL64(b *B, c V) (half, rest V) {
	s, high, low := expm1Parts64(b, c)
	return sumParts(b, s, high, low)
}

// sumParts is (s − ½) + s·high + s·low in two parts.
func sumParts(b *B, s, high, low V) (half, rest V) {
	b.Step("the sum of its parts, in two parts")
	a := b.Sub(s, b.Const(0.5))
	sum := b.FMA(s, high, a)
	low = b.FMA(s, low, b.FMA(s, high, b.Sub(a, sum)))
	half = b.Add(sum, low)
	return half, b.Add(b.Sub(sum, half), low)
}

// expm1Parts64 is ½(exp(c) − 1) = (s − ½) + s·high + s·low.
func expm1Parts64(b *B, c V) (s, high, low V) {
	b.Step("½(exp(c) − 1) = (2ⁿ − 1 + 2ⁿ·r)/2 + …, r = c − n·log 2")
	t, n := expRound64(b, c, "Integer64_plus_Expm1Shift64", fallback.Expm1Shift64)
	s = b.Shl(t, 52)
	high = b.FNMA(n, b.Named("Ln2High64", fallback.Ln2High64), c)
	r := b.FNMA(n, b.Named("Ln2Low64", fallback.Ln2Low64), high)
	tail := b.Mul(b.Mul(r, r), gen.Horner(b, r, "ExpPoly64_from_2", fallback.ExpPoly64[2:]))
	return s, high, b.FNMA(n, b.Named("Ln2Low64", fallback.Ln2Low64), tail)
}

// expm1HalfHL32 is ½(exp(c) − 1) in two parts.
func expm1HalfHL32(b *B, c V) (half, rest V) {
	b.Step("½(exp(c) − 1) = (2ⁿ − 1 + 2ⁿ·r)/2 + …, r = c − n·log 2")
	shift := b.Named("Integer32_plus_Expm1Shift32", fallback.Integer32+fallback.Expm1Shift32)
	t := b.FMA(c, b.Named("Log2E32", fallback.Log2E32), shift)
	n := b.Sub(t, shift)
	s := b.Shl(t, 23)
	high := b.FNMA(n, b.Named("Ln2High32", fallback.Ln2High32), c)
	r := b.FNMA(n, b.Named("Ln2Low32", fallback.Ln2Low32), high)
	tail := b.Mul(b.Mul(r, r), gen.Horner(b, r, "ExpPoly32_from_2", fallback.ExpPoly32[2:]))
	return sumParts(b, s, high, b.FNMA(n, b.Named("Ln2Low32", fallback.Ln2Low32), tail))
}

// expm1s describes exp(x) − 1.
func expm1s() []gen.Kernel {
	return []gen.Kernel{
		unary("Expm1To", F32, gen.Unroll{gen.AVX2: 2, gen.AVX512: 3, gen.NEON: 2}, expm1_32),
		unary("Expm1To", F64, gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2}, expm1_64),
	}
}
