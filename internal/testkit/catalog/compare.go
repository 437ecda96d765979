package catalog

import (
	"fmt"
	"unsafe"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/kernels"
)

// Agree calls k with the implementation i on copies of the inputs that start offset elements after a multiple of
// 64 bytes, and returns an error unless outputs and sum have the bits that Generic gives, with nothing
// written around the outputs or into the inputs.
func Agree[T kernels.Float](i isa.ISA, k Kernel[T], a Args[T], offset int) error {
	want := a
	want.Out = outputsLike(a.Out)
	wantSum := call(isa.Generic, k, want)

	got := a
	got.In, got.Out = nil, nil
	for j, x := range a.In {
		y, _ := Aligned[T](len(x), offset+3*j)
		copy(y, x)
		got.In = append(got.In, y)
	}
	var wholes [][]T
	for j, x := range a.Out {
		y, whole := Aligned[T](len(x), offset+j)
		FillWith(whole, Canary[T]())
		got.Out, wholes = append(got.Out, y), append(wholes, whole)
	}
	sum := call(i, k, got)

	if Bits(sum) != Bits(wantSum) {
		return fmt.Errorf("%s by %v returned %v, by %v %v", k.Name, i, sum, isa.Generic, wantSum)
	}
	for j, o := range k.Outputs {
		if at := Difference(got.Out[j], want.Out[j]); at >= 0 {
			return fmt.Errorf("%s by %v: %s[%d] of %d = %v (%#x), by %v %v (%#x)", k.Name, i, o.Name, at, len(got.Out[j]),
				got.Out[j][at], Bits(got.Out[j][at]), isa.Generic, want.Out[j][at], Bits(want.Out[j][at]))
		}
		if err := BandError(wholes[j]); err != nil {
			return fmt.Errorf("%s by %v: %s: %w", k.Name, i, o.Name, err)
		}
	}
	for j, o := range k.Inputs {
		if at := Difference(got.In[j], a.In[j]); at >= 0 {
			return fmt.Errorf("%s by %v changed %s[%d]", k.Name, i, o.Name, at)
		}
	}
	return nil
}

func call[T kernels.Float](i isa.ISA, k Kernel[T], a Args[T]) float64 {
	defer isa.Use(i)()
	return k.Call(a)
}

func outputsLike[T kernels.Float](list [][]T) [][]T {
	out := make([][]T, len(list))
	for j, x := range list {
		out[j] = make([]T, len(x))
	}
	return out
}

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

// Band is the number of canaries on either side of an output.
const Band = 48

// Aligned returns n elements of which the first lies offset elements after a multiple of 64 bytes, and the
// array around them, which has Band more elements before and after.
func Aligned[T kernels.Float](n, offset int) (x, whole []T) {
	all := make([]T, Band+64+offset+n+Band)
	start := Band + offset
	for uintptr(unsafe.Pointer(&all[start-offset]))%64 != 0 {
		start++
	}
	whole = all[start-Band : start+n+Band]
	return whole[Band : Band+n], whole
}

// FillWith sets every element to v.
func FillWith[T kernels.Float](x []T, v T) {
	for i := range x {
		x[i] = v
	}
}

// Canary is a signalling NaN that no kernel writes.
func Canary[T kernels.Float]() T { return FromBits[T](0x7ff4c0de_7f80c0de) }

// IsCanary compares the payload too.
func IsCanary[T kernels.Float](v T) bool {
	if unsafe.Sizeof(v) == 4 {
		return *(*uint32)(unsafe.Pointer(&v)) == 0x7f80c0de
	}
	return *(*uint64)(unsafe.Pointer(&v)) == 0x7ff4c0de_7f80c0de
}

// BandError reports a canary around an output that was overwritten.
func BandError[T kernels.Float](whole []T) error {
	n := len(whole) - 2*Band
	for i := range Band {
		if !IsCanary(whole[i]) {
			return fmt.Errorf("wrote %d elements before its start", Band-i)
		}
		if !IsCanary(whole[Band+n+i]) {
			return fmt.Errorf("wrote %d elements after its end", i+1)
		}
	}
	return nil
}
