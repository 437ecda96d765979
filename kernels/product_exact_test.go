package kernels_test

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/ref"
	"github.com/simmer-go/simmer/kernels"
)

// sum is what one element of a product is made of: start + Σ a·b.
type sum[T kernels.Float] struct {
	start T
	a, b  stride[T]
	n     int // the number of products
}

// stride is every so many elements of a slice.
type stride[T kernels.Float] struct {
	x           []T
	first, step int
}

func (s stride[T]) at(p int) *T { return &s.x[s.first+p*s.step] }

// sumOf is element (i, j) of the result of a call, by the formula in the doc comment.
func sumOf[T kernels.Float](t *testing.T, k catalog.Kernel[T], call catalog.Args[T], i, j int) sum[T] {
	m, n, depth, in := call.Rows, call.Cols, call.Depth, call.In
	switch k.Function {
	case "AffineTo", "AffineReLUTo":
		s := sum[T]{a: stride[T]{in[0], i * depth, 1}, b: stride[T]{in[1], j * depth, 1}, n: depth}
		if len(in) > 2 {
			s.start = in[2][j]
		}
		return s
	case "MatMulTo":
		return sum[T]{a: stride[T]{in[0], i * depth, 1}, b: stride[T]{in[1], j, n}, n: depth}
	case "MatMulTransTo":
		return sum[T]{a: stride[T]{in[0], i * depth, 1}, b: stride[T]{in[1], j * depth, 1}, n: depth}
	case "AddTransMatMulTo":
		return sum[T]{start: in[0][i*n+j], a: stride[T]{in[1], i, m}, b: stride[T]{in[2], j, n}, n: depth}
	case "AddColumnSumsTo":
		return sum[T]{start: in[0][j], a: stride[T]{[]T{1}, 0, 0}, b: stride[T]{in[1], j, n}, n: depth}
	}
	t.Fatalf("sumOf lacks the formula of %s", k.Function)
	panic("not reached")
}

// inOrder is the sum in the order that doc comments state, by exact arithmetic.
func (s sum[T]) inOrder(relu bool) T {
	total := s.start
	for first := 0; first < s.n; first += 64 {
		var c T
		for p := first; p < min(first+64, s.n); p++ {
			c = ref.FMA(*s.a.at(p), *s.b.at(p), c)
		}
		total += c
	}
	if relu && total < 0 {
		return 0
	}
	return total
}

// exact is the true sum, and that of all magnitudes.
func (s sum[T]) exact() (sum, magnitudes *big.Float) {
	sum = ref.Exact(float64(s.start))
	magnitudes = new(big.Float).Abs(sum)
	for p := range s.n {
		product := ref.Exact(float64(*s.a.at(p)))
		product.Mul(product, ref.Exact(float64(*s.b.at(p))))
		sum.Add(sum, product)
		magnitudes.Add(magnitudes, product.Abs(product))
	}
	return sum, magnitudes
}

func isReLU(function string) bool { return function == "AffineReLUTo" }

// exactShapes are few, since exact arithmetic is slow.
func exactShapes() []catalog.Shape {
	return []catalog.Shape{
		product(5, 0, 3), product(7, 1, 18), product(3, 2, 33), product(9, 63, 5), product(2, 64, 9), product(4, 65, 17),
		product(3, 128, 4), product(2, 129, 3), product(1, 641, 2), product(25, 6, 3), product(6, 20, 8),
	}
}

// inputs are the kinds of data that products are compared with exact sums on.
type inputs[T kernels.Float] struct {
	name   string
	fill   func(x []T, seed uint64)
	cancel bool // the second half of the products cancels the first, or nearly so
	finite bool // with all sums
}

func allInputs[T kernels.Float]() []inputs[T] {
	in := func(d catalog.Domain) func([]T, uint64) {
		return func(x []T, seed uint64) {
			catalog.Fill(x, d, seed)
			for i := range x {
				x[i] /= 3 // or float64 would have but 24 digits, and exact products
			}
		}
	}
	huge, tiny := catalog.Domain{MinExp: 50, MaxExp: 58, Signed: true}, catalog.Domain{MinExp: -77, MaxExp: -69, Signed: true}
	if ulp[T](1) < 0x1p-30 {
		huge, tiny = catalog.Domain{MinExp: 500, MaxExp: 506, Signed: true}, catalog.Domain{MinExp: -540, MaxExp: -532, Signed: true}
	}
	return []inputs[T]{
		{"normal", in(catalog.Real), false, true},
		{"positive", in(catalog.Domain{MinExp: -3, MaxExp: 1}), false, true},
		{"cancelling", in(catalog.Real), true, true},
		{"huge", in(huge), false, true},
		{"tiny", in(tiny), false, true},
		{"tiny and cancelling", in(tiny), true, true},
		{"of all exponents", catalog.FillWide[T], false, true},
		{"random bits", catalog.FillBits[T], false, false},
	}
}

