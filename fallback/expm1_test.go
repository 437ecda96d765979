package fallback

import (
	"math"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

func TestExpm1_64(t *testing.T) {
	checkULP(t, 1.5, expm1_64, ref.BigExpm1,
		between(-1, 1), between(-2, 2), between(-0.42, -0.34), between(0.34, 0.4), between(-40, 40), between(-745, 709.78),
		between(709, 709.782712893384), around(math.Ln2/2), around(-math.Ln2/2), around(-37.4),
		magnitudes(1, -1074, 0), magnitudes(-1, -1074, 0))
	checkSpecials(t, expm1_64,
		special{0, 0}, special{negZero, negZero}, special{0x1p-1074, 0x1p-1074}, special{-0x1p-1074, -0x1p-1074},
		special{math.Inf(-1), -1}, special{-1e308, -1}, special{-38, -1}, special{math.Inf(1), math.Inf(1)},
		special{709.7827128933841, math.Inf(1)}, special{1e308, math.Inf(1)},
		special{math.NaN(), math.NaN()}, special{oddNaN, oddNaN})
}
