package main

import "github.com/simmer-go/simmer/fallback"

// expNeg32 is fallback.expNeg32: exp(x) for x ≤ 0.
func expNeg32(b *B, x V) V {
	x = b.Max(b.Const(fallback.ExpFloor32), x)
	t, n := expRound32(b, x)
	r := b.FNMA(n, b.Const(fallback.Ln2Low32), b.FNMA(n, b.Const(fallback.Ln2High32), x))
	return expOf32(b, r, t)
}

// expNegHL32 is fallback.expNegHL32: exp(x+e) for x ≤ 0.
func expNegHL32(b *B, x, e V) V {
	t, n := expRound32(b, x)
	low := b.FNMA(n, b.Const(fallback.Ln2Low32), e) // first: it takes the register of e
	return expOf32(b, b.Add(b.FNMA(n, b.Const(fallback.Ln2High32), x), low), t)
}

// expRound32 is the integer nearest to x/log 2, in the low bits of t and as n.
func expRound32(b *B, x V) (t, n V) {
	shift := b.Const(fallback.Integer32 + fallback.ExpShift32)
	t = b.FMA(x, b.Const(fallback.Log2E32), shift)
	return t, b.Sub(t, shift)
}

// expOf32 is fallback.expOf32: 2ⁿ·exp(r).
func expOf32(b *B, r, t V) V {
	return b.Mul(Horner(b, r, fallback.ExpNegPoly32[:]), b.Shl(t, 23))
}
