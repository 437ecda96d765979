package main

import "github.com/simmer-go/simmer/fallback"

// expNeg64 is fallback.expNeg64: exp(x) for x ≤ 0.
func expNeg64(b *B, x V) V {
	x = b.Max(b.Const(fallback.ExpFloor64), x)
	t, n := expRound64(b, x, fallback.ExpShift64)
	r := b.FNMA(n, b.Const(fallback.Ln2Low64), b.FNMA(n, b.Const(fallback.Ln2High64), x))
	return b.Mul(Horner(b, r, fallback.ExpNegPoly64[:]), b.Shl(t, 52))
}

// expRound64 is the integer nearest to x/log 2 as n, and with shift added in the low bits of t.
func expRound64(b *B, x V, shift float64) (t, n V) {
	s := b.Const(fallback.Integer64 + shift)
	t = b.FMA(x, b.Const(fallback.Log2E64), s)
	return t, b.Sub(t, s)
}

// exp64 is fallback.exp64: exp(x).
func exp64(b *B, x V) V { return expHL64(b, x, b.Const(0)) }

// expHL64 is fallback.expHL64: exp(x+low).
func expHL64(b *B, x, low V) V {
	c := b.Min(b.Const(fallback.ExpTop64), b.Max(b.Const(fallback.ExpFloor64), x))
	t, n := expRound64(b, c, fallback.ExpCarry64)
	high := b.FNMA(n, b.Const(fallback.Ln2High64), c)
	if low.op != opConst {
		high = b.Add(high, low) // 0 would change nothing
	}
	r := b.FNMA(n, b.Const(fallback.Ln2Low64), high)
	carry := b.Shr(b.And(c, b.signBit()), 4)
	s := b.IAdd(b.Shl(t, 52), carry)
	back := b.ISub(b.Bits(fallback.ExpBack64), carry)
	return b.Mul(b.Mul(Horner(b, r, fallback.ExpPoly64[:]), s), back)
}

// expNegHL64 is fallback.expNegHL64: exp(x+e) for x ≤ 0.
func expNegHL64(b *B, x, e V) V {
	shift := b.Const(fallback.Integer64 + fallback.ExpShift64)
	t := b.FMA(x, b.Const(fallback.Log2E64), shift)
	n := b.Sub(t, shift)
	r := b.Add(b.FNMA(n, b.Const(fallback.Ln2High64), x), b.FNMA(n, b.Const(fallback.Ln2Low64), e))
	return b.Mul(Horner(b, r, fallback.ExpNegPoly64[:]), b.Shl(t, 52))
}
