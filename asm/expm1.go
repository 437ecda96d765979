package main

import "github.com/simmer-go/simmer/fallback"

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
	half := expm1Half64(b, b.Min(b.Const(fallback.ExpTop64), b.Max(b.Const(fallback.Expm1Floor64), x)))
	return b.Select(b.LT(b.Abs(x), b.Const(fallback.Expm1Tiny64)), x, b.Add(half, half))
}

// expm1Half64 is ½(exp(c) − 1).
func expm1Half64(b *B, c V) V {
	t, n := expRound64(b, c, fallback.Expm1Shift64)
	s := b.Shl(t, 52)
	high := b.FNMA(n, b.Const(fallback.Ln2High64), c)
	r := b.FNMA(n, b.Const(fallback.Ln2Low64), high)
	low := b.FNMA(n, b.Const(fallback.Ln2Low64), b.Mul(b.Mul(r, r), Horner(b, r, fallback.ExpPoly64[2:])))
	return b.FMA(s, low, b.FMA(s, high, b.Sub(s, b.Const(0.5))))
}

// expm1s describes exp(x) − 1.
func expm1s() []*Stream {
	return []*Stream{
		unary("Expm1To", F32, map[string]int{"AVX2": 1, "AVX512": 2, "NEON": 2}, expm1_32),
		unary("Expm1To", F64, map[string]int{"AVX2": 2, "AVX512": 2, "NEON": 2}, expm1_64),
	}
}
