package main

import (
	"math"

	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// bce32 is the element for arguments that are float32; −0 is no positive number to logMixed.
func bce32(b *B, p, t V) V {
	log := logMixed(b, b.Add(p, b.Const(0)))
	return bceOf(b, p, t, log, log1pMixed(b, b.Neg(p)))
}

// bce64 is the element for float64.
func bce64(b *B, p, t V) V {
	log := log64(b, p)
	return bceOf(b, p, t, log, log1p64(b, b.Neg(p)))
}

// bceOf joins the two logarithms.
func bceOf(b *B, p, t, log, log1m V) V {
	b.Step("−(t·max(log p, −100) + (1−t)·max(log(1−p), −100)); NaN outside [0, 1]")
	clamp, one := b.Named("BCEClamp", fallback.BCEClamp), b.Const(1)
	log, log1m = b.Max(clamp, log), b.Max(clamp, log1m)
	y := b.FNMA(b.Sub(one, t), log1m, b.Neg(b.Mul(t, log)))
	inside := b.Both(b.LE(b.Const(0), p), b.LE(p, one))
	return b.Select(inside, y, b.Const(math.NaN()))
}

// bceGrad is scale·(p−t) / max(p(1−p), BCELeast).
func bceGrad(b *B, p, t, scale V) V {
	b.Step("scale·(p−t) / max(p(1−p), BCELeast)")
	variance := b.Mul(p, b.Sub(b.Const(1), p))
	return b.Div(b.Mul(scale, b.Sub(p, t)), b.Max(b.Named("BCELeast", fallback.BCELeast), variance))
}

// bces describes binary cross-entropy of probabilities and its gradient. Two logarithms take so many registers that
// AVX2 has none left for a sum: package kernels adds up elements.
func bces() []gen.Kernel {
	kernel := func(l Lane, name, output string, params []string, body func(*S, []V, []V) V) *gen.Stream {
		return &gen.Stream{
			Name: name, Mem: l, Arith: F64, Inputs: []string{"p", "t"}, Output: output, Params: params, Body: body,
		}
	}
	unrolled := func(k *gen.Stream, unroll gen.Unroll) *gen.Stream {
		k.Unroll = unroll
		return k
	}
	grad := func(b *S, in, params []V) V { return bceGrad(&b.B, in[0], in[1], params[0]) }
	return []gen.Kernel{
		kernel(F32, "BCETo", "dst", nil, func(b *S, in, _ []V) V { return bce32(&b.B, in[0], in[1]) }),
		unrolled(kernel(F64, "BCETo", "dst", nil, func(b *S, in, _ []V) V { return bce64(&b.B, in[0], in[1]) }),
			gen.Unroll{gen.AVX512: 3}),
		kernel(F32, "BCEGrad", "grad", []string{"scale"}, grad),
		kernel(F64, "BCEGrad", "grad", []string{"scale"}, grad),
	}
}
