package main

import (
	"math"

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
	bits := b.IAdd(b.Add(b.Const(1), x), b.Bits(fallback.One64-fallback.Log1pSplit64))
	k := b.Sub(b.Or(b.Shr(bits, 52), b.Bits(fallback.Mantissa52)), b.Const(0x1p52+1023))
	t := b.ISub(b.Bits(fallback.Quarter64), b.And(bits, b.Bits(fallback.Exponent64)))
	quarter := b.Const(0.25)
	f := b.FMA(b.Mul(quarter, x), t, b.FMA(quarter, t, b.Const(-1)))

	y := b.FMA(k, b.Const(fallback.Ln2High64), b.Sub(f, logTail64(b, f, k)))
	y = b.Select(b.LT(b.Abs(x), b.Const(fallback.Log1pTiny64)), x, y) // also keeps the sign of 0
	y = b.Select(b.LT(x, b.Const(math.Inf(1))), y, x)                 // NaN too
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
	return b.FMA(b.Mul(u, u), Horner(b, u, fallback.Log1pUnitPoly32[:]), u)
}

func log1pUnit64(b *B, u V) V { return b.Sub(u, log1pUnitTail64(b, u)) }

// log1pUnitTail64 is u − log1p(u).
func log1pUnitTail64(b *B, u V) V {
	s := b.Div(u, b.Add(b.Const(2), u))
	z := b.Mul(s, s)
	h := b.Mul(b.Mul(b.Const(0.5), u), u)
	q := b.FMA(z, Horner(b, z, fallback.Log1pUnitPoly64[:]), h)
	return b.FNMA(s, q, h)
}

// log1ps describes log(1+x).
func log1ps() []*Stream {
	return []*Stream{
		unary("Log1pTo", F32, map[string]int{"AVX2": 1, "AVX512": 2, "NEON": 2}, log1p32),
		unary("Log1pTo", F64, map[string]int{"AVX2": 2, "AVX512": 2, "NEON": 2}, log1p64),
	}
}
