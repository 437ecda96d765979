package fallback

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// References for float64 in 160 bits of math/big. Their own error is below 2^-140.

func ex(x float64) *big.Float { return new(big.Float).SetPrec(160).SetFloat64(x) }
func exNew() *big.Float       { return new(big.Float).SetPrec(160) }

// exLn2 is log 2, by Newton's method on the exponential.
var exLn2 = exLog1p(ex(1))

// exExpm1 is exp(x) − 1 with a small relative error, for any |x| < 10000.
func exExpm1(x *big.Float) *big.Float {
	if x.MantExp(nil) <= -2 { // |x| < ¼
		sum, term := exNew().Set(x), exNew().Set(x)
		for i := 2; term.Sign() != 0 && term.MantExp(nil) > x.MantExp(nil)-160; i++ {
			term.Quo(term.Mul(term, x), ex(float64(i)))
			sum.Add(sum, term)
		}
		return sum
	}
	e := exExp(x)
	return e.Sub(e, ex(1))
}

// exExp is exp(x) = (exp(x/2ʲ))^(2ʲ) with |x/2ʲ| < ¼, for |x| < 10000.
func exExp(x *big.Float) *big.Float {
	if x.Sign() == 0 {
		return ex(1)
	}
	halvings := max(0, x.MantExp(nil)+2)
	small := exNew().SetMantExp(x, -halvings).SetPrec(190)
	sum, term := new(big.Float).SetPrec(190).SetInt64(1), new(big.Float).SetPrec(190).SetInt64(1)
	for i := int64(1); term.Sign() != 0 && term.MantExp(nil) > -190; i++ {
		term.Quo(term.Mul(term, small), new(big.Float).SetInt64(i))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return exNew().Set(sum)
}

// exLog1p is log(1+x) for x > -1: one of Halley's steps from float64, whose error is cubed.
func exLog1p(x *big.Float) *big.Float {
	f, _ := x.Float64()
	near := ex(math.Log1p(f))
	e := exExpm1(near)
	step := exNew().Sub(x, e)
	step.Quo(step, e.Add(e, exNew().Add(x, ex(2))))
	return near.Add(near, step.Add(step, step))
}

// exLog is log x for x > 0.
func exLog(x *big.Float) *big.Float {
	m := exNew()
	k := x.MantExp(m)
	if m.Cmp(ex(0.7)) < 0 {
		m.Add(m, m)
		k--
	}
	l := exLog1p(m.Sub(m, ex(1)))
	return l.Add(l, exNew().Mul(exLn2, ex(float64(k))))
}

// ulpError is |got − want| in ULP of float64 at want.
func ulpError(got float64, want *big.Float) float64 {
	near, _ := want.Float64()
	if math.IsInf(near, 0) || math.IsInf(got, 0) {
		if got == near {
			return 0
		}
		return math.Inf(1)
	}
	exponent := max(want.MantExp(nil)-53, -1074)
	d := exNew().Sub(ex(got), want)
	d.SetMantExp(d, -exponent)
	e, _ := d.Float64()
	return math.Abs(e)
}

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
			if e := ulpError(f(x), exact(ex(x))); !(e <= worst) {
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

func TestReference64(t *testing.T) {
	// 40 digits each, from a table.
	for _, c := range []struct {
		got  *big.Float
		want string
	}{
		{exLn2, "0.6931471805599453094172321214581765680755001"},
		{exExp(ex(1)), "2.718281828459045235360287471352662497757247"},
		{exExpm1(ex(0.125)), "0.1331484530668263168290072278117938725655031"},
		{exLog(ex(10)), "2.302585092994045684017991454684364207601101"},
	} {
		want, _, err := big.ParseFloat(c.want, 10, 160, big.ToNearestEven)
		if err != nil {
			t.Fatal(err)
		}
		if d := exNew().Sub(c.got, want); d.Sign() != 0 && d.MantExp(nil)-want.MantExp(nil) > -130 {
			t.Errorf("%.42g, want %s", c.got, c.want)
		}
	}
}
