package kernels_test

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/ref"
	"github.com/simmer-go/simmer/kernels"
)

// A masked softmax has the bits of the plain one of what is left, and 0 elsewhere; a masked log-softmax likewise.
func TestMaskedSoftmax(t *testing.T) {
	t.Run("float32", testMaskedSoftmax[float32])
	t.Run("float64", testMaskedSoftmax[float64])
}

func testMaskedSoftmax[T kernels.Float](t *testing.T) {
	for at, s := range []catalog.Shape{
		matrix(1, 1), matrix(9, 1), matrix(1, 7), matrix(70, 3), matrix(67, 16), matrix(5, 17), matrix(3, 100), matrix(2, 4200),
	} {
		for _, name := range []string{"_bias_keep", "_bias", "_keep", ""} {
			for _, values := range bothValues {
				a := catalog.Find[T]("MaskedSoftmaxRowsTo"+name).RandomArgs(s, values, uint64(at))
				var bias []T
				if len(a.In) > 1 {
					bias = a.In[1]
					for i := range bias {
						if i%5 == at%5 {
							bias[i] = T(math.Inf(-1))
						}
					}
				}
				for _, i := range isa.Available() {
					restore := isa.Use(i)
					checkMasked(t, a.In[0], s.Cols, a.Scalars[0], bias, a.Keep)
					restore()
				}
			}
		}
	}
}

func checkMasked[T kernels.Float](t *testing.T, x []T, cols int, scale T, bias []T, keep []bool) {
	t.Helper()
	minusInf := T(math.Inf(-1))
	z, whole := make([]T, len(x)), make([]bool, len(x)/cols)
	for i, v := range x {
		var b T
		if bias != nil {
			b = bias[i]
		}
		z[i] = ref.FMA(v, scale, b)
		if bias == nil {
			z[i] = v * scale
		}
		if b == minusInf || keep != nil && !keep[i] {
			z[i] = minusInf
		}
		if i%cols == 0 {
			whole[i/cols] = true
		}
		whole[i/cols] = whole[i/cols] && (b == minusInf || keep != nil && !keep[i])
	}
	softmax := kernels.SoftmaxRowsTo(make([]T, len(x)), z, cols)
	logs := kernels.LogSoftmaxRowsTo(make([]T, len(x)), z, cols)
	for i := range x {
		if whole[i/cols] {
			softmax[i], logs[i] = 0, minusInf
		}
	}
	got := kernels.MaskedSoftmaxRowsTo(make([]T, len(x)), x, cols, scale, bias, keep)
	if at := catalog.Difference(got, softmax); at >= 0 {
		t.Fatalf("%d columns, bias %v, keep %v: softmax[%d] is %v, want %v",
			cols, bias != nil, keep != nil, at, got[at], softmax[at])
	}
	got = kernels.MaskedLogSoftmaxRowsTo(got, x, cols, scale, bias, keep)
	if at := catalog.Difference(got, logs); at >= 0 {
		t.Fatalf("%d columns, bias %v, keep %v: log-softmax[%d] is %v, want %v",
			cols, bias != nil, keep != nil, at, got[at], logs[at])
	}
}

// What masks do to special values, by hand.
func TestMaskedSoftmaxSpecialValues(t *testing.T) {
	t.Run("float32", testMaskedSoftmaxSpecialValues[float32])
	t.Run("float64", testMaskedSoftmaxSpecialValues[float64])
}

