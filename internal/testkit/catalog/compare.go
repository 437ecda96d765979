package catalog

import (
	"fmt"
	"slices"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/kernels"
)

// Results is what a call gave: the slices that it wrote, and what it returned.
type Results[T kernels.Float] struct {
	Out [][]T
	Sum float64
}

// Do calls k with the implementation in use. The results share the outputs of a. Unlike Call alone it gives the same
// if done again.
func (k Kernel[T]) Do(a Args[T]) Results[T] {
	a = k.Ready(a)
	if k.Adds {
		copy(a.Out[0], a.In[0])
	}
	sum := k.Call(a)
	a.copyIndex()
	return Results[T]{a.Out, sum}
}

// Run is Do with the implementation i.
func (k Kernel[T]) Run(i isa.ISA, a Args[T]) Results[T] {
	defer isa.Use(i)()
	return k.Do(a)
}

// Expect is what Generic, the fallback, gives: what every implementation must give to the bit. It leaves the outputs
// of a alone.
func (k Kernel[T]) Expect(a Args[T]) Results[T] {
	a.Out = each(a.Out, func(x []T) []T { return make([]T, len(x)) })
	return k.Run(isa.Generic, a)
}

// Agree is Check of one implementation against Expect.
func (k Kernel[T]) Agree(i isa.ISA, a Args[T], offset int) error {
	return k.Check(i, a, offset, k.Expect(a))
}

// Check calls k with the implementation i on copies of the inputs. Where slices begin, counted from a multiple of 64
// bytes, differs among them and with offset. It returns an error unless the results have the bits of want, each element
// is written, and nothing around the outputs or in the inputs is.
func (k Kernel[T]) Check(i isa.ISA, a Args[T], offset int, want Results[T]) error {
	moved := a
	moved.In, moved.Out, moved.Index = nil, nil, make([]int, len(a.Index))
	FillIndex(moved.Index)
	for j, x := range a.In {
		y, _ := aligned[T](len(x), offset+5*j)
		copy(y, x)
		moved.In = append(moved.In, y)
	}
	var wholes [][]T
	for j, x := range a.Out {
		y, whole := aligned[T](len(x), 3*offset+j)
		FillWith(whole, Canary[T]())
		moved.Out, wholes = append(moved.Out, y), append(wholes, whole)
	}
	if err := k.Compare(i, k.Run(i, moved), want); err != nil {
		return err
	}
	for j, o := range k.Outputs {
		if at := slices.IndexFunc(moved.Out[j], IsCanary); at >= 0 { // which passes for NaN
			return fmt.Errorf("%s by %v did not write %s[%d]", k.Name, i, o.Name, at)
		}
		if err := bandError(wholes[j]); err != nil {
			return fmt.Errorf("%s by %v: %s: %w", k.Name, i, o.Name, err)
		}
	}
	for j, o := range k.Inputs {
		if at := Difference(moved.In[j], a.In[j]); at >= 0 {
			return fmt.Errorf("%s by %v changed %s[%d]", k.Name, i, o.Name, at)
		}
	}
	return nil
}

// Compare returns a *Mismatch unless what i gave has the bits of want.
func (k Kernel[T]) Compare(i isa.ISA, got, want Results[T]) error {
	if Bits(got.Sum) != Bits(want.Sum) {
		return &Mismatch{k.Name, TypeName[T](), i, "the value returned", 0, show(got.Sum), show(want.Sum)}
	}
	for j, o := range k.Outputs {
		x, y := got.Out[j], want.Out[j]
		if at := Difference(x, y); at >= 0 {
			what := fmt.Sprintf("%s[%d] of %d", o.Name, at, len(x))
			return &Mismatch{k.Name, TypeName[T](), i, what, at, show(x[at]), show(y[at])}
		}
	}
	return nil
}

// Mismatch is the first result of an implementation that has other bits than expected.
type Mismatch struct {
	Kernel, Type string
	ISA          isa.ISA
	What         string // the value returned, or an element of an output
	At           int    // the element
	Got, Want    string
}

func (m *Mismatch) Error() string {
	return fmt.Sprintf("%s %s by %v: %s is %s, want %s", m.Kernel, m.Type, m.ISA, m.What, m.Got, m.Want)
}

// show prints a number and its bits.
func show[T kernels.Float](v T) string { return fmt.Sprintf("%v (%#x)", v, Bits(v)) }

// Difference is the first element of which the bits differ, or -1. All NaNs are one value.
func Difference[T kernels.Float](got, want []T) int {
	for i := range got {
		same := got[i] == want[i] && got[i] != 0 // the common case, quickly
		if !same && Bits(got[i]) != Bits(want[i]) {
			return i
		}
	}
	return -1
}
