package fallback

// Gaussian KL: KL(P‖Q) of P = N(μp, vp) and Q = N(μq, vq), with vp = σp² + ε and vq = σq² + ε, is
//
//	½(h(ρ) + (μp−μq)²/vq),  h(ρ) = ρ − 1 − log ρ,  ρ = vp/vq.
//
// Near ρ = 1 the terms of h cancel; there it comes from t = ρ − 1 = (σp²−σq²)/vq, which is accurate.
//
// Float32 slices are mixed: squares of float32 are exact in float64 and neither overflow nor underflow, and one
// division serves all. Halves throughout leave no factor ½ over: r = 1/(2vq), u = t/2 = (σp²−σq²)·r, ρ/2 = vp·r = 2ᵏ·m
// with m in [⅓, ⅔), g = u if k = 0, else m − ½, and
//
//	½h = g²·P(g) + (u − g − k·½log 2),  P(g) = (g − ½log(1+2g))/g².
//
// For k = 0 the bracket is exactly 0, and so is the result if P and Q are identical.
//
// Squares of float64 over- and underflow where the KL is ordinary, so each side is multiplied by a power of two: P and
// Q by that of Q for t = ρ − 1 and the means, P also by its own for log ρ. With r = 1/(2vq), and t = (σp−σq)·r·(σp+σq)
// holding half of ρ − 1:
//
//	near ρ = 1:   s = (vp−vq)/(vp+vq),    ½h = s·(t − z·R(z)),              z = s²,
//	elsewhere:    s = (vp−2ᵏvq)/(vp+2ᵏvq), ½h = t − s − k·½log 2 − s·z·R(z),
//
// since log((1+s)/(1−s)) = 2s + 2s·z·R(z). The first form multiplies and never cancels. It serves ρ from 0.28 to 3.6,
// where the second has come within a factor of 2 of its accuracy.
//
// This is about 75 operations with two divisions; 7.0 ULP was the worst of 6·10⁵ random elements, 8.4 of as many chosen ones. Carrying the low
// parts of vp−vq, vq, r, t, vp+vq and s to first order takes 33 more and left 3.7 of 4·10⁵, but then a sum on AVX2
// wants more than its 16 registers; without that of vq 5.5 were left, without that of vp+vq 6.4. A sum of KL terms,
// which is what users ask for, does not show the difference.

// KLPoly32 holds P, lowest power first: poly/gaussian_kl.sollya, relative error 2^-27.0.
var KLPoly32 = [...]float64{
	0x1.0000001eeff8dp+0, -0x1.55555622e1524p+0, 0x1.ffff285ba4735p+0, -0x1.999846cde643ap+1, 0x1.559118ec2044dp+2,
	-0x1.24db3b1ce29dep+3, 0x1.f48842d3b9b82p+3, -0x1.bad8900f9e782p+4, 0x1.04c1fa1811275p+6, -0x1.e27b883646c65p+6,
}

// KLPoly64 holds R(z) = (atanh(s) − s)/s³, lowest power first: poly/gaussian_kl.sollya. The relative error of atanh is
// 2^-56.5 up to z = 0.3196.
var KLPoly64 = [...]float64{
	0x1.5555555555556p-2, 0x1.99999999992e5p-3, 0x1.24924924f0b0cp-3, 0x1.c71c7185139aep-4, 0x1.745d23617b76ep-4,
	0x1.3b125b577f749p-4, 0x1.11299d3b6f491p-4, 0x1.df79b63d18cf7p-5, 0x1.c45ef12497753p-5, 0x1.010fdd35fe706p-5,
	0x1.dad01ce571bbp-4, -0x1.7d5f6fd7fa838p-3, 0x1.065cfed9169edp-1, -0x1.2a67f8d2806adp-1, 0x1.b8b6fc1b195c3p-2,
}

const (
	KLHalfLn2 = 0x1.62e42fefa39efp-2 // ½log 2, for both types

	// KLThird has the bits of ⅓ as a float64, where m starts.
	KLThird = 0x3fd5555555555555

	// KLZero32 stands for a variance of 0: so far below the least square, 2^-298, that a division by it gives more
	// than 2^600, and its ratio to another variance is below KLRatio32. Ordinary ratios lie in [2^-555, 2^555].
	KLZero32  = 0x1p-960
	KLRatio32 = 0x1p-600
	// KLScale32 sends what a variance of 0 gave beyond the range of float64, and nothing else.
	KLScale32 = 0x1p424
)

