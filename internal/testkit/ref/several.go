package ref

import (
	"math"
	"math/big"
	"math/rand/v2"
)

// Several is an elementwise kernel of several arguments, the last of which may be scalars.
type Several struct {
	Name  string
	Kinds []Kind // ways to draw arguments
	Exact func(a []float64) *big.Float
	Valid func(a []float64) bool  // says whether Exact is finite; nil for always
	Bound func(a []float64) Bound // nil for the one of Bounds
}

// Kind draws arguments of 24 or 53 binary digits.
type Kind func(r *rand.Rand, digits int) []float64

// Sample draws arguments of any kind.
func (f Several) Sample(r *rand.Rand, digits int) []float64 {
	return f.Kinds[r.IntN(len(f.Kinds))](r, digits)
}

// AllSeveral are those whose error is one of the result.
func AllSeveral() []Several {
	target := func(a []float64) bool { return 0 <= a[1] && a[1] <= 1 }
	return []Several{
		{Name: "PowTo", Kinds: powKinds(), Exact: exactPow, Bound: PowBound, Valid: func(a []float64) bool {
			return a[0] > 0 && math.Abs(a[1]*math.Log2(a[0])) < 1020
		}},
		{Name: "GaussianKLTo", Kinds: klKinds(), Exact: exactKL, Valid: func(a []float64) bool {
			return a[4] >= 0 && (a[1] != 0 || a[4] != 0) && (a[3] != 0 || a[4] != 0)
		}},
		{Name: "GaussianKLLogVarTo", Kinds: logVarKinds(), Exact: exactLogVar},
		{Name: "BCETo", Kinds: bceKinds(), Exact: exactBCE, Valid: func(a []float64) bool {
			return target(a) && 0 <= a[0] && a[0] <= 1
		}},
		{Name: "BCEWithLogitsTo", Kinds: logitKinds(), Exact: exactBCEWithLogits, Valid: target},
		{Name: "HuberTo", Kinds: []Kind{sampleHuber}, Exact: exactHuber},
	}
}

// BoundAt is the bound of the error for these arguments.
func (f Several) BoundAt(a []float64) Bound {
	if f.Bound != nil {
		return f.Bound(a)
	}
	return Bounds[f.Name]
}

// PowBound is the bound of PowTo for x and p, whose error grows with that of p·log x.
func PowBound(a []float64) Bound { return Bound{Float32: 0.51, Float64: 1 + math.Abs(a[1])/4} }

// round is x with so many digits.
func round(x float64, digits int) float64 {
	if digits == 24 {
		return float64(float32(x))
	}
	return x
}

// Arguments are made without sums of products, which compilers may fuse, and without package math's functions, so that they
// are the same on every machine.

// magnitude is a number of random sign from 2^low to 2^high.
func magnitude(r *rand.Rand, low, high int) float64 {
	return sign(r) * math.Ldexp(1+r.Float64(), low+r.IntN(high-low))
}

func sign(r *rand.Rand) float64 { return float64(1 - 2*r.IntN(2)) }

// powKinds are x of all magnitudes, near 1, and next to it, and next to √2, where the logarithm is off the most.
func powKinds() (list []Kind) {
	draw := func(x func(r *rand.Rand, top int) float64, powers ...float64) {
		list = append(list, func(r *rand.Rand, digits int) []float64 {
			p := powers[r.IntN(len(powers))]
			top := 1000.0
			if digits == 24 {
				top = 126
			}
			return []float64{round(x(r, int(top/max(1, math.Abs(p)))), digits), round(p, digits)}
		})
	}
	all := []float64{0.01, 0.5, 1, 2, 2.5, 3, 5, -1.5, 0.7}
	draw(func(r *rand.Rand, top int) float64 { return math.Abs(magnitude(r, -top, top-1)) }, all...)
	draw(func(r *rand.Rand, _ int) float64 { return 1 + magnitude(r, -20, -1) }, all...)
	draw(func(r *rand.Rand, _ int) float64 { return math.Abs(magnitude(r, -2, 2)) }, all...)
	draw(func(r *rand.Rand, _ int) float64 { return 2 * math.Sqrt2 * (1 + magnitude(r, -20, -8)) }, 20, 100, 200)
	return list
}

func exactPow(a []float64) *big.Float {
	l := BigLog(Big(a[0]))
	return BigExp(l.Mul(l, Big(a[1])))
}

// klPrec is enough where neighbouring float64 cancel.
const klPrec = 220

func klBig(x float64) *big.Float { return new(big.Float).SetPrec(klPrec).SetFloat64(x) }
func klZero() *big.Float         { return new(big.Float).SetPrec(klPrec) }

