package fallback

import "math"

// Gaussian KL: KL(P‖Q) of P = N(μp, vp) and Q = N(μq, vq), with vp = σp² + ε and vq = σq² + ε, is
//
//	½(h(ρ) + (μp−μq)²/vq),  h(ρ) = ρ − 1 − log ρ,  ρ = vp/vq.
//
// Near ρ = 1 the terms of h cancel; there it comes from t = ρ − 1 = (σp²−σq²)/vq, which is accurate.
//
// This file is the kernel for float32 slices. Everything is float64, where squares of float32 are exact and neither
// overflow nor underflow, and one division serves all. Halves throughout leave no factor ½ over:
// r = 1/(2vq), u = t/2 = (σp²−σq²)·r, ρ/2 = vp·r = 2ᵏ·m with m in [⅓, ⅔), g = u if k = 0, else m − ½, and
//
//	½h = g²·P(g) + (u − g − k·½log 2),  P(g) = (g − ½log(1+2g))/g².
//
// For k = 0 the bracket is exactly 0, and so is the result if P and Q are identical.

// KLPoly32 holds P, lowest power first; relative error 2^-27.
var KLPoly32 = [...]float64{
	0x1.0000001eeff8dp+0, -0x1.55555622e1524p+0, 0x1.ffff285ba4735p+0, -0x1.999846cde643ap+1, 0x1.559118ec2044dp+2,
	-0x1.24db3b1ce29dep+3, 0x1.f48842d3b9b82p+3, -0x1.bad8900f9e782p+4, 0x1.04c1fa1811275p+6, -0x1.e27b883646c65p+6,
}

const (
	KLHalfLn2 = 0x1.62e42fefa39efp-2 // ½log 2

	// KLThird has the bits of ⅓ as a float64, where m starts.
	KLThird = 0x3fd5555555555555

	// KLZero32 stands for a variance of 0: so far below the least square, 2^-298, that a division by it gives more
	// than 2^600, and its ratio to another variance is below KLRatio32. Ordinary ratios lie in [2^-555, 2^555].
	KLZero32  = 0x1p-960
	KLRatio32 = 0x1p-600
	// KLScale32 sends what a variance of 0 gave beyond the range of float64, and nothing else.
	KLScale32 = 0x1p424
)

// KLBound32 bounds the error of an element in ULP of float32.
const KLBound32 = 0.7

// gaussianKL32 is the element for arguments that are float32. It is +Inf where it should be only after it
// was rounded to float32 or multiplied by KLScale32.
func gaussianKL32(muP, sigmaP, muQ, sigmaQ, eps float64) float64 {
	d := muP - muQ
	eps = pickMax(KLZero32, eps)
	q2 := float64(sigmaQ * sigmaQ)
	r := 0.5 / (q2 + eps)
	mean := float64(float64(d*d) * r)
	p2 := float64(sigmaP * sigmaP)
	rho := float64((p2 + eps) * r)
	u := float64((p2 - q2) * r)
	if rho < KLRatio32 { // σp = 0 without ε, or σq = Inf, where u is NaN
		u = math.Inf(1)
	}

	b := bits64(rho) + (One64 - KLThird)
	k := float64of(b>>52|Mantissa52) - (0x1p52 + 1023)
	g := float64of(b&Mantissa64+KLThird) - 0.5
	if k == 0 {
		g = u
	}
	w := fnma64(k, KLHalfLn2, u-g)
	return fma64(poly64(g, KLPoly32[:])*g, g, w) + mean
}

// poly64 is c[0] + c[1]·x + …, from the highest power down.
func poly64(x float64, c []float64) float64 {
	p := c[len(c)-1]
	for i := len(c) - 2; i >= 0; i-- {
		p = fma64(p, x, c[i])
	}
	return p
}

// GaussianKLToF32 writes KL(P‖Q) element by element.
func GaussianKLToF32(dst, muP, sigmaP, muQ, sigmaQ []float32, eps float32) {
	for i := range dst {
		dst[i] = float32(gaussianKL32(
			float64(muP[i]), float64(sigmaP[i]), float64(muQ[i]), float64(sigmaQ[i]), float64(eps)))
	}
}

// GaussianKLF32 sums KL(P‖Q) over at most a block.
func GaussianKLF32(muP, sigmaP, muQ, sigmaQ []float32, eps float32) float64 {
	var lanes [WorkLanes32]float64
	for i := range muP {
		kl := gaussianKL32(float64(muP[i]), float64(sigmaP[i]), float64(muQ[i]), float64(sigmaQ[i]), float64(eps))
		l := &lanes[i%WorkLanes32]
		*l += float64(float64(kl*KLScale32) * (1 / KLScale32))
	}
	return fold(lanes[:], len(muP))
}
