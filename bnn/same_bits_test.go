package bnn_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/simmer-go/simmer/bnn"
	"github.com/simmer-go/simmer/internal/isa"
)

// TestOneResult: every method has the same bits on all instruction sets.
func TestOneResult(t *testing.T) {
	eachResultModel(t, oneResult[float32], oneResult[float64])
}

// testRows are the numbers of rows to try.
func testRows(all, short []int) []int {
	if testing.Short() {
		return short
	}
	return all
}

func oneResult[T bnn.Float](t *testing.T, s *bnn.Sequential[T]) {
	for _, rows := range testRows([]int{1, 7, 130}, []int{1, 40}) {
		b := newBatch(s, rows)
		var want results[T]
		for _, i := range isa.Available() {
			restore := isa.Use(i)
			got := resultsOf(t, s, b)
			restore()
			if want == nil {
				want = got
				continue
			}
			for name := range want {
				sameBits(t, fmt.Sprintf("%v: %s of %d rows", i, name, rows), got[name], want[name])
			}
		}
	}
}

// TestAnyBatch: a row has the same results in any batch, at any place in it.
func TestAnyBatch(t *testing.T) {
	eachResultModel(t, anyBatch[float32], anyBatch[float64])
}

func anyBatch[T bnn.Float](t *testing.T, s *bnn.Sequential[T]) {
	const most = 200
	all := newBatch(s, most)
	want := resultsOf(t, s, all)
	var many []int // all up to several tiles, then every fifth
	for n := 1; n <= most; n++ {
		if n <= 70 || n%5 == 0 {
			many = append(many, n)
		}
	}
	for _, rows := range testRows(many, []int{1, 2, 5, 16, 33, 65, 130}) {
		from := rows * 37 % (most - rows + 1)
		got := resultsOf(t, s, all.rows(s, from, from+rows))
		for _, name := range byRow {
			n := len(want[name]) / most
			sameBits(t, fmt.Sprintf("%s of rows %d to %d", name, from, from+rows), got[name], want[name][n*from:][:n*rows])
		}
	}
}

// TestWorkers: any number of goroutines has the same results, those that are sums over rows included.
func TestWorkers(t *testing.T) {
	eachResultModel(t, anyWorkers[float32], anyWorkers[float64])
}

func anyWorkers[T bnn.Float](t *testing.T, s *bnn.Sequential[T]) {
	for _, rows := range testRows([]int{1, 33, 200}, []int{70}) {
		b := newBatch(s, rows)
		want := resultsOf(t, s, b)
		for _, n := range []int{-1, 0, 1, 2, 3, 7} {
			got := resultsOf(t, s.Workers(n), b)
			for name := range want {
				sameBits(t, fmt.Sprintf("%d workers: %s of %d rows", n, name, rows), got[name], want[name])
			}
		}
	}
}

// TestModelGoroutines: goroutines that share a model, each with a batch of its own, have the results that one alone
// has. The race detector makes this worth more, and sees memory that assembly writes with the build tag purego only.
func TestModelGoroutines(t *testing.T) {
	for _, c := range covarianceKinds() {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			modelGoroutines(t, resultModel[float32](t, bnn.Tanh, c, 9, 4, 3))
			modelGoroutines(t, resultModel[float64](t, bnn.GELU, c, 9, 4, 3))
		})
	}
}

func modelGoroutines[T bnn.Float](t *testing.T, s *bnn.Sequential[T]) {
	all := newBatch(s, 40)
	start := make(chan struct{})
	var wait sync.WaitGroup
	for g := range 4 {
		own, loc := all.rows(s, g, 10*(g+1)), normals[T](s.NumMeanParams(), uint64(g))
		run := func() results[T] {
			r := resultsOf(t, s, own)
			r["KLGrad"] = make([]T, s.NumParams())
			kl, err := s.KLGrad(r["KLGrad"], loc, nil, 1e-3, 1, make([]T, s.KLWorkLen()))
			if r["KL"] = []T{T(kl)}; err != nil {
				t.Error(err)
			}
			return r
		}
		want := run()
		wait.Go(func() {
			<-start
			for range 10 {
				for name, got := range run() {
					sameBits(t, fmt.Sprintf("goroutine %d: %s", g, name), got, want[name])
				}
			}
		})
	}
	close(start)
	wait.Wait()
}

// TestWorkersWork: with workers WorkLen and GradWorkLen are what the methods need.
func TestWorkersWork(t *testing.T) {
	eachSmallModel(t, func(l *bnn.Linear[float64], s *bnn.Sequential[float64]) {
		for _, n := range []int{2, 5} {
			checkLinearWork(t, l.Workers(n))
			checkSequentialWork(t, s.Workers(n))
			checkSequentialWork(t, s.Workers(n).Eval())
		}
	})
}
