package fallback

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/cases"
	"github.com/simmer-go/simmer/internal/testkit/ref"
)

const klPrec = 192 // cancellation of h at neighbouring float64 takes 105 bits

func bf(x float64) *big.Float { return new(big.Float).SetPrec(klPrec).SetFloat64(x) }
func bop() *big.Float         { return new(big.Float).SetPrec(klPrec) }

// bigKL is the KL for finite arguments with positive variances.
func bigKL(muP, sigmaP, muQ, sigmaQ, eps float64) *big.Float {
	square := func(x *big.Float) *big.Float { return bop().Mul(x, x) }
	vp := bop().Add(square(bf(sigmaP)), bf(eps))
	vq := bop().Add(square(bf(sigmaQ)), bf(eps))
	t := bop().Mul(bop().Sub(bf(sigmaP), bf(sigmaQ)), bop().Add(bf(sigmaP), bf(sigmaQ)))
	t.Quo(t, vq)
	kl := bop()
	if t.MantExp(nil) < -10 {
		kl = minusLog1p(t)
	} else {
		kl.Sub(t, ref.BigLog(bop().Quo(vp, vq)))
	}
	kl.Add(kl, bop().Quo(square(bop().Sub(bf(muP), bf(muQ))), vq))
	return kl.Mul(kl, bf(0.5))
}

// minusLog1p is t − log(1+t) = t²/2 − t³/3 + … for |t| < 2^-10.
func minusLog1p(t *big.Float) *big.Float {
	sum, power, part := bop(), bop().Neg(t), bop().Neg(t)
	for i := 2; i < 24; i++ {
		power.Mul(power, part)
		sum.Add(sum, bop().Quo(power, bf(float64(i))))
	}
	return sum
}

// ulps is |got − want| in units of the spacing of numbers with the given digits and least exponent around want.
func ulps(got float64, want *big.Float, digits, least int) float64 {
	if f, _ := want.Float64(); math.IsInf(f, 0) || digits == 24 && math.IsInf(float64(float32(f)), 0) {
		if math.IsInf(got, 0) {
			return 0
		}
		return math.Inf(1)
	}
	if math.IsInf(got, 0) || got != got || want.Sign() == 0 && got != 0 {
		return math.Inf(1)
	}
	e := max(want.MantExp(nil)-digits, least)
	d := bop().Sub(bf(got), want)
	f, _ := d.SetMantExp(d, -e).Float64()
	return math.Abs(f)
}

func ulps32(got float32, want *big.Float) float64 { return ulps(float64(got), want, 24, -149) }
func ulps64(got float64, want *big.Float) float64 { return ulps(got, want, 53, -1074) }

// worst keeps the largest error and where it was.
type worst struct {
	ulp  float64
	args []float64
}

func (w *worst) add(ulp float64, args ...float64) {
	if ulp > w.ulp {
		w.ulp, w.args = ulp, args
	}
}

// check fails if the worst error is beyond the bound, and prints it.
func (w *worst) check(t *testing.T, bound float64) {
	t.Helper()
	t.Logf("worst %.3f ULP at %x", w.ulp, w.args)
	if !(w.ulp <= bound) {
		t.Errorf("%.3f ULP at %x, want at most %g", w.ulp, w.args, bound)
	}
}

