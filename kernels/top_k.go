package kernels

import (
	"fmt"
	"math"
)

// TopKRows writes the k largest elements of each row of the row-major matrix x, which has cols columns, to values, the
// largest first, and their columns to index: of equal elements the one in the first column comes first. Both have k
// elements for each row. A row with NaN gives NaN and −1. values must not overlap x.
//
// The values are exact. It panics if cols does not divide len(x), where 0 divides 0 only, if k is negative or exceeds
// cols, or if the lengths do not fit. It is torch.topk(x, k, dim=-1) but for NaN, which counts as the largest number
// there.
func TopKRows[T Float](values []T, index []int, x []T, cols, k int) {
	const name = "TopKRows"
	rows := checkColumns(name, len(x), cols)
	if k < 0 || k > cols {
		panic(fmt.Sprintf("kernels: %s: k = %d must not be negative, nor exceed cols = %d", name, k, cols))
	}
	sameLength(name+": len(values), rows·k", len(values), rows*k)
	sameLength(name+": len(index), rows·k", len(index), rows*k)
	switch {
	case k == 0:
	case k == 1:
		topOne(values, index, x, cols)
	case cols == 2:
		topTwo(values, index, x)
	case cols <= shortTop:
		topShort(values, index, x, cols, k)
	case k <= fewOrdered:
		for r := range rows {
			topFew(values[r*k:(r+1)*k], index[r*k:(r+1)*k], x[r*cols:(r+1)*cols])
		}
	default:
		for r := range rows {
			topMany(values[r*k:(r+1)*k], index[r*k:(r+1)*k], x[r*cols:(r+1)*cols])
		}
	}
}

func topOne[T Float](values []T, index []int, x []T, cols int) {
	for r, at := range ArgMaxRowsTo(index, x, cols) {
		values[r] = T(math.NaN())
		if at >= 0 {
			values[r] = x[r*cols+at]
		}
	}
}

// topTwo puts both elements of each row in order, without a branch that would be guessed wrong half of the time.
func topTwo[T Float](values []T, index []int, x []T) {
	for ; len(x) >= 2; values, index, x = values[2:], index[2:], x[2:] {
		v, at, row := values[:2], index[:2], x[:2]
		if row[0] != row[0] || row[1] != row[1] {
			noTop(v, at)
			continue
		}
		first := 0
		if row[1] > row[0] {
			first = 1
		}
		v[0], v[1] = row[first], row[1-first]
		at[0], at[1] = first, 1-first
	}
}

// shortTop is the largest number of columns of which every element is put in its place at once.
const shortTop = 16

func topShort[T Float](values []T, index []int, x []T, cols, k int) {
	for ; len(x) > 0; values, index, x = values[k:], index[k:], x[cols:] {
		v, at := values[:k], index[:k]
		n := 0
		for column, value := range x[:cols] {
			if value != value {
				noTop(v, at)
				break
			}
			if n < k {
				n++
			} else if value <= v[k-1] {
				continue
			}
			i := n - 1
			for ; i > 0 && v[i-1] < value; i-- {
				v[i], at[i] = v[i-1], at[i-1]
			}
			v[i], at[i] = value, column
		}
	}
}

// noTop writes what a row with NaN gives.
func noTop[T Float](values []T, index []int) {
	for i := range values {
		values[i], index[i] = T(math.NaN()), -1
	}
}

// Few elements are kept in order.

const (
	// fewOrdered is the largest k that counts as few.
	fewOrdered = 128
	// stretch is the number of elements of which the largest is found first: where it is not among the k largest, none
	// is.
	stretch = 32
	// stretches are found at once.
	stretches = 64
	// longRow is the least number of columns for which that pays.
	longRow = 8 * stretch
)

func topFew[T Float](values []T, index []int, x []T) {
	t := ordered[T]{values: values, index: index, least: T(math.Inf(-1))}
	done, ok := 0, true
	for left := len(x); left >= longRow && ok; left = len(x) - done {
		n := min(left/stretch, stretches)
		ok = t.takeStretches(x, done, n)
		done += n * stretch
	}
	if !ok || !t.take(x, done, len(x)) {
		noTop(values, index)
	}
}

