package fallback

import (
	"math"
	"math/big"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

func exSigmoid(x *big.Float) *big.Float {
	e := ref.BigExp(exNew().Neg(exNew().Abs(x)))
	above := e
	if x.Sign() > 0 {
		above = ex(1)
	}
	return exNew().Quo(above, exNew().Add(e, ex(1)))
}

func TestSigmoid64(t *testing.T) {
	checkULP(t, 2, sigmoid64, exSigmoid,
		between(-1, 0), between(0, 1), between(-0.45, -0.37), between(-1.2, -1.09), between(-4, -1), between(-40, 40),
		between(-746, -700), around(-708.396418532264), magnitudes(-1, -1074, 0), magnitudes(1, -1074, 9))
	checkSpecials(t, sigmoid64,
		special{0, 0.5}, special{negZero, 0.5}, special{math.Inf(1), 1}, special{math.Inf(-1), 0}, special{40, 1},
		special{-745.13, 0x1p-1074}, special{-745.14, 0}, special{math.NaN(), math.NaN()}, special{oddNaN, oddNaN})
}
