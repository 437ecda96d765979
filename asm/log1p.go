package main

import (
	"math"

	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// log1p32 is log(1+x).
func log1p32(b *B, x V) V {
	u := b.Add(x, b.Const(1))
	y := mixed(b, func() V { return log1pMixed(b, b.Widen(x)) })
	return signOf(b, logLimits32(b, x, u, y), x)
}

// log1pMixed is log(1+x).
func log1pMixed(b *B, x V) V {
	k, scale := splitLogMixed(b, b.Add(b.Const(1), x))
	return logMixedOf(b, k, b.FMA(x, scale, b.Sub(scale, b.Const(1))))
}

// log1p64 is log(1+x).
func log1p64(b *B, x V) V {
	b.Step("1 + x = 2ᵏ·(1+f)")
	bits := b.IAdd(b.Add(b.Const(1), x), b.Bits("One64_minus_Log1pSplit64", fallback.One64-fallback.Log1pSplit64))
	k := b.Sub(b.Or(b.Shr(bits, 52), b.Bits("Mantissa52", fallback.Mantissa52)), b.Const(0x1p52+1023))
	t := b.ISub(b.Bits("Quarter64", fallback.Quarter64), b.And(bits, b.Bits("Exponent64", fallback.Exponent64)))
	quarter := b.Const(0.25)
	f := b.FMA(b.Mul(quarter, x), t, b.FMA(quarter, t, b.Const(-1)))

	b.Step("k·log 2 + log(1+f), and the limits")
	y := b.FMA(k, b.Named("Ln2High64", fallback.Ln2High64), b.Sub(f, logTail64(b, f, k)))
	y = b.Select(b.LT(b.Abs(x), b.Named("Log1pTiny64", fallback.Log1pTiny64)), x, y) // also keeps the sign of 0
	y = b.Select(b.LT(x, b.Const(math.Inf(1))), y, x)                                // NaN too
	y = b.Select(b.EQ(x, b.Const(-1)), b.Const(math.Inf(-1)), y)
	return b.Select(b.LT(x, b.Const(-1)), b.Const(math.NaN()), y)
}

// log1pUnit is log1p(u) for 0 ≤ u ≤ 1.
func log1pUnit(b *B, u V) V {
	if b.Lane == F32 {
		return log1pUnit32(b, u)
	}
	return log1pUnit64(b, u)
}

func log1pUnit32(b *B, u V) V {
	b.Step("log1p(u)")
	return b.FMA(b.Mul(u, u), gen.Horner(b, u, "Log1pUnitPoly32", fallback.Log1pUnitPoly32[:]), u)
}

func log1pUnit64(b *B, u V) V { return b.Sub(u, log1pUnitTail64(b, u)) }

// log1pUnitTail64 is u − log1p(u).
func log1pUnitTail64(b *B, u V) V {
	b.Step("u − log1p(u), s = u/(2+u)")
	s := b.Div(u, b.Add(b.Const(2), u))
	z := b.Mul(s, s)
	h := b.Mul(b.Mul(b.Const(0.5), u), u)
	q := b.FMA(z, gen.Horner(b, z, "Log1pUnitPoly64", fallback.Log1pUnitPoly64[:]), h)
	return b.FNMA(s, q, h)
}

// log1ps describes log(1+x).
func log1ps() []gen.Kernel {
	return []gen.Kernel{
		unary("Log1pTo", F32, gen.Unroll{gen.AVX2: 1, gen.AVX512: 2, gen.NEON: 2}, log1p32),
		unary("Log1pTo", F64, gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2}, log1p64),
	}
}
