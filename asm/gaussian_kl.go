package main

import (
	"math"
	"slices"

	"github.com/simmer-go/simmer/asm/internal/gen"
	"github.com/simmer-go/simmer/fallback"
)

// klOfQ32 is what an element needs of σq.
func klOfQ32(b *B, sigmaQ, eps V) (q2, r V) {
	b.Step("r = 1/(2vq)")
	q2 = b.Mul(sigmaQ, sigmaQ)
	return q2, b.Div(b.Const(0.5), b.Add(q2, eps))
}

// klOfMeans32 is what the element has of them.
func klOfMeans32(b *B, muP, muQ, r V) V {
	b.Step("(μp − μq)²·r")
	d := b.Sub(muP, muQ)
	return b.Mul(b.Mul(d, d), r)
}

// klOfVariances32 is the rest of the element for arguments that are float32, with what klOfQ32 gives.
func klOfVariances32(b *B, sigmaP, q2, r, eps V) V {
	b.Step("½ρ = vp·r, u = ½(ρ − 1)")
	p2 := b.Mul(sigmaP, sigmaP)
	rho := b.Mul(b.Add(p2, eps), r)
	u := b.Mul(b.Sub(p2, q2), r)
	u = b.Select(b.LT(rho, b.Named("KLRatio32", fallback.KLRatio32)), b.Const(math.Inf(1)), u)

	b.Step("½ρ = 2ᵏ·m with m in [⅓, ⅔), g = m − ½, or u if k = 0")
	bits := b.IAdd(rho, b.Bits("One64_minus_KLThird", fallback.One64-fallback.KLThird))
	k := b.Or(b.Shr(bits, 52), b.Bits("Mantissa52", fallback.Mantissa52))
	m := b.IAdd(b.And(bits, b.Bits("Mantissa64", fallback.Mantissa64)), b.Bits("KLThird", fallback.KLThird))
	g := b.Sub(m, b.Const(0.5))
	g = b.Select(b.EQ(k, b.Const(0x1p52+1023)), u, g)
	k = b.Sub(k, b.Const(0x1p52+1023))

	b.Step("½h = g²·P(g) + (u − g − k·½log 2)")
	w := b.FNMA(k, b.Named("KLHalfLn2", fallback.KLHalfLn2), b.Sub(u, g))
	return b.FMA(b.Mul(gen.Horner(b, g, "KLPoly32", fallback.KLPoly32[:]), g), g, w)
}

// klUnit64 is KLUnit of √ε, 0 if ε is.
func klUnit64(b *B, eps V) V {
	b.Step("the unit of √ε")
	root := b.IAdd(b.Shr(eps, 1), b.Bits("KLRootBias", fallback.KLRootBias))
	return b.Keep(b.LT(b.Const(0), eps), b.And(root, b.Bits("KLUnit", fallback.KLUnit)))
}

// gaussianKL64 is the element for float64; unit is klUnit64(eps).
func gaussianKL64(b *B, muP, sigmaP, muQ, sigmaQ, eps, unit V) V {
	b.Step("Q and P, each scaled by a power of two of its own")
	scaledEps := func(scale V) V { return b.FMA(b.Mul(eps, scale), scale, b.Named("KLZero64", fallback.KLZero64)) }
	unitQ := b.Max(b.And(sigmaQ, b.Bits("KLUnit", fallback.KLUnit)), unit)
	scaleQ := b.ISub(b.Bits("KLUnitInverse", fallback.KLUnitInverse), unitQ)
	q := b.Mul(sigmaQ, scaleQ)
	epsQ := scaledEps(scaleQ)
	vq := b.FMA(q, q, epsQ)

	unitP := b.Max(b.And(sigmaP, b.Bits("KLUnit", fallback.KLUnit)), unit)
	scaleP := b.ISub(b.Bits("KLSignedUnit", fallback.KLSignedUnit), unitP)
	own := b.Mul(sigmaP, scaleP)
	vp := b.FMA(own, own, scaledEps(scaleP))
	b.Step("2ᵏ nearest to vp/vq, by exponents")
	units := b.Shr(b.ISub(scaleQ, scaleP), 51)
	capped := b.Min(b.Named("KLHuge64", fallback.KLHuge64), vp)
	k := b.IAdd(b.ISub(capped, vq), b.Bits("KLRound64", fallback.KLRound64))
	k = b.And(k, b.Bits("SignExponent64", fallback.SignExponent64))
	n := b.Or(b.IAdd(b.Shr(k, 52), units), b.Bits("Mantissa52", fallback.Mantissa52))
	vk := b.IAdd(vq, k)
	num, den := b.Add(capped, vk), b.Sub(capped, vk)

	b.Step("t = ½(ρ − 1) = (σp−σq)·r·(σp+σq), r = 1/(2vq)")
	r := b.Div(b.Const(0.5), vq)
	rho := b.Mul(vp, r)
	p := b.Mul(sigmaP, scaleQ)
	sum := b.Add(b.FMA(p, p, epsQ), vq)
	d, a := b.Sub(p, q), b.Add(p, q)
	difference := b.Mul(d, a)
	t := b.Mul(b.Mul(d, r), a)
	t = b.Select(b.LT(rho, b.Named("KLTiny64", fallback.KLTiny64)), b.Const(math.Inf(1)), t)

	b.Step("s of the form that serves this t")
	near := b.LE(b.Abs(b.Sub(t, b.Named("KLCentre64", fallback.KLCentre64))), b.Named("KLReach64", fallback.KLReach64))
	s := b.Div(b.Select(near, difference, num), b.Select(near, sum, den))
	n = b.Sub(n, b.Named("KLMagicBias", fallback.KLMagicBias))
	far := b.FNMA(n, b.Named("KLHalfLn2", fallback.KLHalfLn2), b.Sub(t, s))
	h := b.Select(near, b.Mul(s, t), far)
	b.Step("½h, and the means")
	z := b.Mul(s, s)
	h = b.FNMA(b.Mul(s, z), gen.Horner(b, z, "KLPoly64", fallback.KLPoly64[:]), h)
	m := b.Mul(b.Sub(muP, muQ), scaleQ)
	return b.Mul(b.FMA(b.Mul(m, r), m, h), b.FMA(r, b.Named("KLGrow64", fallback.KLGrow64), b.Const(1)))
}

