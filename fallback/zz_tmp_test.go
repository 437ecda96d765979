package fallback

import (
	"github.com/simmer-go/simmer/internal/testkit/ref"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

func bn(x *big.Float) *big.Float { return exNew().Neg(x) }
func TestTmp64(t *testing.T) {
	mul := func(a, b *big.Float) *big.Float { return exNew().Mul(a, b) }
	add := func(a, b *big.Float) *big.Float { return exNew().Add(a, b) }
	quo := func(a, b *big.Float) *big.Float { return exNew().Quo(a, b) }
	sub := func(a, b *big.Float) *big.Float { return exNew().Sub(a, b) }
	sg := func(x *big.Float) *big.Float { return exSigmoid(x) }
	A, _, _ := big.ParseFloat("1.5957691216057307117597842397375274738", 10, 200, big.ToNearestEven)
	root := new(big.Float).SetPrec(192).Sqrt(new(big.Float).SetPrec(192).SetInt64(2))
	pi, _, _ := big.ParseFloat("3.1415926535897932384626433832795028841971693993751058209749445923078164", 10, 230, big.ToNearestEven)
	rp := new(big.Float).SetPrec(192).Sqrt(pi)
	A = new(big.Float).SetPrec(192).Quo(new(big.Float).SetPrec(192).Mul(root, ex(2)), rp)
	c447, _, _ := big.ParseFloat("0.044715", 10, 200, big.ToNearestEven)
	B := new(big.Float).SetPrec(192).Mul(A, c447)
	y := func(x *big.Float) *big.Float { return mul(x, add(A, mul(B, mul(x, x)))) }
	v := func(x *big.Float) *big.Float { return mul(x, add(A, mul(mul(B, ex(3)), mul(x, x)))) }
	gs := func(x, y, v *big.Float) *big.Float { s := sg(y); return mul(s, add(ex(1), mul(v, sg(bn(y))))) }
	mish := func(x *big.Float) *big.Float {
		e := ref.BigExp(x)
		n := mul(e, add(e, ex(2)))
		return mul(x, quo(n, add(n, ex(2))))
	}
	mishs := func(x *big.Float) *big.Float {
		e := ref.BigExp(x)
		n := mul(e, add(e, ex(2)))
		n2 := add(n, ex(2))
		return quo(mul(e, add(mul(add(e, ex(2)), n2), mul(mul(x, ex(4)), add(e, ex(1))))), mul(n2, n2))
	}
	kinds := []sample{between(-1, 1), between(-4, 4), between(-10, 10), between(-40, 40), between(-38.6, -20), between(-760, -700), around(1), around(-1), magnitudes(-1, -70, 3), magnitudes(1, -70, 3), magnitudes(1, -1074, 9), magnitudes(-1, -1074, 9), between(-21.6, -20), between(-1.3, -0.7)}
	for _, c := range []struct {
		n   string
		f   func(float64) float64
		g   func(*big.Float) *big.Float
		lim float64
	}{
		{"tanh", tanh64, func(x *big.Float) *big.Float { e := ref.BigExpm1(mul(x, ex(2))); return quo(e, add(e, ex(2))) }, 800},
		{"silu", silu64, func(x *big.Float) *big.Float { return mul(x, sg(x)) }, 800},
		{"erf", erf64, func(x *big.Float) *big.Float {
			if x.MantExp(nil) > 3 {
				return ex(float64(x.Sign()))
			}
			return ref.BigErf(x)
		}, 5.99},
		{"gelu", gelu64, func(x *big.Float) *big.Float { return mul(x, ref.BigNormal(x)) }, 39},
		{"gelutanh", geluTanh64, func(x *big.Float) *big.Float { return mul(x, sg(y(x))) }, 22},
		{"mish", mish64, mish, 760},
		{"tanh'", tanhSlope64, func(x *big.Float) *big.Float {
			e := ref.BigExp(mul(exNew().Abs(x), ex(-2)))
			o := add(e, ex(1))
			return quo(mul(e, ex(4)), mul(o, o))
		}, 800},
		{"erf'", erfSlope64, func(x *big.Float) *big.Float { return quo(mul(ex(2), ref.BigExp(bn(mul(x, x)))), rp) }, 30},
		{"silu'", siluSlope64, func(x *big.Float) *big.Float { return gs(x, x, x) }, 760},
		{"gelutanh'", geluTanhSlope64, func(x *big.Float) *big.Float { return gs(x, y(x), v(x)) }, 22},
		{"gelu'", geluSlope64, func(x *big.Float) *big.Float { return add(ref.BigNormal(x), mul(x, ref.BigNormalDensity(x))) }, 39},
		{"mish'", mishSlope64, mishs, 760},
	} {
		r := rand.New(rand.NewPCG(1, 2))
		worst, at := 0.0, 0.0
		big := 0
		for i := 0; i < 20000; i++ {
			x := kinds[i%len(kinds)](r)
			if math.Abs(x) > c.lim {
				continue
			}
			want := c.g(ex(x))
			got := c.f(x)
			e := ref.ULP64(got, want)
			if e > 4 {
				d, _ := sub(ex(got), want).Float64()
				if math.Abs(d) < 0x1p-52 {
					big++
					continue
				}
			}
			if !(e <= worst) {
				worst, at = e, x
			}
		}
		t.Logf("%s %.3f at %x (%g) abs %d", c.n, worst, at, at, big)
	}
}
