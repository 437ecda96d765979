package ref_test

import (
	"flag"
	"math"
	"math/big"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/ref"
	"github.com/simmer-go/simmer/kernels"
)

var exhaustive = flag.Bool("exhaustive", false, "test accuracy on every float32")

// stride skips float32 inputs so that a sweep takes a fraction of a second, and none with -exhaustive.
func stride() uint32 {
	switch {
	case *exhaustive:
		return 1
	case testing.Short():
		return 65_537
	}
	return 1021
}

// TestFloat32 sweeps the float32 inputs, every one with -exhaustive, and prints the worst of each function.
func TestFloat32(t *testing.T) {
	for _, f := range []struct {
		name  string
		exact func(float64) float64
	}{
		{"ExpTo", ref.Exp}, {"Expm1To", ref.Expm1}, {"LogTo", ref.Log}, {"Log1pTo", ref.Log1p},
		{"SoftplusTo", ref.Softplus}, {"SigmoidTo", ref.Sigmoid}, {"LogSigmoidTo", ref.LogSigmoid},
		{"TanhTo", ref.Tanh}, {"ErfTo", ref.Erf}, {"SiLUTo", ref.SiLU}, {"GELUTo", ref.GELU},
		{"GELUTanhTo", ref.GELUTanh}, {"MishTo", ref.Mish},
	} {
		t.Run(f.name, func(t *testing.T) {
			sweep(t, f.name, func(dst, x []float32) { call(f.name, dst, x) }, f.exact, 0)
		})
	}
}

// TestSlopes32 is TestFloat32 for derivatives, times 1. Where one changes its sign its error is absolute.
func TestSlopes32(t *testing.T) {
	ones := make([]float32, 1024)
	catalog.FillWith(ones, 1)
	for _, f := range []struct {
		name  string
		exact func(float64) float64
		slack float64
	}{
		{"LogSigmoidGradTo", ref.LogSigmoidSlope, 0}, {"TanhGradTo", ref.TanhSlope, 0}, {"ErfGradTo", ref.ErfSlope, 0},
		{"SiLUGradTo", ref.SiLUSlope, 0x1p-27}, {"GELUGradTo", ref.GELUSlope, 0x1p-27},
		{"GELUTanhGradTo", ref.GELUTanhSlope, 0x1p-27}, {"MishGradTo", ref.MishSlope, 0x1p-27},
	} {
		t.Run(f.name, func(t *testing.T) {
			sweep(t, f.name, func(dst, x []float32) { call(f.name, dst, x, ones[:len(x)]) }, f.exact, f.slack)
		})
	}
}

// sweep holds a function to its bound.
func sweep(t *testing.T, name string, f func(dst, x []float32), exact func(float64) float64, slack float64) {
	t.Helper()
	worst := ref.Sweep32(f, exact, slack, stride())
	t.Logf("%.4f ULP at %x", worst.ULP, worst.X)
	if bound := ref.Bounds[name].Float32; !(worst.ULP <= bound) {
		t.Errorf("%.4f ULP at %x (%g): more than %g", worst.ULP, worst.X, worst.X, bound)
	}
}

// call is a call of an elementwise kernel without scalars.
func call[T kernels.Float](name string, dst []T, in ...[]T) {
	catalog.Find[T](name).Call(catalog.Args[T]{Out: [][]T{dst}, In: in})
}

// TestULP32 tells right from wrong where a mistake in the measure would hide one in a kernel.
func TestULP32(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, c := range []struct {
		got   float32
		exact float64
		want  float64
	}{
		{1, 1, 0}, {1 + 0x1p-23, 1, 1}, {1 - 0x1p-24, 1, 0.5}, {-1, -1 - 0x1p-24, 0.5}, {1, 1 + 0x1p-25, 0.25},
		{0, 0x1p-151, 0.25}, {0x1p-149, 0x1p-150, 0.5}, {0x1p-149, 0x1p-148, 1}, {0x1p-126, 0x1p-126 - 0x1p-149, 1},
		{inf, math.Inf(1), 0}, {-inf, math.Inf(1), math.Inf(1)}, {inf, 1e300, 0}, {math.MaxFloat32, 1e300, math.Inf(1)},
		{inf, math.MaxFloat32, math.Inf(1)}, {nan, math.NaN(), 0}, {nan, 1, math.Inf(1)}, {1, math.NaN(), math.Inf(1)},
		{0, 0, 0}, {0, math.Copysign(0, -1), math.Inf(1)},
	} {
		if e := ref.ULP32(c.got, c.exact); e != c.want {
			t.Errorf("ULP32(%x, %x) = %v, want %v", c.got, c.exact, e, c.want)
		}
	}
}

// TestULP64 is TestULP32 for float64.
func TestULP64(t *testing.T) {
	inf, huge := math.Inf(1), new(big.Float).SetMantExp(ref.Big(1), 2000)
	plus := func(x float64, exponent int) *big.Float { // x and a little more
		return new(big.Float).Add(ref.Big(x), new(big.Float).SetMantExp(ref.Big(1), exponent))
	}
	for _, c := range []struct {
		got   float64
		exact *big.Float
		want  float64
	}{
		{1, ref.Big(1), 0}, {1 + 0x1p-52, ref.Big(1), 1}, {1 - 0x1p-53, ref.Big(1), 0.5}, {1, plus(1, -54), 0.25},
		{-1, plus(-1, -54), 0.5}, {0, plus(0, -1076), 0.25}, {0x1p-1074, plus(0, -1075), 0.5}, {0x1p-1022, ref.Big(0x1p-1022 - 0x1p-1074), 1},
		{inf, huge, 0}, {-inf, huge, inf}, {math.MaxFloat64, huge, inf}, {inf, ref.Big(math.MaxFloat64), inf},
		{math.NaN(), ref.Big(1), inf}, {0, ref.Big(0), 0}, {0x1p-1074, ref.Big(0), inf},
	} {
		if e := ref.ULP64(c.got, c.exact); e != c.want {
			t.Errorf("ULP64(%x, %v) = %v, want %v", c.got, c.exact, e, c.want)
		}
	}
}

// TestSweepFindsOne hides one wrong result among all patterns that a full sweep visits.
func TestSweepFindsOne(t *testing.T) {
	if !*exhaustive {
		t.Skip("visits every float32: -exhaustive")
	}
	const at = 0x1.234568p+5
	identity := func(dst, x []float32) {
		copy(dst, x)
		for i, v := range x {
			if v == at {
				dst[i] = math.Nextafter32(v, 0)
			}
		}
	}
	worst := ref.Sweep32(identity, func(x float64) float64 { return x }, 0, 1)
	if worst.ULP != 1 || worst.X != at {
		t.Errorf("found %v ULP at %x", worst.ULP, worst.X)
	}
}
