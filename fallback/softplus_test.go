package fallback

import (
	"math"
	"math/big"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

func exSoftplus(x *big.Float) *big.Float {
	s := ref.BigLog1p(ref.BigExp(exNew().Neg(exNew().Abs(x))))
	if x.Sign() > 0 {
		s.Add(s, x)
	}
	return s
}

func TestSoftplus64(t *testing.T) {
	checkULP(t, 2, softplus64, exSoftplus,
		between(-1, 0), between(0, 1), between(-0.05, 0.05), between(-0.47, -0.43), between(-0.7, -0.68), between(-40, 40),
		between(-38, -36), between(-746, -700), around(-708.396418532264), magnitudes(-1, -1074, 0), magnitudes(1, -1074, 9))
	checkSpecials(t, softplus64,
		special{0, math.Ln2}, special{negZero, math.Ln2}, special{math.Inf(1), math.Inf(1)}, special{math.Inf(-1), 0},
		special{1e308, 1e308}, special{-1e308, 0}, special{-745.13, 0x1p-1074}, special{-745.14, 0},
		special{math.NaN(), math.NaN()}, special{oddNaN, oddNaN})
}
