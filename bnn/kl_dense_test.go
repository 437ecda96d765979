package bnn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/bnn"
)

// layerConfigs are small layers with each covariance.
func layerConfigs() (all []bnn.LinearConfig) {
	for _, c := range covariances() {
		for _, size := range [][2]int{{1, 1}, {3, 1}, {2, 3}} {
			for _, noBias := range []bool{false, true} {
				all = append(all, bnn.LinearConfig{In: size[0], Out: size[1], NoBias: noBias, Covariance: c})
			}
		}
	}
	return all
}

// A fill sets the covariance parameters of a layer.
type fill struct {
	name string
	set  func(rng *rand.Rand, s []float64, rows int)
}

func scaled(scale float64) func(*rand.Rand, []float64, int) {
	return func(rng *rand.Rand, s []float64, _ int) {
		for i := range s {
			s[i] = scale * rng.NormFloat64()
		}
	}
}

// fills are ordinary parameters and those that are hard on a factorization.
func fills() []fill {
	return []fill{
		{"normal", scaled(1)},
		{"trained", scaled(0.05)},
		{"tiny", scaled(1e-6)},
		{"large", scaled(1e4)},
		{"minute", scaled(1e-30)},
		{"huge", scaled(1e30)},
		{"zero", scaled(0)},
		{"mixed scales", func(rng *rand.Rand, s []float64, _ int) {
			for i := range s {
				s[i] = math.Ldexp(rng.NormFloat64(), rng.IntN(40)-20)
			}
		}},
		{"equal rows", func(rng *rand.Rand, s []float64, rows int) {
			scaled(1)(rng, s, rows)
			for i := len(s) / rows; i < len(s); i++ {
				s[i] = s[i-len(s)/rows]
			}
		}},
		{"equal columns", func(rng *rand.Rand, s []float64, rows int) {
			scaled(1)(rng, s, rows)
			for i := range s {
				s[i] = s[i-i%max(1, len(s)/rows)]
			}
		}},
		{"large equal columns", func(rng *rand.Rand, s []float64, rows int) {
			scaled(1e10)(rng, s, rows)
			for i := range s {
				s[i] = s[i-i%max(1, len(s)/rows)]
			}
		}},
		{"half zero", func(rng *rand.Rand, s []float64, rows int) {
			scaled(1)(rng, s, rows)
			clear(s[:len(s)/2])
		}},
		{"nearly equal rows", func(rng *rand.Rand, s []float64, rows int) {
			scaled(1)(rng, s, rows)
			for i := len(s) / rows; i < len(s); i++ {
				s[i] = s[i%(len(s)/rows)] + 1e-3*rng.NormFloat64()
			}
		}},
	}
}

// priors are the ways to give one.
var priors = []string{"standard", "scalar", "each"}

func priorOf[T bnn.Float](rng *rand.Rand, kind string, n int) (loc, scale []T) {
	switch kind {
	case "standard":
		return nil, nil
	case "scalar":
		n = 1
	}
	for range n {
		loc = append(loc, T(rng.NormFloat64()))
		scale = append(scale, T((0.3+rng.Float64())*float64(1-2*rng.IntN(2))))
	}
	return loc, scale
}

// each repeats a prior's number for every parameter.
func each[T bnn.Float](x []T, n int, absent float64) []float64 {
	switch len(x) {
	case 0:
		return slices.Repeat([]float64{absent}, n)
	case 1:
		return slices.Repeat(floats(x), n)
	}
	return floats(x)
}

// TestKLDense compares every structure with the definition, in value and gradient.
func TestKLDense(t *testing.T) {
	t.Run("float64", testKLDense[float64])
	t.Run("float32", testKLDense[float32])
}

func testKLDense[T bnn.Float](t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	n, singular := 0, 0
	for _, cfg := range layerConfigs() {
		for _, f := range fills() {
			prior := priors[rng.IntN(len(priors))]
			if testing.Short() && rng.IntN(8) > 0 {
				continue
			}
			for _, eps := range []T{0, 1e-6} {
				name := fmt.Sprintf("%s, %v %d→%d, bias %v, %s prior, eps %v", f.name, cfg.Covariance, cfg.In,
					cfg.Out, !cfg.NoBias, prior, eps)
				l, s := filledLayer[T](t, cfg, f, rng)
				loc, scale := priorOf[T](rng, prior, l.NumMeanParams())
				n++
				if checkDense(t, name, cfg, l, s, loc, scale, eps) {
					singular++
				}
			}
		}
	}
	if singular == 0 || singular == n {
		t.Errorf("%d of %d layers are singular", singular, n)
	}
	t.Logf("%d layers, %d of them singular", n, singular)
}

