package main

import (
	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// geluTanh32 is x/(1+exp(−y)), y = x·(A + B·x²).
func geluTanh32(b *B, x V) V {
	x = b.Max(b.Named("GELUTanhFloor32", fallback.GELUTanhFloor32), x)
	c := b.Min(b.Named("minus_GELUTanhFloor32", -fallback.GELUTanhFloor32), x)
	return mixed(b, func() V {
		v := b.Widen(c)
		return overOnePlus(b, geluTanhExpMixed(b, v, b.Mul(v, v)), x)
	})
}

// overOnePlus is x/(1+u), x of float32.
func overOnePlus(b *B, u, x V) V {
	b.Step("x/(1+u)")
	return b.Div(b.Widen(x), b.Add(b.Const(1), u))
}

// geluTanhExpMixed is exp(−y) at v with the square z.
func geluTanhExpMixed(b *B, v, z V) V {
	b.Step("exp(−y), y = v·(A + B·v²)")
	y := b.Mul(v, b.FMA(b.Named("GELUTanhB", fallback.GELUTanhB), z, b.Named("GELUTanhA", fallback.GELUTanhA)))
	return expMixed(b, b.Neg(y))
}

// geluTanhSlope32 is its derivative, in float64 lanes.
func geluTanhSlope32(b *B, x V) V {
	c := b.Max(b.Named("minus_GELUTanhSlopeTop32", -fallback.GELUTanhSlopeTop32), x)
	c = b.Min(b.Named("GELUTanhSlopeTop32", fallback.GELUTanhSlopeTop32), c)
	return inFloat64(b, func() V {
		v := b.Widen(c)
		z := b.Mul(v, v)
		e := geluTanhExpMixed(b, v, z)
		return gateSlopeMixed(b, e, b.Mul(v, geluTanhSteep(b, z)))
	})
}

// geluTanhSteep is A + 3B·z.
func geluTanhSteep(b *B, z V) V {
	b.Step("A + 3B·v²")
	return b.FMA(b.Named("GELUTanh3B", fallback.GELUTanh3B), z, b.Named("GELUTanhA", fallback.GELUTanhA))
}

// geluTanh64 is x·σ(y).
func geluTanh64(b *B, x V) V {
	t := b.Min(b.Named("GELUTanhTop64", fallback.GELUTanhTop64), b.Abs(x))
	s, m := geluTanhExp64(b, t)
	return gate64(b, x, t, s, m)
}

// geluTanhExp64 is exp(−y) = s·2⁻⁶⁴·(1+m).
func geluTanhExp64(b *B, t V) (s, m V) {
	b.Step("B·t², in two parts")
	bHigh, bLow := b.Named("GELUTanhB", fallback.GELUTanhB), b.Named("GELUTanhBLow", fallback.GELUTanhBLow)
	aHigh, aLow := b.Named("GELUTanhA", fallback.GELUTanhA), b.Named("GELUTanhALow", fallback.GELUTanhALow)
	z := b.Mul(t, t)
	zLow := b.FMA(t, t, b.Neg(z))
	p := b.Mul(bHigh, z)
	pLow := b.FMA(bHigh, zLow, b.Add(b.FMA(bHigh, z, b.Neg(p)), b.FMA(bLow, z, aLow)))
	b.Step("A + B·t² = g + lost (TwoSum), y = t·g in two parts")
	g := b.Add(aHigh, p)
	part := b.Sub(g, aHigh)
	lost := b.Add(b.Sub(aHigh, b.Sub(g, part)), b.Sub(p, part))
	y := b.Mul(t, g)
	yLow := b.FMA(t, b.Add(lost, pLow), b.FMA(t, g, b.Neg(y)))
	return expNegPartsHL64(b, b.Neg(y), b.Neg(yLow))
}

// geluTanhSlope64 is its derivative.
func geluTanhSlope64(b *B, x V) V {
	t := b.Min(b.Named("GELUTanhTop64", fallback.GELUTanhTop64), b.Abs(x))
	s, m := geluTanhExp64(b, t)
	u := exp64OfParts(b, s, m)
	top := b.FNMA(t, geluTanhSteep(b, b.Mul(t, t)), b.Add(b.Const(1), u))
	return gateSlope64(b, x, top, u, s, m)
}

// geluTanhs describes x·σ(y) and dy times its derivative.
func geluTanhs() []gen.Kernel {
	return []gen.Kernel{
		unary("GELUTanhTo", F32, gen.Unroll{gen.AVX2: 2, gen.AVX512: 3, gen.NEON: 2}, geluTanh32),
		unary("GELUTanhTo", F64, gen.Unroll{gen.AVX2: 2, gen.AVX512: 3, gen.NEON: 2}, geluTanh64),
		slopes("GELUTanhGradTo", F32, gen.Unroll{gen.AVX2: 1, gen.AVX512: 3, gen.NEON: 2}, geluTanhSlope32),
		slopes("GELUTanhGradTo", F64, gen.Unroll{gen.AVX2: 2, gen.AVX512: 3, gen.NEON: 2}, geluTanhSlope64),
	}
}
