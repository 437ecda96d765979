package bnn_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/bnn"
)

// TestKLAtPrior finds 0 when the distribution is its prior, for every structure that can have independent parameters.
func TestKLAtPrior(t *testing.T) {
	t.Run("float64", testKLAtPrior[float64])
	t.Run("float32", testKLAtPrior[float32])
}

func testKLAtPrior[T bnn.Float](t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, cfg := range layerConfigs() {
		for _, eps := range []T{0, 1e-6} {
			for range 5 {
				l, scale := independent[T](t, cfg, rng)
				if eps == 0 && slices.Contains(scale, 0) {
					continue // no structure of a low rank has a prior without eps
				}
				loc := slices.Clone(l.Params()[:l.NumMeanParams()])
				grad, work := make([]T, l.NumParams()), make([]T, l.KLWorkLen())
				kl, err := l.KLGrad(grad, loc, scale, eps, 1, work)
				if err != nil {
					t.Fatal(err)
				}
				tol := 4 * u * float64(len(loc)) // of singular values
				if c := cfg.Covariance; c == (bnn.Diagonal{}) || c == (bnn.Factorized{}) || c == (bnn.LowRank{Rank: 99}) {
					tol = 0
				}
				if !(kl >= 0 && kl <= tol) {
					t.Errorf("%v %d→%d, eps %v: KL is %v at the prior", cfg.Covariance, cfg.In, cfg.Out, eps, kl)
				}
				// One of two terms of the gradient by s is s/(s²+eps), which is at most 1/(2√eps) and 1/s.
				for i, g := range grad {
					terms := 1 / math.Max(math.Abs(float64(l.Params()[i])), 2*math.Sqrt(float64(eps)))
					if i < len(loc) {
						terms = 0
					}
					if !(math.Abs(float64(g)) <= 8*u*terms*float64(len(loc))) {
						t.Errorf("%v %d→%d, eps %v: gradient %d is %v at the prior", cfg.Covariance, cfg.In, cfg.Out,
							eps, i, g)
					}
				}
			}
		}
	}
}

// independent makes a layer with independent parameters out of any structure, and returns their scales: S has one entry
// in a row and one in a column at most. Its entries have any sign; those of Kronecker factors are powers of 2, so that
// their products are not rounded.
func independent[T bnn.Float](t *testing.T, cfg bnn.LinearConfig, rng *rand.Rand) (l *bnn.Linear[T], scale []T) {
	l, s := filledLayer[T](t, cfg, fill{set: scaled(0)}, rng)
	n := l.NumMeanParams()
	random := func() float64 { return float64(float32(rng.NormFloat64())) }
	switch c := cfg.Covariance.(type) {
	case bnn.Diagonal:
		for i := range s {
			s[i] = random()
		}
	case bnn.Kronecker:
		power := func() float64 { return math.Ldexp(float64(1-2*rng.IntN(2)), rng.IntN(9)-4) }
		rows := n / cfg.Out // of S_in
		split := rows * rows
		if c.InputRank > 0 {
			split = rows * c.InputRank
		}
		scatter(s[:split], rows, rng, power)
		scatter(s[split:], cfg.Out, rng, power)
	default:
		scatter(s, n, rng, random)
	}
	for i, v := range s {
		l.Params()[n+i] = T(v)
	}
	for _, row := range spread(cfg, s) {
		sum := 0.0
		for _, v := range row {
			sum += v // one of them is not 0
		}
		scale = append(scale, T(sum))
	}
	return l, scale
}

// scatter puts an entry in each row of s, as long as there is a column left.
func scatter(s []float64, rows int, rng *rand.Rand, value func() float64) {
	rank := len(s) / rows
	columns := rng.Perm(rank)
	for k, row := range rng.Perm(rows)[:min(rows, rank)] {
		s[row*rank+columns[k]] = value()
	}
}

