package main

import (
	"math"

	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// log32 is log(x).
func log32(b *B, x V) V {
	y := mixed(b, func() V { return logMixed(b, b.Widen(x)) })
	return logLimits32(b, x, x, y)
}

// logLimits32 is y, or where the argument u of the logarithm is no positive number: −Inf at 0, NaN below, +Inf at
// +Inf.
// It is in float32, where a register holds twice as much.
func logLimits32(b *B, x, u, y V) V {
	b.Step("−Inf at 0, NaN below, +Inf at +Inf")
	zero := b.Const(0)
	low := b.Select(b.EQ(u, zero), b.Const(math.Inf(-1)), b.Const(math.NaN()))
	return b.Select(b.LT(u, b.Const(math.Inf(1))), b.Select(b.LT(zero, u), y, low), x)
}

// logMixed is log(x).
func logMixed(b *B, x V) V {
	k, scale := splitLogMixed(b, x)
	return logMixedOf(b, k, b.FMA(x, scale, b.Const(-1)))
}

// splitLogMixed is the k of u = 2ᵏ·(1+f), and 2⁻ᵏ.
func splitLogMixed(b *B, u V) (k, scale V) {
	b.Step("u = 2ᵏ·(1+f)")
	up := b.IAdd(u, b.Bits("LogMixedOffset", fallback.LogMixedOffset))
	k = b.Sub(b.Or(b.Shr(up, 52), b.Bits("Mantissa52", fallback.Mantissa52)), b.Const(0x1p52+1024))
	up = b.And(up, b.Bits("SignExponent64", fallback.SignExponent64))
	return k, b.ISub(b.Bits("LogMixedScale", fallback.LogMixedScale), up)
}

// logMixedOf is k·log 2 + log(1+f).
func logMixedOf(b *B, k, f V) V {
	b.Step("k·log 2 + log(1+f)")
	return b.FMA(f, gen.Horner(b, f, "LogMixedPoly", fallback.LogMixedPoly[:]), b.Mul(k, b.Named("Ln2", fallback.Ln2)))
}

// log64 is log(x).
func log64(b *B, x V) V {
	high, low := logHL64(b, x)
	return logLimits64(b, x, b.Add(high, low))
}

// logLimits64 is y, or log(x) where x is no positive number.
func logLimits64(b *B, x, y V) V {
	b.Step("−Inf at 0, NaN below, +Inf at +Inf")
	y = b.Select(b.LT(x, b.Const(math.Inf(1))), y, x)
	y = b.Select(b.EQ(x, b.Const(0)), b.Const(math.Inf(-1)), y)
	return b.Select(b.LT(x, b.Const(0)), b.Const(math.NaN()), y)
}

// logHL64 is log(x) in two parts.
func logHL64(b *B, x V) (high, low V) {
	b.Step("x = 2ᵏ·(1+f), subnormal x times 2^54 first")
	subnormal := b.LT(x, b.Named("LogNormal64", fallback.LogNormal64))
	x = b.Select(subnormal, b.Mul(b.Const(0x1p54), x), x)
	bits := b.IAdd(x, b.Bits("One64_minus_LogSplit64", fallback.One64-fallback.LogSplit64))
	k := b.Sub(b.Or(b.Shr(bits, 52), b.Bits("Mantissa52", fallback.Mantissa52)), b.Const(0x1p52+1023))
	k = b.Sub(k, b.Keep(subnormal, b.Named("LogUp", fallback.LogUp)))
	m := b.IAdd(b.And(bits, b.Bits("Mantissa64", fallback.Mantissa64)), b.Bits("LogSplit64", fallback.LogSplit64))
	f := b.Sub(m, b.Const(1))

	b.Step("log(1+f) + k·log 2 in two parts")
	tail := logTail64(b, f, k) // first, since it needs most registers
	ln2 := b.Named("Ln2High64", fallback.Ln2High64)
	high = b.FMA(k, ln2, f)
	lost := b.Sub(f, b.FNMA(k, ln2, high))
	return high, b.Sub(lost, tail)
}

// logTail64 is f − k·(low part of log 2) − log(1+f).
func logTail64(b *B, f, k V) V {
	b.Step("f − k·(low part of log 2) − log(1+f)")
	s := b.Div(f, b.Add(b.Const(2), f))
	z := b.Mul(s, s)
	p := gen.Horner(b, z, "LogPoly64", fallback.LogPoly64[:])
	h := b.Mul(b.Mul(b.Const(0.5), f), f)
	q := b.FMA(z, p, h)
	return b.FNMA(k, b.Named("Ln2Low64", fallback.Ln2Low64), b.FNMA(s, q, h))
}

// logs describes log(x).
func logs() []gen.Kernel {
	return []gen.Kernel{
		unary("LogTo", F32, gen.Unroll{gen.AVX2: 1, gen.AVX512: 3, gen.NEON: 2}, log32),
		unary("LogTo", F64, gen.Unroll{gen.AVX2: 2, gen.AVX512: 4, gen.NEON: 2}, log64),
	}
}