// args fills the inputs of a call.
func (v inputs[T]) args(t *testing.T, k catalog.Kernel[T], s catalog.Shape, seed uint64) catalog.Args[T] {
	call := k.NewArgs(s)
	for j, x := range call.In {
		v.fill(x, seed*31+uint64(j))
	}
	if !v.cancel {
		return call
	}
	half := s.Depth / 2
	for e := range call.Out[0] {
		sum := sumOf(t, k, call, e/s.Cols, e%s.Cols)
		for p := range half {
			*sum.a.at(half + p) = *sum.a.at(p)
			*sum.b.at(half + p) = -*sum.b.at(p) * (1 + T((p+e)%3)*T(ulp[T](1)))
		}
	}
	return call
}

// Every element has the bits of the sum in the order that the doc comments state, on every implementation.
func TestProductsInOrder(t *testing.T) {
	forEachProduct(t, testProductsInOrder[float32], testProductsInOrder[float64])
}

func testProductsInOrder[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	for at, s := range exactShapes() {
		for kind, v := range allInputs[T]() {
			if testing.Short() && (at+kind)%4 != 0 {
				continue
			}
			call := v.args(t, k, s, uint64(at+kind))
			want := make([]T, len(call.Out[0]))
			for e := range want {
				want[e] = sumOf(t, k, call, e/s.Cols, e%s.Cols).inOrder(isReLU(k.Function))
			}
			for _, i := range isa.Available() {
				same(t, v.name, i, k, k.Run(i, call), catalog.Results[T]{Out: [][]T{want}})
			}
		}
	}
}

// Every element is within the bound of the doc comments. The test holds the bound that is proven: a chain of k < 64
// products rounds k times. Where products are subnormal, each is rounded to a multiple of the smallest number besides.
func TestProductErrors(t *testing.T) {
	forEachProduct(t, testProductErrors[float32], testProductErrors[float64])
}

func testProductErrors[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	for kind, v := range allInputs[T]() {
		if !v.finite {
			continue
		}
		worst := 0.0
		for at, s := range exactShapes() {
			call := v.args(t, k, s, uint64(at+kind))
			for e, got := range k.Do(call).Out[0] {
				error, bound := sumOf(t, k, call, e/s.Cols, e%s.Cols).error(got, isReLU(k.Function))
				if !(error <= bound) {
					t.Fatalf("%s, %+v: element %d is %v: off by %g, bound %g", v.name, s, e, got, error, bound)
				}
				if bound > 0 {
					worst = max(worst, error/bound)
				}
			}
		}
		t.Logf("%s: at most %.2f of the bound", v.name, worst)
	}
}

// error is how far got is from the true sum, and how far it may be.
func (s sum[T]) error(got T, relu bool) (error, bound float64) {
	exact, magnitudes := s.exact()
	if relu && exact.Sign() < 0 {
		exact = new(big.Float)
	}
	error, _ = exact.Sub(exact, ref.Exact(float64(got))).Abs(exact).Float64()
	size, _ := magnitudes.Float64()
	roundings, u := float64(min(s.n, 64)+(s.n+63)/64), ulp[T](1)/2
	return error, roundings*u/(1-roundings*u)*size + float64(s.n)*ulp[T](0)/2
}

// The bound is attained but for a few per cent: where every product is a little more than half an ULP of the chain.
func TestProductErrorsAtWorst(t *testing.T) {
	t.Run("float32", testProductErrorsAtWorst[float32])
	t.Run("float64", testProductErrorsAtWorst[float64])
}

func testProductErrorsAtWorst[T kernels.Float](t *testing.T) {
	x, w := make([]T, 64), make([]T, 64)
	for p := range x {
		x[p], w[p] = T(ulp[T](1)/2), 1+0x1p-10
	}
	x[0], w[0] = 1, 1
	got := kernels.MatMulTo(make([]T, 1), x, w, 1, 64, 1)[0]
	error, bound := sum[T]{a: stride[T]{x, 0, 1}, b: stride[T]{w, 0, 1}, n: 64}.error(got, false)
	if ratio := error / bound; !(ratio > 0.95 && ratio <= 1) {
		t.Errorf("%.3f of the bound", ratio)
	}
}

// A special value in an operand has the effect on all results which it is part of that exact arithmetic gives it, and none
// on the others.
func TestProductSpecials(t *testing.T) {
	forEachProduct(t, testProductSpecials[float32], testProductSpecials[float64])
}

func testProductSpecials[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	for _, s := range []catalog.Shape{product(3, 5, 9), product(2, 66, 2)} {
		call := k.RandomArgs(s, catalog.Usual, 3)
		plain := k.Expect(call).Out[0]
		for in, x := range call.In {
			for at := range x {
				usual := x[at]
				for v, special := range catalog.Specials[T]() {
					if (at+v)%7 == 0 || !testing.Short() && s.Depth < 10 {
						x[at] = special
						checkSpecial(t, k, call, plain, fmt.Sprintf("%s[%d] = %v", k.Inputs[in].Name, at, special))
					}
				}
				x[at] = usual
			}
		}
	}
}

