package bnn_test

import (
	"fmt"
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
	every := make([]int, most)
	for i := range every {
		every[i] = i + 1
	}
	for _, rows := range testRows(every, []int{1, 2, 5, 16, 33, 65, 130}) {
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
