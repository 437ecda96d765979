package kernels

import (
	"fmt"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// MatMulTo writes the product a·b of row-major matrices, a with m rows of k elements and b with k rows of n, to dst,
// which has m rows of n, and returns dst. dst must not overlap a or b.
//
// Order, error bound and special values are those of [AffineTo] without a bias: a row of dst depends on its row of a
// only, whatever m is. It panics if a size is negative or the lengths do not fit. It is torch.matmul(a, b).
func MatMulTo[T Float](dst, a, b []T, m, k, n int) []T {
	checkMatrix("MatMulTo", "dst", len(dst), m, n)
	checkMatrix("MatMulTo", "a", len(a), m, k)
	checkMatrix("MatMulTo", "b", len(b), k, n)
	multiply(operands[T]{dst: dst, a: a, b: b, rows: m, n: n, k: k, dstRow: n, aRow: k, aStep: 1, bRow: n})
	return dst
}

// AddMatMulTo adds the product a·b to dst and returns dst. It is otherwise like [MatMulTo]; the old dst takes the place
// of the bias of [AffineTo].
func AddMatMulTo[T Float](dst, a, b []T, m, k, n int) []T {
	checkMatrix("AddMatMulTo", "dst", len(dst), m, n)
	checkMatrix("AddMatMulTo", "a", len(a), m, k)
	checkMatrix("AddMatMulTo", "b", len(b), k, n)
	multiply(operands[T]{
		dst: dst, start: dst, a: a, b: b, rows: m, n: n, k: k, dstRow: n, startRow: n, aRow: k, aStep: 1, bRow: n,
	})
	return dst
}

// AddTransMatMulTo adds the product aᵀ·b, a with k rows of m elements and b with k rows of n, to dst, which has m rows
// of n, and returns dst. For an affine layer y = x·Wᵀ + b with weights w, not packed, and gradients dy with respect to
// its outputs (set to 0 where a ReLU returned 0), the gradients are
//
//	AddTransMatMulTo(dw, dy, x, outputs, rows, inputs)
//	AddColumnSumsTo(db, dy)
//	MatMulTo(dx, dy, w, rows, outputs, inputs)
//
// dst must not overlap a or b.
//
// Order, error bound and special values are those of [AffineTo], the old dst in the place of the bias. So several
// calls, each with some of the k rows, give the same bits as one call, if each but the last has a multiple of 64 rows.
// It panics if a size is negative or the lengths do not fit. It is dst.addmm_(a.T, b) in torch.
func AddTransMatMulTo[T Float](dst, a, b []T, m, k, n int) []T {
	addTransMatMul("AddTransMatMulTo", dst, a, b, m, k, n, 0, m)
	return dst
}

// AddTransMatMulRowsTo is [AddTransMatMulTo] for the rows from, from+1, …, to−1 of dst only, so that goroutines can
// share a product whose sums are long. It panics too unless 0 ≤ from ≤ to ≤ m.
func AddTransMatMulRowsTo[T Float](dst, a, b []T, m, k, n, from, to int) []T {
	addTransMatMul("AddTransMatMulRowsTo", dst, a, b, m, k, n, from, to)
	return dst
}

func addTransMatMul[T Float](function string, dst, a, b []T, m, k, n, from, to int) {
	checkMatrix(function, "dst", len(dst), m, n)
	checkMatrix(function, "a", len(a), k, m)
	checkMatrix(function, "b", len(b), k, n)
	if from < 0 || from > to || to > m {
		panic(fmt.Sprintf("kernels: %s: rows %d to %d: must be ascending and within %d", function, from, to, m))
	}
	if k == 0 {
		return // which would be nothing to take the rows from, and dst stays
	}
	dst = dst[from*n:]
	multiply(operands[T]{
		dst: dst, start: dst, a: a[from:], b: b, rows: to - from, n: n, k: k,
		dstRow: n, startRow: n, aRow: 1, aStep: m, bRow: n,
	})
}

// AddColumnSumsTo adds to each element of dst the sum of its column of x, a row-major matrix with len(dst) columns, and
// returns dst: the gradient with respect to a layer's bias. dst must not overlap x.
//
// Order, error bound and special values are those of [AddTransMatMulTo] with ones for a. It panics if len(dst) does not
// divide len(x).
func AddColumnSumsTo[T Float](dst, x []T) []T {
	if len(dst) == 0 && len(x) == 0 {
		return dst
	}
	if len(dst) == 0 || len(x)%len(dst) != 0 {
		panic(fmt.Sprintf("kernels: AddColumnSumsTo: len(dst) = %d must divide len(x) = %d", len(dst), len(x)))
	}
	rows := len(x) / len(dst)
	one := [1]T{1}
	multiply(operands[T]{
		dst: dst, start: dst, a: one[:], b: x, rows: 1, n: len(dst), k: rows, dstRow: len(dst), bRow: len(dst),
	})
	return dst
}

// multiply goes through all panels for as many rows as stay in the cache, and so on. Without a start it starts from 0.
func multiply[T Float](o operands[T]) {
	if o.rows == 0 || o.n == 0 {
		return
	}
	if o.rows >= manyRows && o.bRow > panelLen[T]()*4 && o.k > 0 {
		multiplyCopies(o)
		return
	}
	var scratch [tileRoom]T
	var c calls
	if o.k > 0 {
		c = newCalls[T](o.k)
	}
	step := cachedRows[T](o.k)
	for first := 0; first < o.rows; first += step {
		for j := 0; j < o.n; j += panelLen[T]() {
			part := o.part(first, min(step, o.rows-first), j)
			if o.k == 0 {
				part.empty(false)
			} else {
				part.panel(false, c, scratch[:])
			}
		}
	}
}

// part is the product of some rows, and the panel that begins at column j.
func (o operands[T]) part(first, rows, j int) operands[T] {
	part := o
	part.rows, part.n = rows, min(panelLen[T](), o.n-j)
	part.dst, part.start, part.a = o.dst[first*o.dstRow+j:], zeros[T](), o.a[first*o.aRow:]
	if o.start != nil {
		part.start = o.start[first*o.startRow+j:]
	}
	if o.k > 0 {
		part.b = o.b[j:]
	}
	return part
}

// Where the rows of b lie far apart and there are rows enough to make up for it, panels are copied first: parts of rows
// that are pages apart would fall into a few sets of the cache. A part of the depth comes first, for which some rows of
// a stay in the second-level cache, as in Goto's order of loops.
const (
	manyRows  = 96
	copyDepth = 4 * fallback.Chunk
)

func multiplyCopies[T Float](o operands[T]) {
	var scratch [tileRoom]T
	var room [copyDepth * panelBytes / 8]float64
	b, panel := simd.Room[T](room[:]), panelLen[T]()
	c := newCalls[T](min(o.k, copyDepth))
	step := 2 * cachedRows[T](copyDepth)
	for done := 0; done < o.k; done += copyDepth {
		if done > 0 {
			o.start, o.startRow = o.dst, o.dstRow
		}
		for first := 0; first < o.rows; first += step {
			for j := 0; j < o.n; j += panel {
				part := o.part(first, min(step, o.rows-first), j)
				part.k = min(copyDepth, o.k-done)
				for p := range part.k {
					copy(b[p*panel:], o.b[(done+p)*o.bRow+j:][:part.n])
				}
				part.a = part.a[done*o.aStep:]
				part.b, part.bRow = b, panel
				part.panel(false, c, scratch[:])
			}
		}
	}
}

// MatMulTransTo writes the product a·bᵀ of row-major matrices, a with m rows of k elements and b with n rows of k, to
// dst, which has m rows of n, and returns dst. dst must not overlap a or b.
//
// Order, error bound and special values are those of [AffineTo] without a bias, which is faster where b stays the same.
// It panics if a size is negative or the lengths do not fit. It is torch.matmul(a, b.T).
func MatMulTransTo[T Float](dst, a, b []T, m, k, n int) []T {
	matMulTrans("MatMulTransTo", false, dst, a, b, m, k, n)
	return dst
}

// AddMatMulTransTo adds the product a·bᵀ to dst and returns dst. It is otherwise like [MatMulTransTo]; the old dst
// takes the place of the bias of [AffineTo].
func AddMatMulTransTo[T Float](dst, a, b []T, m, k, n int) []T {
	matMulTrans("AddMatMulTransTo", true, dst, a, b, m, k, n)
	return dst
}

func matMulTrans[T Float](function string, add bool, dst, a, b []T, m, k, n int) {
	checkMatrix(function, "dst", len(dst), m, n)
	checkMatrix(function, "a", len(a), m, k)
	checkMatrix(function, "b", len(b), n, k)
	if m == 0 {
		return
	}
	panel := panelLen[T]()
	var columns [fallback.Chunk * panelBytes / 4]T
	for j := 0; j < n; j += panel {
		part := operands[T]{
			dst: dst[j:], start: zeros[T](), a: a, rows: m, n: min(panel, n-j), dstRow: n, aRow: k, aStep: 1, bRow: panel,
		}
		if add {
			part.start, part.startRow = part.dst, n
		}
		if k == 0 {
			part.empty(false)
		}
		for first := 0; first < k; first += fallback.Chunk { // which is summed on its own anyway
			part.k = min(fallback.Chunk, k-first)
			part.a, part.b = a[first:], columns[:]
			simd.Transpose(columns[:], b[j*k+first:], part.n, part.k, k, panel)
			part.panel(false, newCalls[T](part.k), nil)
			part.start, part.startRow = part.dst, n
		}
	}
}
