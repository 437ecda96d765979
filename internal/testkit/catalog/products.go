package catalog

import (
	"slices"

	"github.com/simmer-go/simmer/kernels"
)

// products are the rows of the kernels that multiply matrices. What they add to comes first among the inputs.
func products[T kernels.Float]() []Kernel[T] {
	return []Kernel[T]{
		{
			Function: "AffineTo", Outputs: dst, Inputs: affine, Product: true,
			Call: func(a Args[T]) float64 { kernels.AffineTo(a.Out[0], a.In[0], a.Packed, a.In[2]); return 0 },
		},
		{
			Name: "AffineTo_noBias", Function: "AffineTo", Outputs: dst, Inputs: affine[:2], Product: true,
			Call: func(a Args[T]) float64 { kernels.AffineTo(a.Out[0], a.In[0], a.Packed, nil); return 0 },
		},
		{
			Function: "AffineReLUTo", Outputs: dst, Inputs: affine, Product: true,
			Call: func(a Args[T]) float64 { kernels.AffineReLUTo(a.Out[0], a.In[0], a.Packed, a.In[2]); return 0 },
		},
		{
			Function: "MatMulTo", Outputs: dst, Inputs: factors, Product: true,
			Call: func(a Args[T]) float64 {
				kernels.MatMulTo(a.Out[0], a.In[0], a.In[1], a.Rows, a.Depth, a.Cols)
				return 0
			},
		},
		{
			Function: "MatMulTransTo", Outputs: dst, Inputs: factors, Product: true,
			Call: func(a Args[T]) float64 {
				kernels.MatMulTransTo(a.Out[0], a.In[0], a.In[1], a.Rows, a.Depth, a.Cols)
				return 0
			},
		},
		{
			Function: "AddMatMulTo", Outputs: dst, Inputs: added, Product: true, Adds: true,
			Call: func(a Args[T]) float64 {
				kernels.AddMatMulTo(a.Out[0], a.In[1], a.In[2], a.Rows, a.Depth, a.Cols)
				return 0
			},
		},
		{
			Function: "AddMatMulTransTo", Outputs: dst, Inputs: added, Product: true, Adds: true,
			Call: func(a Args[T]) float64 {
				kernels.AddMatMulTransTo(a.Out[0], a.In[1], a.In[2], a.Rows, a.Depth, a.Cols)
				return 0
			},
		},
		{
			Function: "AddTransMatMulTo", Outputs: dst, Inputs: added, Product: true, Adds: true,
			Call: func(a Args[T]) float64 {
				kernels.AddTransMatMulTo(a.Out[0], a.In[1], a.In[2], a.Rows, a.Depth, a.Cols)
				return 0
			},
		},
		{
			Function: "AddColumnSumsTo", Outputs: []Operand{{Name: "dst", Size: PerCol}}, Product: true, Adds: true,
			Inputs: []Operand{{Name: "start", Size: PerCol, Domain: Real}, {Name: "x", Size: Right, Domain: Real, Alone: true}},
			Call:   func(a Args[T]) float64 { kernels.AddColumnSumsTo(a.Out[0], a.In[1]); return 0 },
		},
		{
			Function: "AddTransMatMulRowsTo", Outputs: dst, Inputs: added, Product: true, Adds: true,
			Call: func(a Args[T]) float64 {
				for _, rows := range [][2]int{{0, a.Rows / 3}, {a.Rows / 3, a.Rows}} {
					kernels.AddTransMatMulRowsTo(a.Out[0], a.In[1], a.In[2], a.Rows, a.Depth, a.Cols, rows[0], rows[1])
				}
				return 0
			},
		},
		sumSquares[T]("SumSquaresTo", 5, true),
		sumSquares[T]("SumSquaresTo_one", 1, false),
		sumSquares[T]("SumSquaresTo_many", 40, true), // more than are taken at a time
		{
			Function: "TransposeTo", Outputs: dst, Inputs: []Operand{{Name: "src", Domain: Real, Alone: true}}, Product: true,
			Call: func(a Args[T]) float64 { kernels.TransposeTo(a.Out[0], a.In[0], a.Cols, a.Rows); return 0 },
		},
	}
}

func sumSquares[T kernels.Float](name string, terms int, biased bool) Kernel[T] {
	k := Kernel[T]{Name: name, Function: "SumSquaresTo", Outputs: dst, Inputs: slices.Clone(factors), Product: true}
	k.Inputs[1].Times = terms
	if biased {
		k.Inputs = append(k.Inputs, Operand{Name: "bias", Size: PerCol, Times: terms, Domain: Real, Alone: true})
	}
	k.Call = func(a Args[T]) float64 {
		var bias []T
		if biased {
			bias = a.In[2]
		}
		kernels.SumSquaresTo(a.Out[0], a.In[0], a.In[1], bias, a.Rows, a.Depth, a.Cols, terms)
		return 0
	}
	return k
}

var (
	affine = []Operand{
		{Name: "x", Size: Left, Domain: Real, Alone: true}, {Name: "w", Size: Right, Domain: Real, Alone: true, Packed: true},
		{Name: "bias", Size: PerCol, Domain: Real, Alone: true},
	}
	factors = []Operand{{Name: "a", Size: Left, Domain: Real, Alone: true}, {Name: "b", Size: Right, Domain: Real, Alone: true}}
	added   = append(in(Real, "start"), factors...)
)