// exactKL is the KL for finite arguments with positive variances: ½(t − log(1+t) + (μp−μq)²/vq), t = vp/vq − 1.
func exactKL(a []float64) *big.Float {
	muP, sigmaP, muQ, sigmaQ, eps := klBig(a[0]), klBig(a[1]), klBig(a[2]), klBig(a[3]), klBig(a[4])
	vp, vq := klZero().Mul(sigmaP, sigmaP), klZero().Mul(sigmaQ, sigmaQ)
	vp.Add(vp, eps)
	vq.Add(vq, eps)
	t := klZero().Mul(klZero().Sub(sigmaP, sigmaQ), klZero().Add(sigmaP, sigmaQ))
	t.Quo(t, vq)
	kl := klZero()
	if t.MantExp(nil) < -10 {
		kl = minusLog1p(t)
	} else {
		kl.Sub(t, BigLog(vp.Quo(vp, vq)))
	}
	d := klZero().Sub(muP, muQ)
	kl.Add(kl, d.Quo(d.Mul(d, d), vq))
	return kl.Mul(kl, klBig(0.5))
}

// minusLog1p is t − log(1+t) = t²/2 − t³/3 + … for |t| < 2⁻¹⁰.
func minusLog1p(t *big.Float) *big.Float {
	sum, power, minus := klZero(), klZero().Neg(t), klZero().Neg(t)
	for i := 2; i < 24; i++ {
		power.Mul(power, minus)
		sum.Add(sum, klZero().Quo(power, klBig(float64(i))))
	}
	return sum
}

// klKinds make means, scales and ε for which the element is finite and not trivial: near the prior by every power of two,
// independent, and next to the ratios of variances where methods change, 0.28, 3.6 and others.
func klKinds() []Kind {
	list := []Kind{
		klKind(func(r *rand.Rand, sigmaQ float64, digits int) float64 {
			sigmaP := sigmaQ * sign(r)
			return sigmaP + math.Ldexp(sigmaP*(r.Float64()-0.5), -r.IntN(digits+2))
		}),
		klKind(func(r *rand.Rand, sigmaQ float64, digits int) float64 { return sigmaQ * magnitude(r, -30, 30) }),
		klKind(func(r *rand.Rand, sigmaQ float64, digits int) float64 { return sigmaQ * magnitude(r, -4, 4) }),
	}
	for _, rho := range []float64{0.28, 1. / 3, 2. / 3, 4. / 3, 2, 3.6} {
		list = append(list, klKind(func(r *rand.Rand, sigmaQ float64, digits int) float64 {
			return sigmaQ * math.Sqrt(rho) * (1 + magnitude(r, -20, -3))
		}))
	}
	return list
}

func klKind(sigma func(r *rand.Rand, sigmaQ float64, digits int) float64) Kind {
	return func(r *rand.Rand, digits int) []float64 {
		far := 450
		if digits == 24 {
			far = 30
		}
		span := [...]int{1, 3, 10, far}[r.IntN(4)]
		around := func() int { return r.IntN(2*span+1) - span }
		number := func(e int) float64 { return round(magnitude(r, e-1, e), digits) }
		sigmaQ, muP, muQ, eps := number(around()), 0.0, 0.0, 0.0
		sigmaP := round(sigma(r, sigmaQ, digits), digits)
		if r.IntN(2) == 0 {
			muQ = number(around())
			muP = muQ + float64(math.Ldexp(sigmaQ, r.IntN(60)-40)*r.Float64())
		}
		if r.IntN(3) == 0 {
			eps = [...]float64{1e-6, 1, math.Ldexp(r.Float64(), -r.IntN(2*span+1))}[r.IntN(3)]
		}
		return []float64{round(muP, digits), sigmaP, muQ, sigmaQ, round(eps, digits)}
	}
}

// kinds are functions of a random x and another argument.
func kinds(second Kind, first ...func(r *rand.Rand, digits int) float64) (list []Kind) {
	for _, x := range first {
		list = append(list, func(r *rand.Rand, digits int) []float64 {
			return append([]float64{round(x(r, digits), digits)}, second(r, digits)...)
		})
	}
	return list
}