func checkSpecial[T kernels.Float](t *testing.T, k catalog.Kernel[T], call catalog.Args[T], plain []T, what string) {
	t.Helper()
	want := make([]T, len(plain))
	for e := range want {
		want[e] = plain[e]
		if s := sumOf(t, k, call, e/call.Cols, e%call.Cols); s.special() {
			want[e] = s.inOrder(isReLU(k.Function))
		}
	}
	for _, i := range isa.Available() {
		same(t, what, i, k, k.Run(i, call), catalog.Results[T]{Out: [][]T{want}})
	}
}

// special says whether one of the numbers is one of Specials.
func (s sum[T]) special() bool {
	for p := range s.n {
		for _, v := range []T{s.start, *s.a.at(p), *s.b.at(p)} {
			if v-v != 0 || v == 0 || math.Abs(float64(v)) < 0x1p-100 || math.Abs(float64(v)) > 0x1p100 || math.Abs(float64(v)) == 1 {
				return true
			}
		}
	}
	return false
}

// NaN and Inf reach every result which they are part of, also when they are multiplied by 0.
func TestZeroTimesNaN(t *testing.T) {
	forEachProduct(t, testZeroTimesNaN[float32], testZeroTimesNaN[float64])
}

func testZeroTimesNaN[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	if len(k.Inputs) < 2 || k.Function == "AddColumnSumsTo" {
		t.Skip("multiplies by 1")
	}
	for _, s := range []catalog.Shape{product(3, 5, 9), product(9, 66, 35)} {
		for in, o := range k.Inputs {
			if o.Size != catalog.Left && o.Size != catalog.Right {
				continue
			}
			call := k.NewArgs(s)
			for at := 0; at < len(call.In[in]); at += 1 + s.Depth/3 {
				call.In[in][at] = catalog.Specials[T]()[at%3] // NaN, Inf, −Inf
				for _, i := range isa.Available() {
					for e, v := range k.Run(i, call).Out[0] {
						sum := sumOf(t, k, call, e/s.Cols, e%s.Cols)
						if part := sum.a.has(&call.In[in][at], s.Depth) || sum.b.has(&call.In[in][at], s.Depth); part != (v != v) {
							t.Fatalf("%v, %+v: 0·%s[%d], which is %v: result %d is %v", i, s, o.Name, at, call.In[in][at], e, v)
						}
					}
				}
				call.In[in][at] = 0
			}
		}
	}
}

// has says whether x is one of n elements.
func (s stride[T]) has(x *T, n int) bool {
	for p := range n {
		if s.at(p) == x {
			return true
		}
	}
	return false
}

// A start of -0 stays if there is nothing to add, and if what is added is -0 by underflow; from +0, nothing gives -0.
func TestProductZeros(t *testing.T) {
	t.Run("float32", testProductZeros[float32])
	t.Run("float64", testProductZeros[float64])
}

func testProductZeros[T kernels.Float](t *testing.T) {
	zero, tiny := T(math.Copysign(0, -1)), T(ulp[T](0))
	for _, c := range []struct {
		name        string
		k           int
		x, w, start T
		negative    bool
	}{
		{"nothing to add", 0, 0, 0, zero, true},
		{"nothing to add", 0, 0, 0, 0, false},
		{"products of +0", 1, 0, 1, zero, false},
		{"products of -0", 1, zero, 1, zero, false}, // a chain begins at +0
		{"products that underflow to -0", 1, tiny, -tiny, zero, true},
		{"products that underflow to -0", 1, tiny, -tiny, 0, false},
		{"products that underflow to -0", 130, tiny, -tiny, zero, true},
		{"products that underflow to -0", 130, tiny, -tiny, 0, false},
		{"products that underflow to +0", 130, tiny, tiny, zero, false},
	} {
		const rows, n = 9, 35
		x, w, bias := full(rows*c.k, c.x), full(c.k*n, c.w), full(n, c.start)
		for _, i := range isa.Available() {
			restore := isa.Use(i)
			packed := kernels.Pack(w, n, c.k, c.k)
			for function, got := range map[string][]T{
				"AffineTo":         kernels.AffineTo(make([]T, rows*n), x, packed, bias),
				"AffineReLUTo":     kernels.AffineReLUTo(make([]T, rows*n), x, packed, bias),
				"AddTransMatMulTo": kernels.AddTransMatMulTo(full(rows*n, c.start), x, w, rows, c.k, n),
			} {
				for e, v := range got {
					if v != 0 || math.Signbit(float64(v)) != c.negative {
						t.Fatalf("%s by %v: %v and %d %s: result %d is %v", function, i, c.start, c.k, c.name, e, v)
					}
				}
			}
			for e, v := range kernels.MatMulTo(make([]T, rows*n), x, w, rows, c.k, n) {
				if catalog.Bits(v) != 0 {
					t.Fatalf("MatMulTo by %v: %d %s: result %d is %v", i, c.k, c.name, e, v)
				}
			}
			restore()
		}
	}
}

// full is n times v.
func full[T kernels.Float](n int, v T) []T {
	x := make([]T, n)
	catalog.FillWith(x, v)
	return x
}
