package fallback

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

func TestLog1p64(t *testing.T) {
	nearMinusOne := func(r *rand.Rand) float64 { return math.Ldexp(1+r.Float64(), -1-r.IntN(52)) - 1 }
	checkULP(t, 1.2, log1p64, ref.BigLog1p,
		between(-0.3, -0.2), between(0.4, 0.6), between(-1, 1), nearMinusOne, between(1, 4), magnitudes(1, -1074, 1024),
		magnitudes(-1, -1074, 0), magnitudes(1, 1020, 1024), magnitudes(1, -60, -50), around(-0.25), around(0.5))
	checkSpecials(t, log1p64,
		special{0, 0}, special{negZero, negZero}, special{-1, math.Inf(-1)}, special{math.Inf(1), math.Inf(1)},
		special{0x1p-1074, 0x1p-1074}, special{-0x1p-1074, -0x1p-1074}, special{1e-300, 1e-300},
		special{-1.0000000000000002, math.NaN()}, special{-1e308, math.NaN()}, special{math.Inf(-1), math.NaN()},
		special{math.NaN(), math.NaN()}, special{oddNaN, oddNaN})
}
