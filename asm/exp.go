package main

import "github.com/simmer-go/simmer/fallback"

// exp32 is exp(x).
func exp32(b *B, x V) V {
	x = clampExp32(b, x)
	return mixed(b, func() V { return expMixed(b, b.Widen(x)) })
}

// clampExp32 keeps x where expMixed works.
func clampExp32(b *B, x V) V {
	return b.Min(b.Const(fallback.ExpMixedMax), b.Max(b.Const(fallback.ExpMixedMin), x))
}

// expMixed is exp(x).
func expMixed(b *B, x V) V {
	s, q := expMixedParts(b, x)
	return b.FMA(s, q, s)
}

// expMixedParts is exp(x) = s + s·q, s a power of two.
func expMixedParts(b *B, x V) (s, q V) {
	t, n := expRound64(b, x, fallback.ExpMixedShift)
	r := b.FNMA(n, b.Const(fallback.Ln2), x)
	return b.Shl(t, 52), b.Mul(r, Horner(b, r, fallback.ExpMixedPoly[:]))
}

// expNeg is exp(x) for x ≤ 0.
func expNeg(b *B, x V) V {
	if b.Lane == F32 {
		return expNeg32(b, x)
	}
	return expNeg64(b, x)
}

// expNegHL is exp(x+e) for x ≤ 0.
func expNegHL(b *B, x, e V) V {
	if b.Lane == F32 {
		return expNegHL32(b, x, e)
	}
	return expNegHL64(b, x, e)
}

func expNeg32(b *B, x V) V {
	x = b.Max(b.Const(fallback.ExpFloor32), x)
	t, n := expRound32(b, x)
	r := b.FNMA(n, b.Const(fallback.Ln2Low32), b.FNMA(n, b.Const(fallback.Ln2High32), x))
	return expOf32(b, r, t)
}

func expNegHL32(b *B, x, e V) V {
	t, n := expRound32(b, x)
	low := b.FNMA(n, b.Const(fallback.Ln2Low32), e) // first: it takes the register of e
	return expOf32(b, b.Add(b.FNMA(n, b.Const(fallback.Ln2High32), x), low), t)
}

// expRound32 is the integer nearest to x/log 2 as n, and with ExpShift32 added in the low bits of t.
func expRound32(b *B, x V) (t, n V) {
	shift := b.Const(fallback.Integer32 + fallback.ExpShift32)
	t = b.FMA(x, b.Const(fallback.Log2E32), shift)
	return t, b.Sub(t, shift)
}

// expOf32 is 2ⁿ·exp(r), where the low bits of t are n + ExpShift32.
func expOf32(b *B, r, t V) V {
	return b.Mul(Horner(b, r, fallback.ExpNegPoly32[:]), b.Shl(t, 23))
}

func expNeg64(b *B, x V) V {
	x = b.Max(b.Const(fallback.ExpFloor64), x)
	t, n := expRound64(b, x, fallback.ExpShift64)
	r := b.FNMA(n, b.Const(fallback.Ln2Low64), b.FNMA(n, b.Const(fallback.Ln2High64), x))
	return expOf64(b, r, t)
}

func expNegHL64(b *B, x, e V) V {
	t, n := expRound64(b, x, fallback.ExpShift64)
	r := b.Add(b.FNMA(n, b.Const(fallback.Ln2High64), x), b.FNMA(n, b.Const(fallback.Ln2Low64), e))
	return expOf64(b, r, t)
}

// expRound64 is the integer nearest to x/log 2 as n, and with shift added in the low bits of t.
func expRound64(b *B, x V, shift float64) (t, n V) {
	s := b.Const(fallback.Integer64 + shift)
	t = b.FMA(x, b.Const(fallback.Log2E64), s)
	return t, b.Sub(t, s)
}

// expOf64 is 2ⁿ·exp(r), where the low bits of t are n + ExpShift64.
func expOf64(b *B, r, t V) V {
	return b.Mul(Horner(b, r, fallback.ExpNegPoly64[:]), b.Shl(t, 52))
}

// exp64 is exp(x).
func exp64(b *B, x V) V { return expHL64(b, x, nil) }

// expHL64 is exp(x+low), where low is nil for nothing.
func expHL64(b *B, x, low V) V {
	c := b.Min(b.Const(fallback.ExpTop64), b.Max(b.Const(fallback.ExpFloor64), x))
	t, n := expRound64(b, c, fallback.ExpCarry64)
	high := b.FNMA(n, b.Const(fallback.Ln2High64), c)
	if low != nil {
		high = b.Add(high, low)
	}
	r := b.FNMA(n, b.Const(fallback.Ln2Low64), high)
	carry := b.Shr(b.And(c, b.Bits(fallback.Sign64)), 4)
	s := b.IAdd(b.Shl(t, 52), carry)
	back := b.ISub(b.Bits(fallback.ExpBack64), carry)
	return b.Mul(b.Mul(Horner(b, r, fallback.ExpPoly64[:]), s), back)
}

// exps describes exp(x).
func exps() []*Stream {
	return []*Stream{
		unary("ExpTo", F32, map[string]int{"AVX2": 1, "AVX512": 2, "NEON": 2}, exp32),
		unary("ExpTo", F64, map[string]int{"AVX2": 4, "AVX512": 2, "NEON": 2}, exp64),
	}
}
