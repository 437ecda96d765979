package main

import (
	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// exp32 is exp(x).
func exp32(b *B, x V) V {
	x = clampExp32(b, x)
	t, n := expRound32(b, x, "Integer32_plus_ExpHalves32", fallback.ExpHalves32)
	r0, low := b.FNMA(n, b.Named("Ln2High32", fallback.Ln2High32), x), b.Mul(n, b.Named("Ln2Low32", fallback.Ln2Low32))
	r := b.Sub(r0, low)
	q := gen.Horner(b, r, "ExpPoly32_from_2", fallback.ExpPoly32[2:])
	p := b.Add(b.Const(1), b.Sub(r0, b.FNMA(b.Mul(r, r), q, low)))
	b.Step("2ⁿ·exp(r), 2ⁿ in two factors")
	half := b.Shl(b.Shr(t, 1), 23)
	return b.Mul(b.Mul(p, half), b.ISub(b.Shl(t, 23), half))
}

// clampExp32 is x, or beyond what gives 0 or +Inf what does so too.
func clampExp32(b *B, x V) V {
	b.Step("x from ExpFloor32 to ExpTop32")
	return b.Min(b.Named("ExpTop32", fallback.ExpTop32), b.Max(b.Named("ExpFloor32", fallback.ExpFloor32), x))
}

// expMixed is exp(x).
func expMixed(b *B, x V) V {
	s, q := expMixedParts(b, x)
	return b.FMA(s, q, s)
}

// expMixedParts is exp(x) = s + s·q, s a power of two.
func expMixedParts(b *B, x V) (s, q V) {
	b.Step("n = round(x/log 2), s = 2ⁿ, r = x − n·log 2, q = exp(r) − 1")
	t, n := expRound64(b, x, "Integer64_plus_ExpMixedShift", fallback.ExpMixedShift)
	r := b.FNMA(n, b.Named("Ln2", fallback.Ln2), x)
	return b.Shl(t, 52), b.Mul(r, gen.Horner(b, r, "ExpMixedPoly", fallback.ExpMixedPoly[:]))
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
	b.Step("exp(x) for x ≤ 0")
	x = b.Max(b.Named("ExpFloor32", fallback.ExpFloor32), x)
	t, n := expRound32(b, x, "Integer32_plus_ExpShift32", fallback.ExpShift32)
	r := b.FNMA(n, b.Named("Ln2Low32", fallback.Ln2Low32), b.FNMA(n, b.Named("Ln2High32", fallback.Ln2High32), x))
	return expOf32(b, r, t)
}

func expNegHL32(b *B, x, e V) V {
	b.Step("exp(x+e)")
	t, n := expRound32(b, x, "Integer32_plus_ExpShift32", fallback.ExpShift32)
	low := b.FNMA(n, b.Named("Ln2Low32", fallback.Ln2Low32), e) // first: it takes the register of e
	return expOf32(b, b.Add(b.FNMA(n, b.Named("Ln2High32", fallback.Ln2High32), x), low), t)
}

// expRound32 is the integer nearest to x/log 2 as n, and with shift added in the low bits of t.
func expRound32(b *B, x V, name string, shift float64) (t, n V) {
	b.Step("n = round(x/log 2)")
	s := b.Named(name, fallback.Integer32+shift)
	t = b.FMA(x, b.Named("Log2E32", fallback.Log2E32), s)
	return t, b.Sub(t, s)
}

// expOf32 is 2ⁿ·exp(r), where the low bits of t are n + ExpShift32.
func expOf32(b *B, r, t V) V {
	b.Step("2ⁿ·exp(r)")
	return b.Mul(gen.Horner(b, r, "ExpNegPoly32", fallback.ExpNegPoly32[:]), b.Shl(t, 23))
}

func expNeg64(b *B, x V) V {
	b.Step("exp(x) for x ≤ 0")
	x = b.Max(b.Named("ExpFloor64", fallback.ExpFloor64), x)
	t, n := expRound64(b, x, "Integer64_plus_ExpShift64", fallback.ExpShift64)
	r := b.FNMA(n, b.Named("Ln2Low64", fallback.Ln2Low64), b.FNMA(n, b.Named("Ln2High64", fallback.Ln2High64), x))
	return expOf64(b, r, t)
}

func expNegHL64(b *B, x, e V) V {
	b.Step("exp(x+e)")
	t, n := expRound64(b, x, "Integer64_plus_ExpShift64", fallback.ExpShift64)
	high := b.FNMA(n, b.Named("Ln2High64", fallback.Ln2High64), x)
	r := b.Add(high, b.FNMA(n, b.Named("Ln2Low64", fallback.Ln2Low64), e))
	return expOf64(b, r, t)
}

// expNegParts64 is exp(x) = s·2⁻⁶⁴·(1+m) for x ≤ 0.
func expNegParts64(b *B, x V) (s, m V) {
	b.Step("exp(x) = s·2⁻⁶⁴·(1+m)")
	t, n := expRound64(b, x, "Integer64_plus_ExpShift64", fallback.ExpShift64)
	r := b.FNMA(n, b.Named("Ln2Low64", fallback.Ln2Low64), b.FNMA(n, b.Named("Ln2High64", fallback.Ln2High64), x))
	return b.Shl(t, 52), expm1Of64(b, r)
}

// expNegPartsHL64 is expNegParts64 of x+e.
func expNegPartsHL64(b *B, x, e V) (s, m V) {
	b.Step("exp(x+e) = s·2⁻⁶⁴·(1+m)")
	t, n := expRound64(b, x, "Integer64_plus_ExpShift64", fallback.ExpShift64)
	high := b.FNMA(n, b.Named("Ln2High64", fallback.Ln2High64), x)
	r := b.Add(high, b.FNMA(n, b.Named("Ln2Low64", fallback.Ln2Low64), e))
	return b.Shl(t, 52), expm1Of64(b, r)
}

// expm1Of64 is exp(r) − 1 for |r| ≤ ½log 2.
func expm1Of64(b *B, r V) V {
	return b.FMA(b.Mul(r, r), gen.Horner(b, r, "ExpPoly64_from_2", fallback.ExpPoly64[2:]), r)
}

// expRound64 is the integer nearest to x/log 2 as n, and with shift added in the low bits of t.
func expRound64(b *B, x V, name string, shift float64) (t, n V) {
	s := b.Named(name, fallback.Integer64+shift)
	t = b.FMA(x, b.Named("Log2E64", fallback.Log2E64), s)
	return t, b.Sub(t, s)
}

// expOf64 is 2ⁿ·exp(r), where the low bits of t are n + ExpShift64.
func expOf64(b *B, r, t V) V {
	b.Step("2ⁿ·exp(r)")
	return b.Mul(gen.Horner(b, r, "ExpNegPoly64", fallback.ExpNegPoly64[:]), b.Shl(t, 52))
}

// exp64 is exp(x).
func exp64(b *B, x V) V { return expHL64(b, x, nil) }

// expHL64 is exp(x+low), where low is nil for nothing.
func expHL64(b *B, x, low V) V {
	b.Step("exp(x), with a factor of 2^64 or 2^-64 taken back at last")
	c := b.Min(b.Named("ExpTop64", fallback.ExpTop64), b.Max(b.Named("ExpFloor64", fallback.ExpFloor64), x))
	t, n := expRound64(b, c, "Integer64_plus_ExpCarry64", fallback.ExpCarry64)
	high := b.FNMA(n, b.Named("Ln2High64", fallback.Ln2High64), c)
	if low != nil {
		high = b.Add(high, low)
	}
	r := b.FNMA(n, b.Named("Ln2Low64", fallback.Ln2Low64), high)
	carry := b.Shr(b.And(c, b.Bits("Sign64", fallback.Sign64)), 4)
	s := b.IAdd(b.Shl(t, 52), carry)
	back := b.ISub(b.Bits("ExpBack64", fallback.ExpBack64), carry)
	return b.Mul(b.Mul(gen.Horner(b, r, "ExpPoly64", fallback.ExpPoly64[:]), s), back)
}

// exps describes exp(x).
func exps() []gen.Kernel {
	return []gen.Kernel{
		unary("ExpTo", F32, gen.Unroll{gen.AVX2: 3, gen.AVX512: 4, gen.NEON: 4}, exp32),
		unary("ExpTo", F64, gen.Unroll{gen.AVX2: 4, gen.AVX512: 2, gen.NEON: 2}, exp64),
	}
}
