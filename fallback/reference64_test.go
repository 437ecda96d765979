package fallback

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

func ex(x float64) *big.Float { return ref.Big(x) }
func exNew() *big.Float       { return new(big.Float).SetPrec(ref.Prec) }

// Exact arithmetic, short enough for formulas.

func exMul(x ...*big.Float) *big.Float {
	p := ex(1)
	for _, v := range x {
		p.Mul(p, v)
	}
	return p
}

func exAdd(x, y *big.Float) *big.Float { return exNew().Add(x, y) }
func exQuo(x, y *big.Float) *big.Float { return exNew().Quo(x, y) }
func exNeg(x *big.Float) *big.Float    { return exNew().Neg(x) }

// A sample makes inputs.
type sample func(r *rand.Rand) float64

// between is uniform in [a, b).
func between(a, b float64) sample {
	return func(r *rand.Rand) float64 { return a + (b-a)*r.Float64() }
}

// magnitudes has the given sign and a logarithm uniform from 2^lo to 2^hi.
func magnitudes(sign float64, lo, hi int) sample {
	return func(r *rand.Rand) float64 {
		return math.Ldexp(math.Copysign(1+r.Float64(), sign), lo+r.IntN(hi-lo))
	}
}

// around is c and the numbers next to it.
func around(c float64) sample {
	return func(r *rand.Rand) float64 {
		return math.Float64frombits(math.Float64bits(c) + r.Uint64N(1<<r.IntN(40)) - r.Uint64N(1<<r.IntN(40)))
	}
}

// checkULP holds f to the bound on samples of each kind: a few thousand in all, or millions with -exhaustive.
func checkULP(t *testing.T, bound float64, f func(float64) float64, exact func(*big.Float) *big.Float, kinds ...sample) {
	t.Helper()
	n := 3000 / len(kinds)
	if *exhaustive {
		n = 2_000_000 / len(kinds)
	}
	worst, at := 0.0, 0.0
	r := rand.New(rand.NewPCG(1, 2))
	for _, kind := range kinds {
		for range n {
			x := kind(r)
			got, want := f(x), exact(ex(x))
			if e := ref.ULP64(got, want); !(e <= worst) {
				worst, at = e, x
			}
		}
	}
	t.Logf("%.3f ULP at %x (%g)", worst, at, at)
	if !(worst <= bound) {
		t.Errorf("%.3f ULP at %x (%g): more than %g", worst, at, at, bound)
	}
}

// A special is an input with its exact result; NaN is any NaN, and the sign of 0 counts.
type special struct{ x, want float64 }

func checkSpecials(t *testing.T, f func(float64) float64, cases ...special) {
	t.Helper()
	for _, c := range cases {
		got := f(c.x)
		if math.Float64bits(got) != math.Float64bits(c.want) && (got == got || c.want == c.want) {
			t.Errorf("f(%v) = %v, want %v", c.x, got, c.want)
		}
	}
}

// oddNaN is a NaN whose payload and sign, taken for numbers, would do harm.
var oddNaN = math.Float64frombits(0xfff8000000000001)

var negZero = math.Copysign(0, -1)