const (
	// KLUnit masks the upper bits of an exponent: it leaves 2^16e, within 2^16 of the number. KLUnitInverse minus
	// that is a power of two which brings the number to [2^-6, 2^10): every σ has one, 0 and Inf too.
	KLUnit        = 0x7f00 << 48
	KLUnitInverse = 0x7f80 << 48
	KLRootBias    = 0x1ff8 << 48 // half the exponent of 1, to halve exponents

	// KLZero64 is added to scaled variances, which are 0 or at least 2^-114, so that 0 may divide. What it divided is
	// beyond 2^880; KLGrow64 takes that beyond the range of float64 and leaves the rest alone. A ratio of scaled
	// variances below KLTiny64 means that vp is 0 or vq is Inf. KLHuge64 is for σp = Inf.
	KLZero64 = 0x1p-1000
	KLGrow64 = 0x1p-200
	KLTiny64 = 0x1p-300
	KLHuge64 = 0x1p100

	// KLCentre64 and KLReach64 are the interval of t in which ρ counts as near 1.
	KLCentre64 = 0.4695
	KLReach64  = 0.8305

	KLRound64    = 1<<63 + 1<<51            // to the next power of two, and a sign bit that makes 2ᵏ negative
	KLMagicBias  = 0x1p52 + 0x800 + 2*0x800 // what the shifted exponents are off by
	KLSignedUnit = 1<<63 | KLUnitInverse    // KLUnitInverse with a sign
)

// KLLanes64 are the lanes of the sum: few, so that a register is left for everything else.
const KLLanes64 = 8

// KLPriorBlock is the largest number of elements that one call of GaussianKLPrior adds up.
const KLPriorBlock = 256

// gaussianKLMixed is the element for arguments that are float32. It is +Inf where it should be only after it was
// rounded to float32 or multiplied by KLScale32.
func gaussianKLMixed[A arithmetic](muP, sigmaP, muQ, sigmaQ, eps float64) float64 {
	d := muP - muQ
	eps = pickMax(KLZero32, eps)
	q2 := float64(sigmaQ * sigmaQ)
	r := 0.5 / (q2 + eps)
	mean := float64(float64(d*d) * r)
	p2 := float64(sigmaP * sigmaP)
	rho := float64((p2 + eps) * r)
	u := float64((p2 - q2) * r)
	if rho < KLRatio32 { // σp = 0 without ε, or σq = Inf, where u is NaN
		u = inf64
	}

	b := bits64(rho) + (One64 - KLThird)
	k := float64of(b>>52|Mantissa52) - (0x1p52 + 1023)
	gBits := bits64(float64of(b&Mantissa64+KLThird) - 0.5)
	if b>>52 == 1023 { // k = 0; of integers a choice takes no branch
		gBits = bits64(u)
	}
	g := float64of(gBits)
	w := nmuladd[A](k, KLHalfLn2, u-g)
	return muladd[A](polyMixed[A](g, KLPoly32[:])*g, g, w) + mean
}

// klUnit64 is KLUnit of √ε: a σ below counts as that. It is 0 if ε is.
func klUnit64(eps float64) float64 {
	if eps > 0 {
		return float64of((bits64(eps)>>1 + KLRootBias) & KLUnit)
	}
	return 0
}

// gaussianKL64 is one element; unit is klUnit64(eps).
func gaussianKL64(muP, sigmaP, muQ, sigmaQ, eps, unit float64) float64 {
	unitQ := pickMax(float64of(bits64(sigmaQ)&KLUnit), unit)
	scaleQ := float64of(KLUnitInverse - bits64(unitQ))
	q := float64(sigmaQ * scaleQ)
	epsQ := fma64(eps*scaleQ, scaleQ, KLZero64)
	vq := fma64(q, q, epsQ)
	r := 0.5 / vq

	unitP := pickMax(float64of(bits64(sigmaP)&KLUnit), unit)
	scaleP := float64of(KLSignedUnit - bits64(unitP))
	own := sigmaP * scaleP
	vp := fma64(own, own, fma64(eps*scaleP, scaleP, KLZero64))
	capped := pickMin(KLHuge64, vp)

	k := (bits64(capped) - bits64(vq) + KLRound64) & SignExponent64
	vk := float64of(bits64(vq) + k) // −2ᵏ·vq
	num, den := capped+vk, capped-vk
	p := float64(sigmaP * scaleQ)
	d, a := p-q, p+q
	t := float64(float64(d*r) * a)
	if float64(vp*r) < KLTiny64 { // σp = 0 without ε, or σq = Inf, where t is NaN
		t = inf64
	}
	near := abs64(t-KLCentre64) <= KLReach64
	if near {
		num = d * a
		den = fma64(p, p, epsQ) + vq
	}
	s := num / den
	n := float64of((k>>52+(bits64(scaleQ)-bits64(scaleP))>>51)|Mantissa52) - KLMagicBias

	h := fnma64(n, KLHalfLn2, t-s)
	if near {
		h = s * t
	}
	z := float64(s * s)
	h = fnma64(float64(s*z), poly64(z, KLPoly64[:]), h)
	m := float64((muP - muQ) * scaleQ)
	return fma64(float64(m*r), m, h) * fma64(r, KLGrow64, 1)
}

