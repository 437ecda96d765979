package ref_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/ref"
	"github.com/simmer-go/simmer/kernels"
)

// stride skips float32 inputs so that all sweeps together take a second; trust/inputs skips none.
func stride() uint32 {
	if testing.Short() {
		return 65_537
	}
	return 4093
}

// TestFloat32 holds each function of one argument to its bound on a sweep of the float32 inputs. The worst of all is among
// the hard ones: see TestHard.
func TestFloat32(t *testing.T) {
	for _, f := range ref.Functions() {
		worst := ref.Sweep32(f, func(dst, x []float32) { callOne(f, dst, x) }, stride())
		if bound := ref.Bounds[f.Name].Float32; !(worst.ULP <= bound) {
			t.Errorf("%s: %.4f ULP at %x (%g): more than %g", f.Name, worst.ULP, worst.X, worst.X, bound)
		}
	}
}

// TestFloat64 does the same on samples of float64.
func TestFloat64(t *testing.T) {
	n := 8_000
	if testing.Short() {
		n = 2_000
	}
	x, got := make([]float64, n), make([]float64, n)
	for _, f := range ref.Functions() {
		r := rand.New(rand.NewPCG(1, 2))
		for i := range x {
			x[i] = f.Sample(r)
		}
		callOne(f, got, x)
		bound := ref.Bounds[f.Name].Float64
		for i, v := range got {
			if e := f.Error64(v, x[i], bound); !(e <= bound) {
				t.Errorf("%s: %.4f ULP at %x (%g): more than %g", f.Name, e, x[i], x[i], bound)
				break
			}
		}
	}
}

// callOne calls the kernel of a function of one argument: a derivative with ones.
func callOne[T kernels.Float](f ref.Function, dst, x []T) {
	if !f.Slope {
		call(f.Name, dst, x)
		return
	}
	ones := make([]T, len(x))
	catalog.FillWith(ones, 1)
	call(f.Name, dst, x, ones)
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