func testMaskedSoftmaxSpecialValues[T kernels.Float](t *testing.T) {
	inf, nan := T(math.Inf(1)), T(math.NaN())
	half := T(math.Log(0.5))
	for _, c := range []struct {
		x, bias   []T
		keep      []bool
		want, log []T
	}{
		{[]T{1, 1}, nil, nil, []T{0.5, 0.5}, []T{half, half}},
		{[]T{nan, 1}, nil, []bool{false, true}, []T{0, 1}, []T{-inf, 0}},
		{[]T{inf, 1}, []T{-inf, 0}, nil, []T{0, 1}, []T{-inf, 0}},
		{[]T{inf, 1}, nil, nil, []T{nan, nan}, []T{nan, nan}},
		{[]T{nan, inf}, nil, []bool{false, false}, []T{0, 0}, []T{-inf, -inf}},
		{[]T{nan, inf}, []T{-inf, -inf}, nil, []T{0, 0}, []T{-inf, -inf}},
		{[]T{nan, inf}, []T{-inf, 0}, []bool{true, false}, []T{0, 0}, []T{-inf, -inf}},
		{[]T{-inf, -inf}, nil, nil, []T{nan, nan}, []T{nan, nan}},
		{[]T{-inf, -inf}, nil, []bool{true, false}, []T{nan, nan}, []T{nan, nan}},
		{[]T{-inf, 3}, []T{0, -inf}, nil, []T{nan, nan}, []T{nan, nan}},
		{[]T{-inf, 3}, nil, []bool{true, true}, []T{0, 1}, []T{-inf, 0}},
		{[]T{2, 3}, []T{inf, 0}, nil, []T{nan, nan}, []T{nan, nan}},
		{[]T{2, 3}, []T{nan, 0}, nil, []T{nan, nan}, []T{nan, nan}},
	} {
		for _, copies := range []int{1, 2, 40} { // 40 rows fill registers
			x, bias, keep := repeat(c.x, copies), repeat(c.bias, copies), repeat(c.keep, copies)
			want, log := repeat(c.want, copies), repeat(c.log, copies)
			for _, i := range isa.Available() {
				restore := isa.Use(i)
				got := kernels.MaskedSoftmaxRowsTo(make([]T, len(x)), x, 2, 1, bias, keep)
				if catalog.Difference(got, want) >= 0 {
					t.Errorf("%v, %v, bias %v, keep %v: %v, want %v", i, c.x, c.bias, c.keep, got[:2], c.want)
				}
				got = kernels.MaskedLogSoftmaxRowsTo(got, x, 2, 1, bias, keep)
				if catalog.Difference(got, log) >= 0 {
					t.Errorf("%v, %v, bias %v, keep %v: logarithms %v, want %v", i, c.x, c.bias, c.keep, got[:2], c.log)
				}
				restore()
			}
		}
	}
}

// repeat is slices.Repeat, but leaves nil alone.
func repeat[E any](x []E, count int) []E {
	if x == nil {
		return nil
	}
	return slices.Repeat(x, count)
}

// The gradients against exact ones.
func TestSoftmaxGrad(t *testing.T) {
	t.Run("float32", testSoftmaxGrad[float32])
	t.Run("float64", testSoftmaxGrad[float64])
}

func testSoftmaxGrad[T kernels.Float](t *testing.T) {
	for at, s := range []catalog.Shape{matrix(40, 1), matrix(40, 2), matrix(20, 10), matrix(9, 13), matrix(5, 100), matrix(2, 700)} {
		x, dy := make([]T, s.Len()), make([]T, s.Len())
		catalog.Fill(x, catalog.Real, uint64(at))
		catalog.Fill(dy, catalog.Real, uint64(at)+77)
		for _, scale := range []T{1, -0.3} {
			y := kernels.SoftmaxRowsTo(make([]T, len(x)), x, s.Cols)
			checkSoftmaxGrad(t, kernels.SoftmaxRowsGradTo(make([]T, len(x)), y, dy, s.Cols, scale), y, dy, s.Cols, scale)
			y = kernels.LogSoftmaxRowsTo(y, x, s.Cols)
			checkLogSoftmaxGrad(t, kernels.LogSoftmaxRowsGradTo(make([]T, len(x)), y, dy, s.Cols, scale), y, dy, s.Cols, scale)
		}
	}
}

// sumError is the error of Sum and Dot, next to the sum of the magnitudes.
const sumError = 0x1p-45

func checkSoftmaxGrad[T kernels.Float](t *testing.T, got, y, dy []T, cols int, scale T) {
	t.Helper()
	for first := 0; first < len(y); first += cols {
		dot, size := ref.Exact(0), 0.0
		for i := first; i < first+cols; i++ {
			p := new(big.Float).Mul(ref.Exact(float64(y[i])), ref.Exact(float64(dy[i])))
			dot.Add(dot, p)
			size += math.Abs(float64(y[i]) * float64(dy[i]))
		}
		for i := first; i < first+cols; i++ {
			want := new(big.Float).Sub(ref.Exact(float64(dy[i])), dot)
			want.Mul(want, ref.Exact(float64(y[i]))).Mul(want, ref.Exact(float64(scale)))
			exact, _ := want.Float64()
			tolerance := boundOf[T]("SoftmaxRowsGradTo")*ulp[T](exact) + math.Abs(float64(scale)*float64(y[i]))*size*sumError
			if !near[T](float64(got[i]), exact, tolerance) {
				t.Fatalf("%d columns: gradient [%d] is %v, want %v, tolerance %v", cols, i, got[i], exact, tolerance)
			}
		}
	}
}

