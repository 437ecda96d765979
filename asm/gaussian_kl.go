package main

import "github.com/simmer-go/simmer/fallback"

// gaussianKL32 is fallback.gaussianKL32: one element for float32 slices in float64 lanes.
func gaussianKL32(b *B, muP, sigmaP, muQ, sigmaQ, eps V) V {
	d := b.Sub(muP, muQ)
	d2 := b.Mul(d, d)
	eps = b.Max(b.Const(fallback.KLZero32), eps)
	q2 := b.Mul(sigmaQ, sigmaQ)
	r := b.Div(b.Const(0.5), b.Add(q2, eps))
	mean := b.Mul(d2, r)
	p2 := b.Mul(sigmaP, sigmaP)
	rho := b.Mul(b.Add(p2, eps), r)
	u := b.Mul(b.Sub(p2, q2), r)
	u = b.Select(b.LT(rho, b.Const(fallback.KLRatio32)), b.Bits(plusInf64), u)

	bits := b.IAdd(rho, b.Bits(fallback.KLOneUp-fallback.KLThird))
	k := b.Or(b.Shr(bits, 52), b.Bits(fallback.KLMagic))
	g := b.Sub(b.IAdd(b.And(bits, b.Bits(fallback.KLMantissa)), b.Bits(fallback.KLThird)), b.Const(0.5))
	g = b.Select(b.EQ(k, b.Const(0x1p52+1023)), u, g)
	k = b.Sub(k, b.Const(0x1p52+1023))

	w := b.FNMA(k, b.Const(fallback.KLHalfLn2), b.Sub(u, g))
	h := b.FMA(b.Mul(Horner(b, g, fallback.KLPoly32[:]), g), g, w)
	return b.Add(h, mean)
}

const plusInf64 = 0x7ff0000000000000

// gaussianKLs describes KL(P‖Q) of Gaussians and its sum.
func gaussianKLs() []*Stream {
	inputs, params := []string{"muP", "sigmaP", "muQ", "sigmaQ"}, []string{"eps"}
	to := func(b *S, in, params []V) V {
		return gaussianKL32(&b.B, in[0], in[1], in[2], in[3], params[0])
	}
	sum := func(b *S, in, params []V) V {
		// Rounding to float32 makes +Inf of what divided by a variance of 0; here a power of two does.
		kl := b.Mul(to(b, in, params), b.Const(fallback.KLScale32))
		b.Sum(0, b.Mul(kl, b.Const(1/fallback.KLScale32)))
		return nil
	}
	return []*Stream{
		{Name: "GaussianKLTo", Mem: F32, Arith: F64, Inputs: inputs, Output: "dst", Params: params, Body: to},
		(&Stream{Name: "GaussianKL", Mem: F32, Arith: F64, Inputs: inputs, Params: params, Body: sum}).workSum(),
	}
}
