package main

import (
	"context"
	"fmt"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// agreeOnDigits runs a job on the digits by every implementation, and returns what it found and the number of
// results compared.
func agreeOnDigits[T kernels.Float](ctx context.Context, d *digits[T], job job[T]) (said string, results int, err error) {
	restore := isa.Use(isa.Generic)
	want := job.run(d)
	restore()
	for _, i := range isa.Available()[1:] {
		if err := ctx.Err(); err != nil {
			return "", 0, err
		}
		restore := isa.Use(i)
		got := job.run(d)
		restore()
		if at := catalog.Difference(got, want); at >= 0 {
			return "", 0, fmt.Errorf("%s %s by %v on the digits: result %d is %v, want %v",
				job.kernel, catalog.TypeName[T](), i, at, got[at], want[at])
		}
	}
	return job.say(d, want), len(want), nil
}

// agreeElements is the number of elements at which every kernel is compared: not a multiple of any block,
// and more than one.
const agreeElements = 10_007

// agree runs every kernel by every implementation on n elements (or a little less, to fill rows)
// and returns the number of results compared.
func agree[T kernels.Float](ctx context.Context, s *source[T], k catalog.Kernel[T]) (int, error) {
	compared := 0
	for _, cols := range columnsOf(k) {
		n := agreeElements
		if cols > 0 {
			n -= n % cols
		}
		a := s.args(k, n, cols)
		want := k.Expect(a)
		compared += len(list(want))
		for _, i := range isa.Available()[1:] {
			if err := ctx.Err(); err != nil {
				return 0, err
			}
			if err := k.Check(i, a, 0, want); err != nil {
				return 0, err
			}
		}
	}
	return compared, nil
}

// The row kernels are called with few classes and with many.
const (
	fewColumns  = 10
	manyColumns = 1000
)

// columnsOf are the numbers of columns that k is called with: few and many for kernels of rows, else only 0.
func columnsOf[T kernels.Float](k catalog.Kernel[T]) []int {
	if k.Rows {
		return []int{fewColumns, manyColumns}
	}
	return []int{0}
}

// list has all results of a call: what it returns, and then what it writes. Different results stay different.
func list[T kernels.Float](r catalog.Results[T]) []float64 {
	all := []float64{r.Sum}
	for _, out := range r.Out {
		all = appendFloats(all, out)
	}
	return all
}

func appendFloats[T kernels.Float](dst []float64, x []T) []float64 {
	for _, v := range x {
		dst = append(dst, float64(v))
	}
	return dst
}
