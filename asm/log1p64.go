package main

import (
	"math"

	"github.com/simmer-go/simmer/fallback"
)

// log1p64 is fallback.log1p64: log(1+x).
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

// logTail64 is f − k·(low part of log 2) − log(1+f).
func logTail64(b *B, f, k V) V {
	s := b.Div(f, b.Add(b.Const(2), f))
	z := b.Mul(s, s)
	p := Horner(b, z, fallback.LogPoly64[:])
	h := b.Mul(b.Mul(b.Const(0.5), f), f)
	q := b.FMA(z, p, h)
	return b.FNMA(k, b.Const(fallback.Ln2Low64), b.FNMA(s, q, h))
}