// gaussianKLs describes KL(P‖Q) of Gaussians and its sum, with slices for Q or one prior for all elements.
func gaussianKLs() []gen.Kernel {
	four, two := []string{"muP", "sigmaP", "muQ", "sigmaQ"}, []string{"mu", "sigma"}
	eps, prior := []string{"eps"}, []string{"priorMu", "priorSigma", "eps"}
	return slices.Concat(gaussianKLsOf("GaussianKL", four, eps), gaussianKLsOf("GaussianKLPrior", two, prior))
}

// gaussianKLsOf describes them with Q among the inputs, or in front of eps among the parameters.
func gaussianKLsOf(name string, inputs, params []string) []gen.Kernel {
	to32 := func(b *S, in, params []V) V {
		if len(in) == 2 { // the means last: until then they need no register
			muQ, q2, r, eps := params[0], params[1], params[2], params[3]
			h := klOfVariances32(&b.B, in[1], q2, r, eps)
			return b.Add(h, klOfMeans32(&b.B, in[0], muQ, r))
		}
		q2, r := klOfQ32(&b.B, in[3], params[0])
		mean := klOfMeans32(&b.B, in[0], in[2], r)
		return b.Add(klOfVariances32(&b.B, in[1], q2, r, params[0]), mean)
	}
	sum32 := func(b *S, in, params []V) V {
		// Rounding to float32 makes +Inf of what divided by a variance of 0; here a power of two does.
		kl := b.Mul(to32(b, in, params), b.Named("KLScale32", fallback.KLScale32))
		b.Sum(0, b.Mul(kl, b.Named("1_over_KLScale32", 1/fallback.KLScale32)))
		return nil
	}
	to64 := func(b *S, in, params []V) V {
		a := slices.Concat(in, params)
		return gaussianKL64(&b.B, a[0], a[1], a[2], a[3], a[4], a[5])
	}
	sum64 := func(b *S, in, params []V) V {
		b.Sum(0, to64(b, in, params))
		return nil
	}
	last := len(params) - 1
	zero32 := func(b *B, params []V) []V {
		eps := b.Max(b.Named("KLZero32", fallback.KLZero32), params[last])
		if last == 0 {
			return []V{eps}
		}
		q2, r := klOfQ32(b, params[1], eps) // once for all elements
		return []V{params[0], q2, r, eps}
	}
	unit64 := func(b *B, params []V) []V { return append(params, klUnit64(b, params[last])) }

	kl := func(l Lane, prepare func(*B, []V) []V, body func(*S, []V, []V) V) *gen.Stream {
		return &gen.Stream{
			Name: name, Mem: l, Arith: F64, Inputs: inputs, Params: params, Prepare: prepare, Body: body,
		}
	}
	elements := func(k *gen.Stream) *gen.Stream {
		k.Name, k.Output = name+"To", "dst"
		return k
	}
	sum := func(k *gen.Stream, lanes int) *gen.Stream {
		k.Reduction = gen.WorkSum(k.Mem)
		k.Lanes = lanes
		if len(inputs) < 4 {
			k.Block = fallback.KLPriorBlock
		}
		return k
	}
	return []gen.Kernel{
		elements(kl(F32, zero32, to32)), elements(kl(F64, unit64, to64)),
		sum(kl(F32, zero32, sum32), fallback.WorkLanes32), sum(kl(F64, unit64, sum64), fallback.KLLanes64),
	}
}
