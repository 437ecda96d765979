package kernels_test

import (
	"math/big"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/ref"
	"github.com/simmer-go/simmer/kernels"
)

// What products compute, stated once more from their doc comments, in exact arithmetic.

// element is one element of the result of a call: a sum, or the sum of the squares of several.
type element[T kernels.Float] struct {
	sums          []sum[T]
	squares, relu bool
}

// sum is start + Σ a·b, of so many products.
type sum[T kernels.Float] struct {
	start T
	a, b  stride[T]
	n     int
}

// stride is every so many elements of a slice.
type stride[T kernels.Float] struct {
	x           []T
	first, step int
}

func (s stride[T]) at(p int) *T { return &s.x[s.first+p*s.step] }

// elementOf is element e of the result.
func elementOf[T kernels.Float](t *testing.T, k catalog.Kernel[T], call catalog.Args[T], e int) element[T] {
	i, j := e/call.Cols, e%call.Cols
	if k.Function == "TransposeTo" {
		return element[T]{sums: []sum[T]{{start: call.In[0][j*call.Rows+i]}}}
	}
	el := element[T]{squares: k.Function == "SumSquaresTo", relu: k.Function == "AffineReLUTo"}
	var start T
	if k.Adds {
		start = call.In[0][e]
		call.In = call.In[1:]
	}
	for r := range k.Terms() {
		if !k.Adds && len(call.In) > 2 {
			start = call.In[2][r*call.Cols+j] // the bias
		}
		a, b := factorsOf(t, k.Function, call, i, r*call.Cols+j)
		el.sums = append(el.sums, sum[T]{start, a, b, call.Depth})
	}
	return el
}

// factorsOf are row i of the left factor, and column j of the right.
func factorsOf[T kernels.Float](t *testing.T, function string, call catalog.Args[T], i, j int) (a, b stride[T]) {
	row := func(x []T, i int) stride[T] { return stride[T]{x, i * call.Depth, 1} }
	column := func(x []T, j, columns int) stride[T] { return stride[T]{x, j, columns} }
	switch in := call.In; function {
	case "AffineTo", "AffineReLUTo", "MatMulTransTo", "AddMatMulTransTo":
		return row(in[0], i), row(in[1], j)
	case "MatMulTo", "AddMatMulTo":
		return row(in[0], i), column(in[1], j, call.Cols)
	case "SumSquaresTo":
		return row(in[0], i), column(in[1], j, len(in[1])/max(1, call.Depth))
	case "AddTransMatMulTo", "AddTransMatMulRowsTo":
		return column(in[0], i, call.Rows), column(in[1], j, call.Cols)
	case "AddColumnSumsTo":
		return column([]T{1}, 0, 0), column(in[0], j, call.Cols)
	}
	t.Fatalf("factorsOf lacks the formula of %s", function)
	panic("not reached")
}

// inOrder is the element in the order that doc comments state.
func (el element[T]) inOrder() T {
	var squares T
	for _, s := range el.sums {
		total := s.inOrder()
		switch {
		case el.squares:
			squares = ref.FMA(total, total, squares)
		case el.relu && total < 0:
			return 0
		default:
			return total
		}
	}
	return squares
}

func (s sum[T]) inOrder() T {
	total := s.start
	for first := 0; first < s.n; first += 64 {
		var c T
		for p := first; p < min(first+64, s.n); p++ {
			c = ref.FMA(*s.a.at(p), *s.b.at(p), c)
		}
		total += c
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

// bound is how far the sum may be from the true one, by the doc comments and what is proven besides: a chain of less
// than 64 products rounds less often, and one that is subnormal is rounded to a multiple of the smallest number.
func (s sum[T]) bound(magnitudes *big.Float) float64 {
	size, _ := magnitudes.Float64()
	return rounded[T](min(s.n, 64)+(s.n+63)/64, size) + float64(s.n)*ulp[T](0)/2
}

// rounded is by how much so many roundings may change a sum of terms of that size.
func rounded[T kernels.Float](times int, size float64) float64 {
	nu := float64(times) * ulp[T](1) / 2
	return nu / (1 - nu) * size
}

// error is how far got is from the true element, and how far it may be.
func (el element[T]) error(got T) (error, bound float64) {
	exact := ref.Exact(0)
	size := 0.0
	for _, s := range el.sums {
		sum, magnitudes := s.exact()
		b := s.bound(magnitudes)
		if el.squares {
			v, _ := new(big.Float).Abs(sum).Float64()
			bound += 2*v*b + b*b
			size += (v + b) * (v + b)
			sum.Mul(sum, sum)
		} else {
			bound = b
		}
		exact.Add(exact, sum)
	}
	if el.squares {
		bound += rounded[T](len(el.sums), size) + float64(len(el.sums))*ulp[T](0)/2
	}
	if el.relu && exact.Sign() < 0 {
		exact = ref.Exact(0)
	}
	error, _ = exact.Sub(exact, ref.Exact(float64(got))).Abs(exact).Float64()
	return error, bound
}

// uses reports whether *x is one of the factors.
func (el element[T]) uses(x *T) bool {
	for _, s := range el.sums {
		for p := range s.n {
			if s.a.at(p) == x || s.b.at(p) == x {
				return true
			}
		}
	}
	return false
}