// klElement32 is the element, rounded to float32.
func klElement32(muP, sigmaP, muQ, sigmaQ, eps float32) float32 {
	p, sp, q, sq := float64(muP), float64(sigmaP), float64(muQ), float64(sigmaQ)
	y, sure := narrow(gaussianKLMixed[plain](p, sp, q, sq, float64(eps)))
	if !sure {
		y = float32(gaussianKLMixed[fused](p, sp, q, sq, float64(eps)))
	}
	return y
}

// klTerm32 is what the sum adds.
func klTerm32(muP, sigmaP, muQ, sigmaQ, eps float32) float64 {
	kl := gaussianKLMixed[fused](float64(muP), float64(sigmaP), float64(muQ), float64(sigmaQ), float64(eps))
	return float64(float64(kl*KLScale32) * (1 / KLScale32))
}

// GaussianKLToF32 writes KL(P‖Q) element by element.
func GaussianKLToF32(dst, muP, sigmaP, muQ, sigmaQ []float32, eps float32) {
	for i := range dst {
		dst[i] = klElement32(muP[i], sigmaP[i], muQ[i], sigmaQ[i], eps)
	}
}

// GaussianKLF32 sums KL(P‖Q) over at most a block.
func GaussianKLF32(muP, sigmaP, muQ, sigmaQ []float32, eps float32) float64 {
	var lanes [WorkLanes32]float64
	for i := range muP {
		lanes[i%WorkLanes32] += klTerm32(muP[i], sigmaP[i], muQ[i], sigmaQ[i], eps)
	}
	return fold(lanes[:], len(muP))
}

// GaussianKLToF64 writes KL(P‖Q) element by element.
func GaussianKLToF64(dst, muP, sigmaP, muQ, sigmaQ []float64, eps float64) {
	unit := klUnit64(eps)
	for i := range dst {
		dst[i] = gaussianKL64(muP[i], sigmaP[i], muQ[i], sigmaQ[i], eps, unit)
	}
}

// GaussianKLF64 sums KL(P‖Q) over at most a block.
func GaussianKLF64(muP, sigmaP, muQ, sigmaQ []float64, eps float64) float64 {
	unit := klUnit64(eps)
	var lanes [KLLanes64]float64
	for i := range muP {
		lanes[i%KLLanes64] += gaussianKL64(muP[i], sigmaP[i], muQ[i], sigmaQ[i], eps, unit)
	}
	return fold(lanes[:], len(muP))
}

// GaussianKLPriorToF32 writes GaussianKLToF32 with one Q for all elements.
func GaussianKLPriorToF32(dst, mu, sigma []float32, priorMu, priorSigma, eps float32) {
	for i := range dst {
		dst[i] = klElement32(mu[i], sigma[i], priorMu, priorSigma, eps)
	}
}

// GaussianKLPriorF32 sums KL(P‖Q) with one Q over at most KLPriorBlock elements.
func GaussianKLPriorF32(mu, sigma []float32, priorMu, priorSigma, eps float32) float64 {
	var lanes [WorkLanes32]float64
	for i := range mu {
		lanes[i%WorkLanes32] += klTerm32(mu[i], sigma[i], priorMu, priorSigma, eps)
	}
	return fold(lanes[:], len(mu))
}

// GaussianKLPriorToF64 writes GaussianKLToF64 with one Q for all elements.
func GaussianKLPriorToF64(dst, mu, sigma []float64, priorMu, priorSigma, eps float64) {
	unit := klUnit64(eps)
	for i := range dst {
		dst[i] = gaussianKL64(mu[i], sigma[i], priorMu, priorSigma, eps, unit)
	}
}

// GaussianKLPriorF64 sums KL(P‖Q) with one Q over at most KLPriorBlock elements.
func GaussianKLPriorF64(mu, sigma []float64, priorMu, priorSigma, eps float64) float64 {
	unit := klUnit64(eps)
	var lanes [KLLanes64]float64
	for i := range mu {
		lanes[i%KLLanes64] += gaussianKL64(mu[i], sigma[i], priorMu, priorSigma, eps, unit)
	}
	return fold(lanes[:], len(mu))
}