// klArgs draws means, scales and ε for which the element is finite and not trivial: near the prior by every power of
// two, moderate, and far apart. Digits and exponents are those of the slices' type.
func klArgs(rng *rand.Rand, digits, exponent int) (muP, sigmaP, muQ, sigmaQ, eps float64) {
	sign := func() float64 { return float64(1 - 2*rng.IntN(2)) }
	number := func(e int) float64 { // of magnitude 2^e
		return sign() * math.Ldexp(float64(rng.Int64N(1<<(digits-1)))+float64(int64(1)<<(digits-1)), e-digits)
	}
	span := [...]int{1, 3, 10, exponent}[rng.IntN(4)]
	around := func() int { return rng.IntN(2*span+1) - span }
	sigmaQ = number(around())
	switch rng.IntN(3) {
	case 0: // a neighbour, 2^-i away
		i := rng.IntN(digits + 2)
		sigmaP = sigmaQ * sign()
		sigmaP += math.Ldexp(sigmaP*(rng.Float64()-0.5), -i)
	case 1:
		sigmaP = number(around())
	case 2: // the ratio where methods change
		sigmaP = sigmaQ * [...]float64{math.Sqrt(2. / 3), math.Sqrt(4. / 3), 0.5, 2, math.Sqrt2, math.Sqrt2 / 2}[rng.IntN(6)]
		sigmaP *= 1 + 0.1*rng.NormFloat64()
	}
	if rng.IntN(2) == 0 {
		muQ = number(around())
		muP = muQ + math.Ldexp(sigmaQ, rng.IntN(60)-40)*rng.Float64()
	}
	if rng.IntN(2) == 0 {
		eps = [...]float64{1e-6, 1, math.Ldexp(rng.Float64(), -rng.IntN(2*span+1))}[rng.IntN(3)]
	}
	return
}

func TestGaussianKLError(t *testing.T) {
	n := 100_000
	if testing.Short() {
		n /= 10
	}
	t.Run("float32", func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 2))
		var w worst
		for range n {
			mp, sp, mq, sq, eps := klArgs(rng, 24, 60)
			a := [...]float64{float64(float32(mp)), float64(float32(sp)), float64(float32(mq)), float64(float32(sq)), float64(float32(eps))}
			if a[1]*a[1]+a[4] == 0 || a[3]*a[3]+a[4] == 0 {
				continue
			}
			got := float32(gaussianKLMixed[fused](a[0], a[1], a[2], a[3], a[4]))
			if got < 0 {
				t.Fatalf("%x: negative %x", a, got)
			}
			w.add(ulps32(got, bigKL(a[0], a[1], a[2], a[3], a[4])), a[:]...)
		}
		w.check(t, KLBound32)
	})
	t.Run("float64", func(t *testing.T) {
		rng := rand.New(rand.NewPCG(3, 4))
		var w worst
		for range n {
			mp, sp, mq, sq, eps := klArgs(rng, 53, 500)
			if sp == 0 && eps == 0 || sq == 0 && eps == 0 {
				continue
			}
			got := gaussianKL64(mp, sp, mq, sq, eps, klUnit64(eps))
			if got < 0 {
				t.Fatalf("%x %x %x %x %x: negative %x", mp, sp, mq, sq, eps, got)
			}
			w.add(ulps64(got, bigKL(mp, sp, mq, sq, eps)), mp, sp, mq, sq, eps)
		}
		w.check(t, KLBound64)
	})
}

func TestGaussianKLCases(t *testing.T) {
	cs, err := cases.Load("kernel_gaussian_kl")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cs {
		eps := c.Options.Float("eps", 0)
		if c.DType == "float32" {
			in := func(name string) []float32 { return cases.To[float32](c.Inputs[name]) }
			got := make([]float32, len(c.Exact().Data))
			GaussianKLToF32(got, in("mu_p"), in("sigma_p"), in("mu_q"), in("sigma_q"), float32(eps))
			for i, want := range c.Exact().Data {
				// ε is rounded to float32, which shows where it outweighs the variances.
				if u := ulps32(got[i], bf(want)); u > KLBound32 && math.Abs(float64(got[i])-want) > 6e-8*want {
					t.Errorf("%s[%d]: %g, want %g (%.1f ULP)", c.Name, i, got[i], want, u)
				}
			}
		}
		in := func(name string) []float64 { return c.Inputs[name].Data }
		got := make([]float64, len(c.Exact().Data))
		GaussianKLToF64(got, in("mu_p"), in("sigma_p"), in("mu_q"), in("sigma_q"), eps)
		for i, want := range c.Exact().Data {
			if u := ulps64(got[i], bf(want)); u > KLBound64 {
				t.Errorf("%s[%d]: %g, want %g (%.1f ULP)", c.Name, i, got[i], want, u)
			}
		}
	}
	t.Logf("%d cases", len(cs))
}
