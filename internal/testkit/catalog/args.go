package catalog

import (
	"slices"

	"github.com/simmer-go/simmer/kernels"
)

// Args is what one call is about: slices in the order of Outputs and Inputs, and so on.
type Args[T kernels.Float] struct {
	Out, In [][]T
	Scalars []T
	Cols    int   // row kernels
	Target  []int // kernels with classes
}

// NewArgs makes a call with n elements, in rows of cols if k works on rows: usual scalars, and all else zero.
func (k Kernel[T]) NewArgs(n, cols int) Args[T] {
	a := Args[T]{Cols: cols, Scalars: k.ScalarsAt(0)}
	for _, o := range k.Outputs {
		a.Out = append(a.Out, make([]T, o.Elements(n, cols)))
	}
	for _, o := range k.Inputs {
		a.In = append(a.In, make([]T, o.Elements(n, cols)))
	}
	if k.Classes {
		a.Target = make([]int, n/cols)
	}
	return a
}

// Values says what inputs are filled with.
type Values int

// The two kinds of input that every test tries.
const (
	Usual      Values = iota // by Fill, from the domain of each input
	RandomBits               // by FillBits
)

// RandomArgs is NewArgs with inputs and classes that depend on the seed, as does the choice of scalars.
func (k Kernel[T]) RandomArgs(n, cols int, values Values, seed uint64) Args[T] {
	a := k.NewArgs(n, cols)
	a.Scalars = k.ScalarsAt(int(seed))
	for j, o := range k.Inputs {
		if s := seed*31 + uint64(j); values == RandomBits {
			FillBits(a.In[j], s)
		} else {
			Fill(a.In[j], o.Domain, s)
		}
	}
	if k.Classes {
		FillClasses(a.Target, cols, seed)
	}
	return a
}

// ScalarsAt picks one value to try for each scalar: at 0 the usual ones.
func (k Kernel[T]) ScalarsAt(pick int) []T {
	list := make([]T, len(k.Scalars))
	for i, s := range k.Scalars {
		list[i] = T(s.Try[pick%len(s.Try)])
	}
	return list
}

// Clone copies the slices of a call.
func (a Args[T]) Clone() Args[T] {
	a.In, a.Out = each(a.In, slices.Clone), each(a.Out, slices.Clone)
	return a
}

// Window is the call on the elements from first to last only. It is not for calls on rows.
func (a Args[T]) Window(first, last int) Args[T] {
	cut := func(x []T) []T { return x[first:last:last] }
	a.In, a.Out = each(a.In, cut), each(a.Out, cut)
	return a
}

// each applies f to every slice.
func each[T kernels.Float](list [][]T, f func([]T) []T) [][]T {
	out := make([][]T, len(list))
	for j, x := range list {
		out[j] = f(x)
	}
	return out
}
