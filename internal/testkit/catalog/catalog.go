// Package catalog lists every public kernel once, so that the same loops test, fuzz and time all of them: a new kernel
// needs its row in [Kernels], and TestComplete in the folder above says what else it lacks. Those loops make arguments, run
// kernels and compare results by the functions of this package.
package catalog

import (
	"math"

	"github.com/simmer-go/simmer/kernels"
)

// Kernel is one public function, or one way of calling it.
type Kernel[T kernels.Float] struct {
	Name     string    // unique: Function, and what is special about this way of calling it
	Function string    // the name in package kernels
	Outputs  []Operand // the slices that it writes
	Inputs   []Operand // the slices that it reads
	Scalars  []Scalar  // the values of type T that it takes
	Returns  bool      // it returns a float64 besides
	Rows     bool      // it works on the rows of a matrix: takes cols
	Columns  bool      // with Rows: those are the columns of its slices
	Product  bool      // it multiplies matrices: takes rows, cols and a depth
	Classes  bool      // it takes a class index per row
	Draws    bool      // it writes random numbers: takes a key and an offset
	Adds     bool      // it adds to its output, in which Do puts the first input before
	Masks    bool      // it takes a bool for each element of the matrix
	Call     func(a Args[T]) float64
}

// Shape is the size of a call: a matrix, or, for kernels over vectors, a column of Rows elements.
type Shape struct {
	Rows, Cols int
	Depth      int // of products: each of the Rows·Cols results is the sum of so many
}

// Vector is the shape of n elements.
func Vector(n int) Shape { return Shape{Rows: n, Cols: 1} }

// Len is the number of elements of the matrix.
func (s Shape) Len() int { return s.Rows * s.Cols }

// Operand is a slice that a kernel reads or writes.
type Operand struct {
	Name   string
	Size   Size
	Times  int    // as many elements as Size says; 0 means 1
	Domain Domain // of inputs: where the usual values are
	Alone  bool   // of inputs: no output may be the same slice
	Packed bool   // of inputs: weights, which the kernel takes as Args.Packed
	Most   int    // so many elements of each row, or all that it has; 0 means as Size says
	Index  bool   // of outputs: the kernel writes Args.Index, which Do copies here, to the last output
}

// Size says how many elements an operand has.
type Size int

// The sizes of operands.
const (
	Whole  Size = iota // one element for each of the matrix
	PerRow             // one for each row
	PerCol             // one for each column
	Left               // the left factor of a product, Rows·Depth
	Right              // the right one, Depth·Cols
)

// Scalar is a number that a kernel takes, with values worth trying.
type Scalar struct {
	Name string
	Try  []float64 // the first is the usual one
}

// Elements returns the number of elements in an operand of a call of that shape.
func (o Operand) Elements(s Shape) int {
	n := s.Len()
	if o.Most > 0 {
		return s.Rows * min(o.Most, s.Cols)
	}
	switch o.Size {
	case PerRow:
		n = s.Rows
	case PerCol:
		n = s.Cols
	case Left:
		n = s.Rows * s.Depth
	case Right:
		n = s.Depth * s.Cols
	}
	return n * max(1, o.Times)
}

// Work returns the number of multiply-adds in a call of a product, or of elements in that of another kernel.
func (k Kernel[T]) Work(s Shape) int {
	if !k.Product {
		return s.Len()
	}
	return k.Outputs[0].Elements(s) * s.Depth * k.Terms()
}

// Terms returns the number of products of rows that make one result: 1, but for sums of squares.
func (k Kernel[T]) Terms() int {
	terms := 1
	for _, o := range k.Inputs {
		terms = max(terms, o.Times)
	}
	return terms
}

// Elementwise says that each element of the outputs depends on one element of each input only,
// and that nothing is returned besides.
func (k Kernel[T]) Elementwise() bool { return !k.Rows && !k.Product && !k.Returns }

// Slices returns the number of floating-point slices.
func (k Kernel[T]) Slices() int { return len(k.Outputs) + len(k.Inputs) }

// Find returns the kernel of that name and panics if there is none.
func Find[T kernels.Float](name string) Kernel[T] {
	for _, k := range Kernels[T]() {
		if k.Name == name {
			return k
		}
	}
	panic("catalog: no kernel is named " + name)
}

// TypeName is "float32" or "float64".
func TypeName[T kernels.Float]() string {
	if is32[T]() {
		return "float32"
	}
	return "float64"
}

// Bits returns the bits of v, all NaNs counting as one value.
func Bits[T kernels.Float](v T) uint64 {
	switch {
	case is32[T]() && v != v:
		return 0x7fc00000
	case is32[T]():
		return uint64(math.Float32bits(float32(v)))
	case v != v:
		return 0x7ff8000000000000
	}
	return math.Float64bits(float64(v))
}

func is32[T kernels.Float]() bool {
	large := 0x1p200
	return math.IsInf(float64(T(large)), 0)
}