func checkLogSoftmaxGrad[T kernels.Float](t *testing.T, got, y, dy []T, cols int, scale T) {
	t.Helper()
	for first := 0; first < len(y); first += cols {
		sum, size := ref.Exact(0), 0.0
		for i := first; i < first+cols; i++ {
			sum.Add(sum, ref.Exact(float64(dy[i])))
			size += math.Abs(float64(dy[i]))
		}
		for i := first; i < first+cols; i++ {
			exp := ref.BigExp(ref.Big(float64(y[i])))
			term := new(big.Float).Mul(exp, sum)
			want := new(big.Float).Sub(ref.Exact(float64(dy[i])), term)
			exact, _ := want.Mul(want, ref.Exact(float64(scale))).Float64()
			p, _ := exp.Float64()
			larger, _ := term.Float64()
			larger = math.Abs(float64(scale)) * math.Max(math.Abs(larger), math.Abs(float64(dy[i])))
			tolerance := boundOf[T]("LogSoftmaxRowsGradTo")*ulp[T](larger) + math.Abs(float64(scale))*p*size*sumError
			if !near[T](float64(got[i]), exact, tolerance) {
				t.Fatalf("%d columns: gradient [%d] is %v, want %v, tolerance %v", cols, i, got[i], exact, tolerance)
			}
		}
	}
}

// The gradients of special values, by hand.
func TestSoftmaxGradSpecialValues(t *testing.T) {
	t.Run("float32", testSoftmaxGradSpecialValues[float32])
	t.Run("float64", testSoftmaxGradSpecialValues[float64])
}

func testSoftmaxGradSpecialValues[T kernels.Float](t *testing.T) {
	inf, nan := T(math.Inf(1)), T(math.NaN())
	half := T(math.Log(0.5))
	for _, c := range []struct {
		log             bool
		y, dy, gradient []T
	}{
		{false, []T{0.5, 0.5}, []T{1, 0}, []T{0.25, -0.25}},
		{false, []T{0, 0, 0}, []T{1, 2, 3}, []T{0, 0, 0}}, // masked as a whole
		{false, []T{0, 1}, []T{7, 3}, []T{0, 0}},
		{false, []T{0.5, 0.5}, []T{nan, 0}, []T{nan, nan}},
		{false, []T{0.5, 0.5}, []T{inf, 0}, []T{nan, -inf}},
		{false, []T{nan, nan}, []T{1, 0}, []T{nan, nan}},
		{true, []T{-inf, -inf}, []T{1, 2}, []T{0, 0}}, // masked as a whole
		{true, []T{-inf, 0}, []T{1, 2}, []T{0, -1}},
		{true, []T{half, -inf, half}, []T{0, nan, 0}, []T{nan, 0, nan}},
		{true, []T{half, half}, []T{nan, 0}, []T{nan, nan}},
		{true, []T{half, half}, []T{inf, 0}, []T{nan, -inf}},
		{true, []T{nan, nan}, []T{1, 0}, []T{nan, nan}},
		{true, []T{3, -inf}, []T{1, 1}, []T{-1, 0}}, // no logarithm of a probability: as 0
	} {
		for _, copies := range []int{1, 40} {
			y, dy, want := slices.Repeat(c.y, copies), slices.Repeat(c.dy, copies), slices.Repeat(c.gradient, copies)
			for _, i := range isa.Available() {
				restore := isa.Use(i)
				f := kernels.SoftmaxRowsGradTo[T]
				if c.log {
					f = kernels.LogSoftmaxRowsGradTo[T]
				}
				got := f(make([]T, len(y)), y, dy, len(c.y), 1)
				for at, v := range got {
					if v != want[at] && (v == v || want[at] == want[at]) {
						t.Errorf("%v, log %v, y %v, dy %v: %v, want %v", i, c.log, c.y, c.dy, got[:len(c.y)], c.gradient)
						break
					}
				}
				restore()
			}
		}
	}
}
