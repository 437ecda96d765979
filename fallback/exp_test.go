package fallback

import (
	"math"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

func TestExpNeg64(t *testing.T) {
	checkULP(t, 0.97, expNeg64, ref.BigExp,
		between(-1, 0), between(-40, 0), between(-746, 0), between(-746, -707), between(-0.35, -0.34),
		around(-708.396418532264), around(-745.1332191019411), around(-math.Ln2/2), magnitudes(-1, -1074, 0))
	checkSpecials(t, expNeg64,
		special{0, 1}, special{negZero, 1}, special{math.Inf(-1), 0}, special{-1e308, 0}, special{-746, 0},
		special{-745.14, 0}, special{-745.13, 0x1p-1074}, special{math.NaN(), math.NaN()}, special{oddNaN, oddNaN})
}

func TestExp64(t *testing.T) {
	checkULP(t, 0.97, exp64, ref.BigExp,
		between(-1, 1), between(-40, 40), between(-745, 709.78), between(-746, -707), between(709, 709.782712893384),
		between(-0.35, -0.34), between(0.34, 0.35), around(-708.396418532264), around(math.Ln2/2), around(-math.Ln2/2),
		magnitudes(1, -1074, 0), magnitudes(-1, -1074, 0))
	checkSpecials(t, exp64,
		special{0, 1}, special{negZero, 1}, special{math.Inf(-1), 0}, special{-1e308, 0}, special{-745.14, 0},
		special{-745.13, 0x1p-1074}, special{709.782712893384, 0x1.fffffffffff2ap+1023},
		special{709.7827128933841, math.Inf(1)}, special{1e308, math.Inf(1)}, special{math.Inf(1), math.Inf(1)},
		special{math.NaN(), math.NaN()}, special{oddNaN, oddNaN})
}

// TestExp32Rises walks through neighbouring float32, in both signs, wherever exp is neither 0 nor +Inf.
func TestExp32Rises(t *testing.T) {
	stride := uint32(1 << 16)
	if *exhaustive {
		stride = 1 << 8
	}
	for first := uint32(0); first < bits32(-ExpFloor32); first += stride {
		for u := first; u < first+1<<8; u++ {
			x, next := float32of(u), float32of(u+1)
			if exp32(x) > exp32(next) || exp32(-x) < exp32(-next) {
				t.Fatalf("exp32 falls between ±%x and ±%x", x, next)
			}
		}
	}
}
