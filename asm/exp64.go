package main

import "github.com/simmer-go/simmer/fallback"

// expNeg64 is fallback.expNeg64: exp(x) for x ≤ 0.
func expNeg64(b *B, x V) V {
	x = b.Max(b.Const(fallback.ExpFloor64), x)
	shift := b.Const(fallback.Integer64 + fallback.ExpShift64)
	t := b.FMA(x, b.Const(fallback.Log2E64), shift)
	n := b.Sub(t, shift)
	r := b.FNMA(n, b.Const(fallback.Ln2Low64), b.FNMA(n, b.Const(fallback.Ln2High64), x))
	return b.Mul(Horner(b, r, fallback.ExpNegPoly64[:]), b.Shl(t, 52))
}
