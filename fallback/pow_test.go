package fallback

import (
	"math"
	"math/big"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

func exPow(p float64) func(x *big.Float) *big.Float {
	return func(x *big.Float) *big.Float {
		l := ref.BigLog(x)
		return ref.BigExp(l.Mul(l, ex(p)))
	}
}

func TestPow64(t *testing.T) {
	for _, p := range []float64{0.01, 0.5, 1, 2, 2.5, 3} {
		pow := func(x float64) float64 { return pow64(x, p) }
		checkULP(t, 1+p/4, pow, exPow(p),
			between(0, 1), between(0, 10), between(0.5, 1.5), around(1), magnitudes(1, max(-1074, int(-1080/p)), int(1024/max(p, 1))))
		checkSpecials(t, pow,
			special{0, 0}, special{negZero, 0}, special{1, 1}, special{math.Inf(1), math.Inf(1)}, special{-1, math.NaN()},
			special{math.NaN(), math.NaN()}, special{oddNaN, oddNaN})
	}
	// An exponent so high that the logarithm's own error is felt.
	pow := func(x float64) float64 { return pow64(x, 200) }
	checkULP(t, 1+200.0/4, pow, exPow(200), between(0.05, 30), between(0.9, 1.1))

	always1 := func(x float64) float64 { return pow64(x, 0) }
	checkSpecials(t, always1, special{0, 1}, special{1, 1}, special{math.Inf(1), 1}, special{math.NaN(), 1})
	checkSpecials(t, func(x float64) float64 { return pow64(x, math.NaN()) }, special{1, math.NaN()}, special{2, math.NaN()})
}