// TestKLNearPrior comes close to the prior from a full covariance, where the divergence, ½ log 1/(1−d²) for two
// parameters with the correlation d, is far below the rounding of the logarithms in it, and from all structures, where
// it must not fall below 0.
func TestKLNearPrior(t *testing.T) {
	l, err := bnn.NewLinear[float64](bnn.LinearConfig{In: 2, Out: 1, NoBias: true, Covariance: bnn.Factorized{}})
	if err != nil {
		t.Fatal(err)
	}
	work := make([]float64, l.KLWorkLen())
	for e := -4; e > -500; e-- {
		d := math.Ldexp(1, e)
		copy(l.Params()[2:], []float64{1, 0, d, 1}) // variances 1 and 1+d², a priori 1
		kl, err := l.KL(nil, nil, 0, work)
		if err != nil {
			t.Fatal(err)
		}
		// ½ (d² − log(1+d²)) of the second parameter, and ½ log(1+d²) for the correlation
		if want := d * d / 2; !(math.Abs(kl-want) <= 1e-14*want) {
			t.Errorf("d = %v: KL is %v, want %v", d, kl, want)
		}
	}
}

// TestKLNearPriorLowRank has two equal parameters, of a variance x in units of eps: the correlation is x/(1+x), and the
// divergence log(1+x) − ½ log(1+2x) = x²/2 − x³ + …
func TestKLNearPriorLowRank(t *testing.T) {
	l, err := bnn.NewLinear[float64](bnn.LinearConfig{In: 2, Out: 1, NoBias: true, Covariance: bnn.LowRank{Rank: 1}})
	if err != nil {
		t.Fatal(err)
	}
	const x = 0x1p-20
	scale := math.Sqrt(x)
	copy(l.Params()[2:], []float64{scale, scale})
	kl, err := l.KL(nil, []float64{scale}, 1, make([]float64, l.KLWorkLen()))
	// Off by the rounding of the logarithms, u·x each.
	if want := x*x/2 - x*x*x; err != nil || !(math.Abs(kl-want) <= 4*u*x) {
		t.Errorf("KL is %v, %v, want %v", kl, err, want)
	}
}

func TestKLNotNegative(t *testing.T) {
	t.Run("float64", testKLNotNegative[float64])
	t.Run("float32", testKLNotNegative[float32])
}

func testKLNotNegative[T bnn.Float](t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, cfg := range layerConfigs() {
		for range 100 {
			l, scale := independent[T](t, cfg, rng)
			loc := slices.Clone(l.Params()[:l.NumMeanParams()])
			size := math.Ldexp(1, -rng.IntN(60))
			for i := range l.Params() {
				l.Params()[i] += T(size * rng.NormFloat64())
			}
			kl, err := l.KL(loc, scale, 1e-6, make([]T, l.KLWorkLen()))
			if err != nil || !(kl >= 0) {
				t.Fatalf("%v %d→%d: KL is %v, %v for %v", cfg.Covariance, cfg.In, cfg.Out, kl, err, l.Params())
			}
		}
	}
}

// TestKLOutOfRange takes parameters whose squares are no float64. The divergence of independent ones does not mind
// (their gradient does, as documented); for the rest there must be no NaN, and no gradient beside an error.
func TestKLOutOfRange(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, cfg := range layerConfigs() {
		for _, scale := range []float64{1e-300, 1e-160, 1e160, 1e300} {
			for _, eps := range []float64{0, 1e-300, 1e-6, 1e300} {
				l, _ := filledLayer[float64](t, cfg, fill{set: scaled(0)}, rng)
				for i := range l.Params() {
					l.Params()[i] = scale * (1 + rng.Float64())
				}
				grad, work := make([]float64, l.NumParams()), make([]float64, l.KLWorkLen())
				kl, err := l.KL(nil, []float64{scale}, eps, work)
				if cfg.Covariance == (bnn.Diagonal{}) && (err != nil || kl > 10*float64(l.NumMeanParams())) {
					t.Errorf("%v, eps %v: KL is %v, %v, with a prior of the same scale", cfg.Covariance, eps, kl, err)
				}
				if !(kl >= 0) || err != nil && !strings.Contains(err.Error(), "overflow") {
					t.Errorf("%v, scale %v, eps %v: KL is %v, %v", cfg.Covariance, scale, eps, kl, err)
				}
				if _, err := l.KLGrad(grad, nil, []float64{scale}, eps, 1, work); err != nil &&
					slices.ContainsFunc(grad, func(g float64) bool { return g != 0 }) {
					t.Errorf("%v, scale %v, eps %v: %v, and gradient %v", cfg.Covariance, scale, eps, err, grad)
				} else if err == nil && cfg.Covariance != (bnn.Diagonal{}) &&
					slices.ContainsFunc(grad, func(g float64) bool { return g != g }) {
					t.Errorf("%v, scale %v, eps %v: gradient %v", cfg.Covariance, scale, eps, grad)
				}
			}
		}
	}
}