// ordered holds the largest elements of what was seen of a row, the largest first.
type ordered[T Float] struct {
	values []T
	index  []int
	n      int // how many there are
	least  T   // what is less does not count
}

// takeStretches takes n stretches of x from an element on, and reports whether no element is NaN.
func (t *ordered[T]) takeStretches(x []T, first, n int) bool {
	var largest [stretches]int
	for _, at := range ArgMaxRowsTo(largest[:n], x[first:first+n*stretch], stretch) {
		if at < 0 {
			return false
		}
	}
	if first == 0 && len(t.values) <= n {
		// The k largest of the largest are as many elements, so no other that counts is less.
		for i, at := range largest[:n] {
			if v := x[i*stretch+at]; t.n < len(t.values) || v > t.values[t.n-1] {
				t.insert(v, 0)
			}
		}
		t.least, t.n = t.values[t.n-1], 0
	}
	for i, at := range largest[:n] {
		from := first + i*stretch
		if v := x[from+at]; v < t.least || t.n == len(t.values) && v <= t.values[t.n-1] {
			continue
		}
		t.take(x, from, from+stretch)
	}
	return true
}

// take takes the elements from one to another, and reports whether none is NaN.
func (t *ordered[T]) take(x []T, from, to int) bool {
	for ; from < to && t.n < len(t.values); from++ {
		if v := x[from]; v >= t.least {
			t.insert(v, from)
		} else if v != v {
			return false
		}
	}
	if from >= to {
		return true
	}
	last := t.values[t.n-1]
	for i, v := range x[from:to] {
		if v <= last {
			continue
		}
		if v != v {
			return false
		}
		t.insert(v, from+i)
		last = t.values[t.n-1]
	}
	return true
}

// insert puts an element behind those that are not less, and drops the last if there is no room. Columns ascend.
func (t *ordered[T]) insert(v T, column int) {
	if t.n < len(t.values) {
		t.n++
	}
	values, index := t.values[:t.n], t.index[:t.n]
	at := len(values) - 1
	for ; at > 0 && values[at-1] < v; at-- {
		values[at], index[at] = values[at-1], index[at-1]
	}
	values[at], index[at] = v, column
}

// Many elements are kept as a heap whose root is the least.

func topMany[T Float](values []T, index []int, x []T) {
	t := heap[T]{values, index}
	k := copy(values, x)
	for i := range index {
		index[i] = i
	}
	for _, v := range values {
		if v != v {
			noTop(values, index)
			return
		}
	}
	for i := k/2 - 1; i >= 0; i-- {
		t.sink(i, k)
	}
	for i, v := range x[k:] {
		if v <= values[0] {
			continue
		}
		if v != v {
			noTop(values, index)
			return
		}
		values[0], index[0] = v, k+i
		t.sink(0, k)
	}
	t.sort()
}

type heap[T Float] struct {
	values []T
	index  []int
}

// sort turns the heap into descending order.
func (t heap[T]) sort() {
	for n := len(t.values) - 1; n > 0; n-- {
		t.swap(0, n)
		t.sink(0, n)
	}
}

// sink moves element i of a heap of n down to where none below it is less.
func (t heap[T]) sink(i, n int) {
	for {
		child := 2*i + 1
		if child >= n {
			return
		}
		if child+1 < n && t.less(child+1, child) {
			child++
		}
		if !t.less(child, i) {
			return
		}
		t.swap(i, child)
		i = child
	}
}

// less reports whether element i comes behind element j.
func (t heap[T]) less(i, j int) bool {
	return t.values[i] < t.values[j] || t.values[i] == t.values[j] && t.index[i] > t.index[j]
}

func (t heap[T]) swap(i, j int) {
	t.values[i], t.values[j] = t.values[j], t.values[i]
	t.index[i], t.index[j] = t.index[j], t.index[i]
}
