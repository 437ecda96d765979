package main

import (
	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// logistic is what the focal loss takes of a logit x: 1/(1+u) and u/(1+u), u = exp(−|x|).
type logistic struct{ big, small V }

// logisticOf computes in float64 lanes, as precisely as the data deserve.
func logisticOf(b *S, x V, mixed bool) logistic {
	b.Step("u = exp(−|x|), 1/(1+u), u/(1+u)")
	a := minusAbs(&b.B, x)
	var u V
	if mixed {
		floor := b.Named("FocalFloor", fallback.FocalFloor)
		u = b.Drop(b.LE(a, floor), expMixed(&b.B, b.Max(floor, a)))
	} else {
		u = expNeg64(&b.B, a)
	}
	one := b.Const(1)
	big := b.Div(one, b.Add(one, u))
	return logistic{big, b.Mul(u, big)}
}

// wrongOf is t·σ(−x) + (1−t)·σ(x).
func wrongOf(b *S, l logistic, x, t V) V {
	b.Step("t·σ(−x) + (1−t)·σ(x)")
	right := b.LE(b.Const(0), x)
	plus, minus := b.Select(right, l.big, l.small), b.Select(right, l.small, l.big)
	return b.FMA(t, minus, b.Mul(b.Sub(b.Const(1), t), plus))
}

// binaryPow is w^(p+low) of 0 < w ≤ 1 for float32 data.
func binaryPow(b *S, w, p, low V) V {
	b.Step("exp((p+low)·log w)")
	e := b.Mul(b.Add(p, low), logMixed(&b.B, w))
	return expMixed(&b.B, b.Min(b.Const(0), b.Max(b.Named("FocalFloor", fallback.FocalFloor), e)))
}

// binaryFocalGrad is scale·f·(bce' + gamma·bce·w'/w).
func binaryFocalGrad(b *S, x, t, f, bce, gamma, scale V, mixed bool) V {
	l := logisticOf(b, x, mixed)
	one, zero := b.Const(1), b.Const(0)
	right := b.LE(zero, x)
	b.Step("bce' = (1−t)·σ(x) − t·σ(−x), w = (1−t)·σ(x) + t·σ(−x), w' = (1−2t)·σ(x)·σ(−x)")
	plus, minus := b.Select(right, l.big, l.small), b.Select(right, l.small, l.big)
	up := b.Mul(b.Sub(one, t), plus)
	outer, w := b.FNMA(t, minus, up), b.FMA(t, minus, up)
	ratio := b.Div(b.Mul(b.FNMA(b.Const(2), t, one), b.Mul(l.big, l.small)), w)

	b.Step("scale·f·(bce' + gamma·bce·w'/w), the quotient 0 where w or w' is")
	inner := b.Drop(b.Either(b.EQ(w, zero), b.EQ(ratio, zero)), b.Mul(b.Mul(gamma, bce), ratio))
	return b.Mul(scale, b.Mul(f, b.Add(outer, inner)))
}

// binaryFocals describes the factor of the binary focal loss of logits, for whole powers and, of float32, for any; with
// alpha; and the gradient.
func binaryFocals() []gen.Kernel {
	kernel := func(l Lane, name string, inputs, params []string, body func(*S, []V, []V) V) *gen.Stream {
		return &gen.Stream{
			Name: name, Mem: l, Arith: F64, Inputs: inputs, Output: "dst", Params: params, Body: body,
		}
	}
	var ks []gen.Kernel
	for _, l := range []Lane{F32, F64} {
		mixed := l == F32
		wrong := func(b *S, in []V) V { return wrongOf(b, logisticOf(b, in[0], mixed), in[0], in[1]) }
		ks = append(ks,
			kernel(l, "BinaryFocalFactorTo", []string{"x", "t"}, []string{"gamma"}, func(b *S, in, params []V) V {
				return focalFactor(&b.B, wrong(b, in), params[0])
			}),
			kernel(l, "BinaryFocalGradTo", []string{"x", "t", "f", "bce"}, []string{"gamma", "scale"},
				func(b *S, in, params []V) V {
					return binaryFocalGrad(b, in[0], in[1], in[2], in[3], params[0], params[1], mixed)
				}),
			kernel(l, "BinaryFocalBalanceTo", []string{"f", "t", "alpha"}, nil, func(b *S, in, _ []V) V {
				b.Step("f·(t·alpha + (1−t)·(1−alpha))")
				f, t, alpha, one := in[0], in[1], in[2], b.Const(1)
				return b.Mul(f, b.FMA(t, alpha, b.Mul(b.Sub(one, t), b.Sub(one, alpha))))
			}))
		if mixed {
			ks = append(ks, kernel(l, "BinaryFocalPowTo", []string{"x", "t"}, []string{"p", "low"},
				func(b *S, in, params []V) V { return binaryPow(b, wrong(b, in), params[0], params[1]) }))
		}
	}
	return ks
}
