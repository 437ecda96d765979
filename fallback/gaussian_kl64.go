package fallback

import "math"

// Gaussian KL of float64 slices; gaussian_kl.go has the formula.
//
// Squares of float64 over- and underflow where the KL is ordinary, so each side is multiplied by a power of two: P and Q by
// that of Q for t = ρ − 1 and the means, P also by its own for log ρ. With r = 1/(2vq), and t = (σp−σq)·r·(σp+σq)
// holding half of ρ − 1:
//
//	near ρ = 1:   s = (vp−vq)/(vp+vq),    ½h = s·(t − z·R(z)),              z = s²,
//	elsewhere:    s = (vp−2ᵏvq)/(vp+2ᵏvq), ½h = t − s − k·½log 2 − s·z·R(z),
//
// since log((1+s)/(1−s)) = 2s + 2s·z·R(z). The first form multiplies and never cancels. It serves ρ from 0.28 to 3.6,
// where the second has come within a factor of 2 of its accuracy.
//
// This is about 75 operations with two divisions; 7.0 ULP was the worst of 6·10⁵ random elements. Carrying the low
// parts of σp+σq, vq and r as well would, by estimate, take 15 more for 4 ULP; everything in two words took 160 for 3.5.
// A sum of KL terms, which is what users ask for, does not show the difference.

// KLPoly64 holds R(z) = (atanh(s) − s)/s³, lowest power first, with an error of 2^-53 up to z = 0.3196.
var KLPoly64 = [...]float64{
	0x1.5555555555556p-2, 0x1.99999999992e5p-3, 0x1.24924924f0b0cp-3, 0x1.c71c7185139aep-4, 0x1.745d23617b76ep-4,
	0x1.3b125b577f749p-4, 0x1.11299d3b6f491p-4, 0x1.df79b63d18cf7p-5, 0x1.c45ef12497753p-5, 0x1.010fdd35fe706p-5,
	0x1.dad01ce571bbp-4, -0x1.7d5f6fd7fa838p-3, 0x1.065cfed9169edp-1, -0x1.2a67f8d2806adp-1, 0x1.b8b6fc1b195c3p-2,
}

const (
	// KLUnit masks the upper bits of an exponent: it leaves 2^16e, within 2^16 of the number. KLUnitInverse minus
	// that is a power of two which brings the number to [2^-6, 2^10): every σ has one, 0 and Inf too.
	KLUnit        = 0x7f00 << 48
	KLUnitInverse = 0x7f80 << 48
	KLRootBias    = 0x1ff8 << 48 // half the exponent of 1, to halve exponents

	// KLZero64 is added to scaled variances, which are 0 or at least 2^-114, so that 0 may divide. What it divided is
	// beyond 2^880; KLGrow64 takes that beyond the range of float64 and leaves the rest alone. A ratio of scaled variances
	// below KLTiny64 means that vp is 0 or vq is Inf. KLHuge64 is for σp = Inf.
	KLZero64 = 0x1p-1000
	KLGrow64 = 0x1p-200
	KLTiny64 = 0x1p-300
	KLHuge64 = 0x1p100

	// KLCentre64 and KLReach64 are the interval of t in which ρ counts as near 1.
	KLCentre64 = 0.4695
	KLReach64  = 0.8305

	KLRound64    = 1<<63 + 1<<51            // to the next power of two, and a sign bit that makes 2ᵏ negative
	KLExponent   = 0xfff << 52              // sign and exponent
	KLMagicBias  = 0x1p52 + 0x800 + 2*0x800 // what the shifted exponents are off by
	KLSignedUnit = 1<<63 | KLUnitInverse    // KLUnitInverse with a sign
)

// KLLanes64 are the lanes of the sum: few, so that a register is left for everything else.
const KLLanes64 = 8

// KLBound64 bounds the error of an element in ULP of float64.
const KLBound64 = 8

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
	q := sigmaQ * scaleQ
	epsQ := fma64(eps*scaleQ, scaleQ, KLZero64)
	vq := fma64(q, q, epsQ)
	r := 0.5 / vq

	unitP := pickMax(float64of(bits64(sigmaP)&KLUnit), unit)
	scaleP := float64of(KLSignedUnit - bits64(unitP))
	own := sigmaP * scaleP
	vp := fma64(own, own, fma64(eps*scaleP, scaleP, KLZero64))
	capped := pickMin(KLHuge64, vp)

	k := (bits64(capped) - bits64(vq) + KLRound64) & KLExponent
	vk := float64of(bits64(vq) + k) // −2ᵏ·vq
	num, den := capped+vk, capped-vk
	p := sigmaP * scaleQ
	d, a := p-q, p+q
	t := float64(float64(d*r) * a)
	if float64(vp*r) < KLTiny64 { // σp = 0 without ε, or σq = Inf, where t is NaN
		t = math.Inf(1)
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
