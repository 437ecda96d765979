package kernels_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/ref"
	"github.com/simmer-go/simmer/kernels"
)

// exactMoments are the mean and the variance of a row.
func exactMoments[T kernels.Float](x []T) (mean, variance *big.Float) {
	n := ref.Exact(float64(len(x)))
	mean, variance = ref.Exact(0), ref.Exact(0)
	for _, v := range x {
		mean.Add(mean, ref.Exact(float64(v)))
	}
	mean.Quo(mean, n)
	for _, v := range x {
		d := new(big.Float).Sub(ref.Exact(float64(v)), mean)
		variance.Add(variance, d.Mul(d, d))
	}
	return mean, variance.Quo(variance, n)
}

// Layer normalization against exact results: of usual rows, of rows far from 0, of large and of small ones.
func TestLayerNorm(t *testing.T) {
	t.Run("float32", testLayerNorm[float32])
	t.Run("float64", testLayerNorm[float64])
}

func testLayerNorm[T kernels.Float](t *testing.T) {
	for _, shift := range []float64{0, 1000} {
		for _, size := range []float64{1, 0x1p-30, 0x1p110, 0x1p-125} {
			for at, cols := range []int{1, 2, 3, 10, 12, 13, 33, 100, 770} {
				x, gamma, beta := make([]T, 2*cols), make([]T, cols), make([]T, cols)
				catalog.Fill(x, catalog.Real, uint64(at))
				for i := range x {
					x[i] = (x[i] + T(shift)) * T(size)
				}
				catalog.Fill(gamma, catalog.Scale, uint64(at)+7)
				catalog.Fill(beta, catalog.Real, uint64(at)+8)
				for _, eps := range []T{1e-5, 0} {
					if eps == 0 && cols == 1 {
						continue // 0/0
					}
					checkLayerNorm(t, x, cols, gamma, beta, eps)
					checkLayerNorm(t, x, cols, gamma, nil, eps)
					checkLayerNorm(t, x, cols, nil, beta, eps)
					checkLayerNorm(t, x, cols, nil, nil, eps)
				}
			}
		}
	}
}

func checkLayerNorm[T kernels.Float](t *testing.T, x []T, cols int, gamma, beta []T, eps T) {
	t.Helper()
	got := kernels.LayerNormRowsTo(make([]T, len(x)), x, cols, gamma, beta, eps)
	for first := 0; first < len(x); first += cols {
		row := x[first : first+cols]
		mean, variance := exactMoments(row)
		root := new(big.Float).Sqrt(variance.Add(variance, ref.Exact(float64(eps))))
		r, _ := new(big.Float).Quo(ref.Exact(1), root).Float64()
		size := 0.0
		for _, v := range row {
			size += math.Abs(float64(v)) / float64(cols)
		}
		for i, v := range row {
			normal := new(big.Float).Sub(ref.Exact(float64(v)), mean)
			normal.Quo(normal, root)
			scale := 1.0
			if gamma != nil {
				scale = float64(gamma[i])
				normal.Mul(normal, ref.Exact(scale))
			}
			larger, _ := normal.Float64()
			larger = math.Abs(larger)
			if beta != nil {
				normal.Add(normal, ref.Exact(float64(beta[i])))
			}
			want, _ := normal.Float64()
			tolerance := boundOf[T]("LayerNormRowsTo")*ulp[T](math.Max(larger, math.Abs(want))) +
				larger*sumError + math.Abs(scale)*r*size*sumError
			if y := got[first+i]; !near[T](float64(y), want, tolerance) {
				t.Fatalf("%d columns, eps %v, gamma %v, beta %v: y[%d] of x = %v is %v, want %v: off by %.3g, tolerance %.3g",
					cols, eps, gamma != nil, beta != nil, i, v, y, want, math.Abs(float64(y)-want), tolerance)
			}
		}
	}
}

// Rows with special values, by hand.
func TestLayerNormSpecialValues(t *testing.T) {
	t.Run("float32", testLayerNormSpecialValues[float32])
	t.Run("float64", testLayerNormSpecialValues[float64])
}

func testLayerNormSpecialValues[T kernels.Float](t *testing.T) {
	inf, nan := T(math.Inf(1)), T(math.NaN())
	for _, c := range []struct {
		x    []T
		eps  T
		want T // of each element, γ being 1 and β 2
	}{
		{[]T{5, 5, 5}, 1e-5, 2},
		{[]T{5}, 1e-5, 2},
		{[]T{5, 5, 5}, 0, nan},
		{[]T{0}, 0, nan},
		{[]T{1, nan, 3}, 1e-5, nan},
		{[]T{1, inf, 3}, 1e-5, nan},
		{[]T{1, -inf, inf}, 1e-5, nan},
		{[]T{1, 2, 3}, nan, nan},
		{[]T{1, 2, 3}, inf, 2},
	} {
		for _, copies := range []int{1, 20} { // short rows, and rows of several registers
			x := repeat(c.x, copies)
			gamma, beta := make([]T, len(x)), make([]T, len(x))
			catalog.FillWith(gamma, 1)
			catalog.FillWith(beta, 2)
			for _, i := range isa.Available() {
				restore := isa.Use(i)
				got := kernels.LayerNormRowsTo(make([]T, len(x)), x, len(x), gamma, beta, c.eps)
				for _, y := range got {
					if y != c.want && (y == y || c.want == c.want) {
						t.Errorf("%v, %v, eps %v: %v, want %v", i, c.x, c.eps, y, c.want)
						break
					}
				}
				restore()
			}
		}
	}
}

// Equal elements with an eps of 0 are 0/0. In float64 the mean of such a row may be off by its rounding, which is the
// same for all of its elements.
func TestLayerNormOfEqualElements(t *testing.T) {
	for cols := 1; cols <= 70; cols++ {
		for _, c := range []float64{1, 0.1, 1. / 3, 0.7, 3.3e-30, 1e30} {
			x := make([]float32, cols)
			catalog.FillWith(x, float32(c))
			for i, y := range kernels.LayerNormRowsTo(x, x, cols, nil, nil, 0) {
				if y == y {
					t.Fatalf("float32: y[%d] of %d times %v is %v, want NaN", i, cols, c, y)
				}
			}
			x64 := make([]float64, cols)
			catalog.FillWith(x64, c)
			got := kernels.LayerNormRowsTo(x64, x64, cols, nil, nil, 0)
			for i, y := range got {
				if y == y && (math.Abs(y) != 1 || y != got[0]) {
					t.Fatalf("float64: y[%d] of %d times %v is %v, y[0] is %v, want NaN, 1 or -1, one for all", i, cols, c, y, got[0])
				}
			}
		}
	}
}
