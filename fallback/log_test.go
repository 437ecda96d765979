package fallback

import (
	"math"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

func TestLog64(t *testing.T) {
	checkULP(t, 1, log64, ref.BigLog,
		between(0, 1), between(0.5, 2), between(0.69, 0.72), between(1.38, 1.4143), between(1.4142, 1.45),
		around(1), around(math.Sqrt2/2), around(math.Sqrt2), magnitudes(1, -1074, 1024), magnitudes(1, -1074, -1020))
	checkSpecials(t, log64,
		special{0, math.Inf(-1)}, special{negZero, math.Inf(-1)}, special{1, 0}, special{math.Inf(1), math.Inf(1)},
		special{-0x1p-1074, math.NaN()}, special{-1, math.NaN()}, special{math.Inf(-1), math.NaN()},
		special{math.NaN(), math.NaN()}, special{oddNaN, oddNaN}, special{-oddNaN, oddNaN})
}
