package main

import (
	"context"
	"fmt"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// disagreement is the first place where an implementation and the fallback differ.
type disagreement struct {
	what, typeName string
	isa            isa.ISA
	at             int
	got, want      float64
}

func (d *disagreement) Error() string {
	return fmt.Sprintf("%s %s: %v disagrees with the fallback at result %d: %v (%x), want %v (%x)",
		d.what, d.typeName, d.isa, d.at, d.got, d.got, d.want, d.want)
}

// compareBits returns a *disagreement unless got and want have the same bits, all NaNs being the same.
func compareBits[T kernels.Float](what string, i isa.ISA, got, want []float64) error {
	for at, v := range got {
		if catalog.Bits(v) != catalog.Bits(want[at]) {
			return &disagreement{what, catalog.TypeName[T](), i, at, v, want[at]}
		}
	}
	return nil
}

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
		if err := compareBits[T](job.kernel, i, got, want); err != nil {
			return "", 0, err
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
		want := results(isa.Generic, k, a)
		compared += len(want)
		for _, i := range isa.Available()[1:] {
			if err := ctx.Err(); err != nil {
				return 0, err
			}
			if err := compareBits[T](k.Name, i, results(i, k, a), want); err != nil {
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