// filledLayer makes a layer with random means, and returns its covariance parameters too. They fit float32, so that the
// products that spread makes of two are exact.
func filledLayer[T bnn.Float](t *testing.T, cfg bnn.LinearConfig, f fill, rng *rand.Rand) (*bnn.Linear[T], []float64) {
	l, err := bnn.NewLinear[T](cfg)
	if err != nil {
		t.Fatal(err)
	}
	n := l.NumMeanParams()
	mu, cov := l.Params()[:n], l.Params()[n:]
	for i := range mu {
		mu[i] = T(rng.NormFloat64())
	}
	rows := n
	if _, ok := cfg.Covariance.(bnn.Kronecker); ok {
		rows = n/cfg.Out + cfg.Out
	}
	s := make([]float64, len(cov))
	f.set(rng, s, min(rows, len(s)))
	for i, v := range s {
		s[i] = float64(float32(v))
		cov[i] = T(s[i])
	}
	return l, s
}

// checkDense compares one layer with the definition and says whether its covariance is singular.
func checkDense[T bnn.Float](t *testing.T, name string, cfg bnn.LinearConfig, l *bnn.Linear[T], s []float64, loc,
	scale []T, eps T) bool {
	n := l.NumMeanParams()
	g := gaussian{floats(l.Params()[:n]), each(loc, n, 0), each(scale, n, 1), spread(cfg, s), float64(eps)}
	want := g.divergence(precision(s))
	grad := make([]T, l.NumParams())
	work := slices.Repeat([]T{T(math.NaN())}, 1+l.KLWorkLen())[1:] // for float64 in it, float32 are not aligned
	kl, err := l.KL(loc, scale, eps, work)
	again, errGrad := l.KLGrad(grad, loc, scale, eps, 1, work)
	if want.singular {
		if err != nil || !math.IsInf(kl, 1) || errGrad == nil || slices.Max(grad) != 0 || slices.Min(grad) != 0 {
			t.Errorf("%s: singular, but KL is %v, %v, and KLGrad %v, %v", name, kl, err, grad, errGrad)
		}
		return true
	}
	if err != nil || errGrad != nil || !(kl >= 0) || again != kl {
		t.Errorf("%s: KL is %v, %v, and KLGrad %v, %v", name, kl, err, again, errGrad)
		return false
	}
	value, gradient := klBounds(cfg, n, &want)
	if !(math.Abs(kl-want.kl) <= value) {
		t.Errorf("%s: KL is %v, want %v ± %.1g", name, kl, want.kl, value)
	}
	relative, absolute := rounding[T]()+12*u, gradient*slices.Max(collect(cfg, absolutes(s), want.terms))
	for i, v := range append(want.dMu, collect(cfg, s, want.dS)...) {
		tol := relative * math.Abs(v)
		if i >= n {
			tol += absolute
		}
		if w := float64(T(v)); float64(grad[i]) == w {
			continue // a gradient may be too large or too small for float32
		}
		if !(math.Abs(float64(grad[i])-v) <= tol) {
			t.Errorf("%s: gradient %d is %v, want %v ± %.1g", name, i, grad[i], v, tol)
		}
	}
	return false
}

// precision has room for the products of four entries of s beside eps.
func precision(s []float64) uint {
	extent := 0
	for _, v := range s {
		_, e := math.Frexp(v)
		extent = max(extent, e, -e)
	}
	return uint(300 + 10*extent)
}

// u is the rounding error of float64, relatively.
const u = 0x1p-53

// rounding is that of T.
func rounding[T bnn.Float]() float64 {
	if any(T(0)) == any(float32(0)) {
		return 0x1p-24
	}
	return u
}

// klBounds returns how far the divergence may be from the truth, and its gradient with respect to S in units of its
// largest term, when each step of the algorithm is off by a few roundings (8).
//
// The marginal divergences are within 8 ULP. Gram-Schmidt and the singular value decomposition move S by a rounding;
// its condition is the square root of that of Σ. Q of Gram-Schmidt, which the gradient needs, loses orthogonality once
// more.
func klBounds(cfg bnn.LinearConfig, n int, d *divergence) (value, gradient float64) {
	c, low := cfg.Covariance.(bnn.LowRank)
	_, kronecker := cfg.Covariance.(bnn.Kronecker)
	switch {
	case cfg.Covariance == (bnn.Diagonal{}):
	case kronecker, low && c.Rank < n:
		value, gradient = math.Sqrt(d.kappa), math.Sqrt(d.kappa)
	default:
		value, gradient = math.Sqrt(d.scaledKappa), d.scaledKappa
	}
	return 8 * u * (2*d.kl + float64(n)*value), 8 * u * float64(n) * gradient
}

func absolutes(x []float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = math.Abs(v)
	}
	return out
}
