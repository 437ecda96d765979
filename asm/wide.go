package main

import "github.com/simmer-go/simmer/fallback"

// What float32 kernels do in float64 lanes, to the precision of float32; see fallback/wide.go.

// wideExpParts is exp(x) = s + s·q in float64 lanes, to the precision of float32.
func wideExpParts(b *B, x V) (s, q V) {
	shift := b.Const(fallback.WideShift)
	t := b.FMA(x, b.Const(fallback.Log2E64), shift)
	r := b.FNMA(b.Sub(t, shift), b.Const(fallback.Ln2), x)
	return b.Shl(t, 52), b.Mul(r, Horner(b, r, fallback.WideExp))
}

// wideExp is exp(x), wideExpm1 exp(x) − 1.
func wideExp(b *B, x V) V {
	s, q := wideExpParts(b, x)
	return b.FMA(s, q, s)
}

func wideExpm1(b *B, x V) V {
	s, q := wideExpParts(b, x)
	return b.FMA(s, q, b.Sub(s, b.Const(1)))
}

// splitLog is the k of u = 2ᵏ·(1+f), and 2⁻ᵏ, in float64 lanes.
func splitLog(b *B, u V) (k, scale V) {
	up := b.IAdd(u, b.Bits(fallback.LogOffset))
	k = b.Sub(b.Or(b.Shr(up, 52), b.Bits(fallback.Mantissa52)), b.Const(0x1p52+1024))
	return k, b.ISub(b.Bits(fallback.LogScale), b.And(up, b.Bits(fallback.ExponentBits)))
}

// log1pOf is log(1+f) + k·log 2.
func log1pOf(b *B, k, f V) V {
	return b.FMA(f, Horner(b, f, fallback.WideLog), b.Mul(k, b.Const(fallback.Ln2)))
}

// wideLog is log(x) in float64 lanes to the precision of float32, log1pWide log(1+x).
func wideLog(b *B, x V) V {
	k, scale := splitLog(b, x)
	return log1pOf(b, k, b.FMA(x, scale, b.Const(-1)))
}

func log1pWide(b *B, x V) V {
	k, scale := splitLog(b, b.Add(b.Const(1), x))
	return log1pOf(b, k, b.FMA(x, scale, b.Sub(scale, b.Const(1))))
}
