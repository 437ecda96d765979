package ref_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/ref"
)

// The binary cross-entropies take two numbers: predictions of all magnitudes, each with these targets and random ones.
var targets = []float64{0, 1, 0.5, 0.25, 0x1p-20, 1 - 0x1p-20, 0x1p-100}

// binaryKernel is an elementwise function of a prediction in some interval and a target, and its references.
type binaryKernel struct {
	name    string
	exact32 func(x, t float64) float64
	exact64 func(x, t *big.Float) *big.Float
	random  func(r *rand.Rand) float64
}

func binaryKernels() []binaryKernel {
	return []binaryKernel{{
		"BCETo",
		func(p, t float64) float64 {
			return -(t*max(math.Log(p), -100) + (1-t)*max(math.Log1p(-p), -100))
		},
		func(p, t *big.Float) *big.Float {
			return blend(t, clamped(ref.BigLog(p)), clamped(ref.BigLog1p(new(big.Float).Neg(p))))
		},
		func(r *rand.Rand) float64 { // near 0, near 1, between
			return []float64{math.Exp2(-140 * r.Float64()), 1 - math.Exp2(-23*r.Float64()), r.Float64()}[r.IntN(3)]
		},
	}, {
		"BCEWithLogitsTo",
		func(x, t float64) float64 { return t*ref.Softplus(-x) + (1-t)*ref.Softplus(x) },
		func(x, t *big.Float) *big.Float {
			return blend(t, bigSoftplus(new(big.Float).Neg(x)), bigSoftplus(x))
		},
		func(r *rand.Rand) float64 {
			x := []float64{math.Exp2(-30 * r.Float64()), 4 * r.NormFloat64(), 85 * r.Float64()}[r.IntN(3)]
			return math.Copysign(x, r.Float64()-0.5)
		},
	}}
}

// blend is t·x + (1−t)·y.
func blend(t, x, y *big.Float) *big.Float {
	one := new(big.Float).Sub(ref.Big(1), t)
	return one.Add(one.Mul(one, y), new(big.Float).Mul(t, x))
}

// clamped is −max(x, −100).
func clamped(x *big.Float) *big.Float {
	if x.Cmp(ref.Big(-100)) < 0 {
		return ref.Big(100)
	}
	return x.Neg(x)
}

func bigSoftplus(x *big.Float) *big.Float { return ref.BigLog1p(ref.BigExp(x)) }

func TestBinary(t *testing.T) {
	n := 200_000
	if testing.Short() {
		n = 20_000
	}
	for _, k := range binaryKernels() {
		t.Run(k.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			x, y := make([]float32, n), make([]float32, n)
			for i := range x {
				x[i], y[i] = float32(k.random(r)), float32(pick(r))
			}
			got := make([]float32, n)
			call(k.name, got, x, y)
			worst, at := 0.0, 0
			for i, v := range got {
				if e := ref.ULP32(v, k.exact32(float64(x[i]), float64(y[i]))); e > worst {
					worst, at = e, i
				}
			}
			report(t, "float32", worst, float64(x[at]), float64(y[at]), ref.Bounds[k.name].Float32)
			k.test64(t, r, n/50)
		})
	}
}

func (k *binaryKernel) test64(t *testing.T, r *rand.Rand, n int) {
	x, y, got := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range x {
		x[i], y[i] = k.random(r), pick(r)
	}
	call(k.name, got, x, y)
	worst, at := 0.0, 0
	for i, v := range got {
		if e := ref.ULP64(v, k.exact64(ref.Big(x[i]), ref.Big(y[i]))); e > worst {
			worst, at = e, i
		}
	}
	report(t, "float64", worst, x[at], y[at], ref.Bounds[k.name].Float64)
}

func pick(r *rand.Rand) float64 {
	if r.IntN(2) == 0 {
		return targets[r.IntN(len(targets))]
	}
	return r.Float64()
}

func report(t *testing.T, kind string, ulp, x, y, bound float64) {
	t.Helper()
	t.Logf("%s: %.4f ULP at %x, %x", kind, ulp, x, y)
	if !(ulp <= bound) {
		t.Errorf("%s: %.4f ULP at %x, %x: more than %g", kind, ulp, x, y, bound)
	}
}
