package main

import (
	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// sigmoid32 is 1/(1+exp(−x)).
func sigmoid32(b *B, x V) V {
	x = b.Max(b.Named("ExpFloor32", fallback.ExpFloor32), x)
	s, d, e := logisticParts32(b, b.Min(b.Named("SigmoidTop32", fallback.SigmoidTop32), x))
	b.Step("y = 1/d, corrected")
	one := b.Const(1)
	y := b.Div(one, d)
	y = b.FMA(y, b.FNMA(e, y, b.FNMA(d, y, one)), y)
	return b.Mul(y, s)
}

// logisticParts32 is 1/(1+exp(−x)) = s/(d+e).
func logisticParts32(b *B, x V) (s, d, e V) {
	t, m := expRound32(b, x, "Integer32_plus_ExpShift32", fallback.ExpShift32)
	r := b.FNMA(m, b.Named("Ln2Low32", fallback.Ln2Low32), b.FNMA(m, b.Named("Ln2High32", fallback.Ln2High32), x))
	w := b.FNMA(b.Mul(r, r), gen.Horner(b, r, "ExpMinusPoly32", fallback.ExpMinusPoly32[:]), r)
	b.Step("d + e = s + exp(−r)")
	s = b.Mul(b.Shl(t, 23), b.Named("ExpSmall32", fallback.ExpSmall32))
	one := b.Const(1)
	d = b.Sub(b.Add(s, one), w)
	e = b.Sub(b.Add(s, b.Sub(one, d)), w)
	return s, d, e
}

// sigmoid64 is 1/(1+exp(−x)).
func sigmoid64(b *B, x V) V {
	b.Step("u = exp(−|x|), s = u/(1+u); 1 − s or u − u·s")
	u := expNeg64(b, minusAbs(b, x))
	s := b.Div(u, b.Add(b.Const(1), u))
	a := b.Select(b.GE(x, b.Const(0)), b.Const(1), u)
	return b.FNMA(a, s, a)
}

// sigmoids describes the logistic function 1/(1+exp(−x)).
func sigmoids() []gen.Kernel {
	return []gen.Kernel{
		unary("SigmoidTo", F32, gen.Unroll{gen.AVX2: 3, gen.AVX512: 4, gen.NEON: 2}, sigmoid32),
		unary("SigmoidTo", F64, gen.Unroll{gen.AVX2: 3, gen.AVX512: 2, gen.NEON: 2}, sigmoid64),
	}
}
