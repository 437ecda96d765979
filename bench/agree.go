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

// agree runs every kernel by every implementation on so many elements (or a little less, to fill rows), or on products,
// and returns the number of results compared.
func agree[T kernels.Float](ctx context.Context, s *source[T], k catalog.Kernel[T]) (int, error) {
	compared := 0
	for _, shape := range agreeShapes(k) {
		a := s.args(k, shape)
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

// agreeShapes are few and many columns for kernels of rows; a layer for each image and a long one for products.
func agreeShapes[T kernels.Float](k catalog.Kernel[T]) []catalog.Shape {
	switch {
	case k.Product:
		return []catalog.Shape{{Rows: 500, Depth: pixels, Cols: classes}, {Rows: 25, Depth: 1000, Cols: 33}}
	case k.Rows:
		return []catalog.Shape{rowsOf(agreeElements, fewColumns), rowsOf(agreeElements, manyColumns)}
	}
	return []catalog.Shape{catalog.Vector(agreeElements)}
}

// rowsOf are the rows that n elements fill, at least one.
func rowsOf(n, cols int) catalog.Shape { return catalog.Shape{Rows: max(n/cols, 1), Cols: cols} }

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
