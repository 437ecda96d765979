package fallback

import (
	"github.com/simmer-go/simmer/internal/testkit/ref"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

func regions(t *testing.T, f func(float64) float64, g func(*big.Float) *big.Float, absf float64, edges ...float64) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := 0; i+1 < len(edges); i++ {
		worst, at := 0.0, 0.0
		for j := 0; j < 6000; j++ {
			x := between(edges[i], edges[i+1])(r)
			want := g(ex(x))
			got := f(x)
			e := ref.ULP64(got, want)
			d, _ := exNew().Sub(ex(got), want).Float64()
			if math.Abs(d) < absf {
				e = 0
			}
			if !(e <= worst) {
				worst, at = e, x
			}
		}
		t.Logf("[%g,%g] %.3f at %x", edges[i], edges[i+1], worst, at)
	}
}
func TestReg(t *testing.T) {
	regions(t, gelu64, func(x *big.Float) *big.Float { return exNew().Mul(x, ref.BigNormal(x)) }, 0, -38.6, -30, -20, -10, -5, -3, -2, -1, -0.5, -0.25, -0.1, -0.01, 0, .01, .1, .5, 1, 2, 5)
}
func TestReg2(t *testing.T) {
	regions(t, geluSlope64, func(x *big.Float) *big.Float {
		return exNew().Add(ref.BigNormal(x), exNew().Mul(x, ref.BigNormalDensity(x)))
	}, 0x1p-52, -38.6, -30, -20, -10, -5, -3, -2, -1, -0.5, -0.25, -0.1, -0.01, 0, .01, .1, .5, 1, 2, 5)
}

func exMish(x *big.Float) *big.Float {
	e := ref.BigExp(x)
	n := exNew().Mul(e, exNew().Add(e, ex(2)))
	return exNew().Mul(x, exNew().Quo(n, exNew().Add(n, ex(2))))
}
func TestReg3(t *testing.T) {
	regions(t, mish64, exMish, 0, -750, -700, -100, -38, -30, -20, -10, -5, -3, -2, -1, -0.5, -0.25, -0.1, -0.01, 0, .01, .1, .5, 1, 2, 5)
	t.Log("silu")
	regions(t, silu64, func(x *big.Float) *big.Float { return exNew().Mul(x, exSigmoid(x)) }, 0, -750, -700, -100, -38, -30, -20, -10, -5, -3, -2, -1, -0.5, -0.25, -0.1, -0.01, 0, .01, .1, .5, 1, 2, 5)
}
