package catalog

import (
	"slices"

	"github.com/simmer-go/simmer/kernels"
)

// Args is what one call is about: slices in the order of Outputs and Inputs, and so on.
type Args[T kernels.Float] struct {
	Shape
	Out, In [][]T
	Scalars []T
	Target  []int              // kernels with classes
	Index   []int              // kernels that write ints, an output's worth
	Keep    []bool             // kernels with masks
	Packed  *kernels.Packed[T] // kernels with weights: of the input that is Packed, by Ready
	Key     kernels.Key        // kernels that draw
	Offset  uint64             // the same
}

// NewArgs makes a call of that shape: usual scalars, and all else zero.
func (k Kernel[T]) NewArgs(s Shape) Args[T] {
	a := Args[T]{Shape: s, Scalars: k.ScalarsAt(0)}
	for _, o := range k.Outputs {
		a.Out = append(a.Out, make([]T, o.Elements(s)))
		if o.Index {
			a.Index = make([]int, o.Elements(s))
		}
	}
	for _, o := range k.Inputs {
		a.In = append(a.In, make([]T, o.Elements(s)))
	}
	if k.Classes {
		a.Target = make([]int, s.Rows)
	}
	if k.Masks {
		a.Keep = make([]bool, s.Len())
	}
	return a
}

// Ready is the call with its weights packed, if k takes such and they are not yet.
func (k Kernel[T]) Ready(a Args[T]) Args[T] {
	for j, o := range k.Inputs {
		if o.Packed && a.Packed == nil {
			a.Packed = kernels.Pack(a.In[j], a.Cols*k.Terms(), a.Depth, a.Depth)
		}
	}
	return a
}

// Values says what inputs are filled with.
type Values int

// The kinds of input that tests try.
const (
	Usual        Values = iota // by Fill, from the domain of each input
	RandomBits                 // by FillBits
	AllExponents               // by FillExponents: long sums of random bits are all NaN
)

// RandomArgs is NewArgs with inputs and classes that depend on the seed, as does the choice of scalars.
func (k Kernel[T]) RandomArgs(shape Shape, values Values, seed uint64) Args[T] {
	a := k.NewArgs(shape)
	a.Scalars = k.ScalarsAt(int(seed))
	for j, o := range k.Inputs {
		switch s := seed*31 + uint64(j); values {
		case RandomBits:
			FillBits(a.In[j], s)
		case AllExponents:
			FillExponents(a.In[j], s)
		default:
			Fill(a.In[j], o.Domain, s)
		}
	}
	if k.Draws {
		r := rng(seed)
		a.Key = kernels.Key{Seed: r.next(), Stream: r.next()}
		a.Offset = offset(&r)
	}
	if k.Classes {
		FillClasses(a.Target, shape.Cols, seed)
	}
	if k.Masks {
		FillMask(a.Keep, shape.Cols, seed)
	}
	return a
}

// offset is a place in a stream: near its start, near its end, where the upper half of the counter changes, or
// anywhere.
func offset(r *rng) uint64 {
	near := r.next() % 200
	switch u := r.next(); u % 4 {
	case 0:
		return near
	case 1:
		return -near
	case 2:
		return (u>>4%16+1)<<33 - near
	default:
		return r.next()
	}
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
	a.Index = slices.Clone(a.Index)
	return a
}

// Window is the call on the elements from first to last only. It is for kernels over vectors.
func (a Args[T]) Window(first, last int) Args[T] {
	a.Shape = Vector(last - first)
	a.Offset += uint64(first)
	cut := func(x []T) []T { return x[first:last:last] }
	a.In, a.Out = each(a.In, cut), each(a.Out, cut)
	if a.Keep != nil {
		a.Keep = a.Keep[first:last:last]
	}
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

// copyIndex copies what the kernel wrote as ints to the last output.
func (a Args[T]) copyIndex() {
	for j, i := range a.Index {
		a.Out[len(a.Out)-1][j] = T(i)
	}
}