// logVarKinds are v of all magnitudes, and around ±1, where methods change; μ is 0 or not.
func logVarKinds() (list []Kind) {
	for _, v := range []func(r *rand.Rand, digits int) float64{
		func(r *rand.Rand, _ int) float64 { return 2*r.Float64() - 1 },
		func(r *rand.Rand, _ int) float64 { return magnitude(r, -60, 0) },
		func(r *rand.Rand, digits int) float64 {
			if digits == 24 {
				return 88 * (2*r.Float64() - 1)
			}
			return 700 * (2*r.Float64() - 1)
		},
		func(r *rand.Rand, _ int) float64 { return sign(r) * (1 + r.Float64()/4) },
		func(r *rand.Rand, _ int) float64 { return sign(r) * (1 - r.Float64()/4) },
		func(r *rand.Rand, _ int) float64 { return magnitude(r, 0, 3) },
	} {
		list = append(list, func(r *rand.Rand, digits int) []float64 {
			mu := [...]float64{0, 0, magnitude(r, -30, 4)}[r.IntN(3)]
			return []float64{round(mu, digits), round(v(r, digits), digits)}
		})
	}
	return list
}

// exactLogVar is ½(exp(v) − 1 − v + μ²).
func exactLogVar(a []float64) *big.Float {
	v := klBig(a[1])
	e := klZero()
	if v.MantExp(nil) < -8 { // v²/2 + v³/6 + …
		term := klZero().Set(v)
		for i := 2; i < 40; i++ {
			term.Quo(term.Mul(term, v), klBig(float64(i)))
			e.Add(e, term)
		}
	} else {
		e.Sub(BigExpm1(v), v)
	}
	mu := klBig(a[0])
	return e.Mul(e.Add(e, mu.Mul(mu, mu)), klBig(0.5))
}

// bceTargets are tried besides random ones.
var bceTargets = []float64{0, 1, 0.5, 0.25, 0x1p-20, 1 - 0x1p-20, 0x1p-100}

func sampleTarget(r *rand.Rand, digits int) []float64 {
	if r.IntN(2) == 0 {
		return []float64{round(bceTargets[r.IntN(len(bceTargets))], digits)}
	}
	return []float64{round(r.Float64(), digits)}
}

// bceKinds are p near 0, near 1, and between.
func bceKinds() []Kind {
	return kinds(sampleTarget,
		func(r *rand.Rand, _ int) float64 { return math.Ldexp(1+r.Float64(), -1-r.IntN(140)) },
		func(r *rand.Rand, digits int) float64 { return 1 - math.Ldexp(1+r.Float64(), -1-r.IntN(digits-2)) },
		func(r *rand.Rand, _ int) float64 { return r.Float64() })
}

// exactBCE is −(t·max(log p, −100) + (1−t)·max(log(1−p), −100)).
func exactBCE(a []float64) *big.Float {
	clamped := func(x *big.Float) *big.Float {
		if x.Cmp(Big(-100)) < 0 {
			return Big(100)
		}
		return x.Neg(x)
	}
	if a[0] == 0 || a[0] == 1 { // log 0
		return bigBlend(a[1], Big(100*(1-a[0])), Big(100*a[0]))
	}
	p := Big(a[0])
	return bigBlend(a[1], clamped(BigLog(p)), clamped(BigLog1p(bigNeg(p))))
}

// bigBlend is t·x + (1−t)·y.
func bigBlend(t float64, x, y *big.Float) *big.Float {
	return bigAdd(bigMul(Big(t), x), bigMul(bigAdd(Big(1), Big(-t)), y))
}

// logitKinds are x of all magnitudes.
func logitKinds() []Kind {
	return kinds(sampleTarget,
		func(r *rand.Rand, _ int) float64 { return magnitude(r, -30, 0) },
		func(r *rand.Rand, _ int) float64 { return magnitude(r, -2, 1) },
		func(r *rand.Rand, _ int) float64 { return magnitude(r, -3, 4) },
		func(r *rand.Rand, _ int) float64 { return 85 * (2*r.Float64() - 1) })
}

func exactBCEWithLogits(a []float64) *big.Float {
	return bigBlend(a[1], BigSoftplus(Big(-a[0])), BigSoftplus(Big(a[0])))
}

func sampleHuber(r *rand.Rand, digits int) []float64 {
	delta := [...]float64{1, 0.1, 7.3, 0x1p-20}[r.IntN(4)]
	x := magnitude(r, -4, 4)
	y := x + magnitude(r, -12, 4)
	return []float64{round(x, digits), round(y, digits), round(delta, digits)}
}

// exactHuber is ½d² or delta·(|d| − ½delta), d = x−y.
func exactHuber(a []float64) *big.Float {
	d, delta, half := bigAdd(Big(a[0]), Big(-a[1])), Big(a[2]), Big(0.5)
	if d.Abs(d); d.Cmp(delta) > 0 {
		return bigMul(delta, bigAdd(d, bigMul(Big(-0.5), delta)))
	}
	return bigMul(half, d, d)
}
