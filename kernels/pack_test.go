package kernels_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"unsafe"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/steady"
	"github.com/simmer-go/simmer/kernels"
)

// Pack makes what other kernels take, so it has no row in the catalog, and tests of its own.

func TestPackedSize(t *testing.T) {
	t.Run("float32", testPackedSize[float32])
	t.Run("float64", testPackedSize[float64])
}

func testPackedSize[T kernels.Float](t *testing.T) {
	var zero T
	lanes := 64 / int(unsafe.Sizeof(zero))
	for n := range 70 {
		for _, k := range []int{0, 1, 5, 64} {
			p := kernels.Pack(make([]T, n*k), n, k, k)
			if p.N() != n || p.K() != k {
				t.Errorf("%d×%d: N() = %d, K() = %d", n, k, p.N(), p.K())
			}
			if got, want := len(*p.Data()), (n+lanes-1)/lanes*lanes*k; got != want || cap(*p.Data()) != want {
				t.Errorf("%d×%d: %d elements, capacity %d, want %d", n, k, got, cap(*p.Data()), want)
			}
		}
	}
}

// What stands between rows, and what becomes of the slice afterwards, does not count.
func TestPackCopiesRows(t *testing.T) {
	t.Run("float32", testPackCopiesRows[float32])
	t.Run("float64", testPackCopiesRows[float64])
}

func testPackCopiesRows[T kernels.Float](t *testing.T) {
	for _, s := range []catalog.Shape{
		product(3, 5, 7), product(9, 66, 33), product(1, 1, 1), product(2, 3, 64), product(4, 0, 5),
	} {
		k, n := s.Depth, s.Cols
		call := catalog.Find[T]("AffineTo").RandomArgs(s, catalog.Usual, 1)
		x, bias := call.In[0], call.In[2]
		want := kernels.AffineTo(make([]T, s.Len()), x, kernels.Pack(call.In[1], n, k, k), bias)
		for _, stride := range []int{k, k + 1, 2*k + 3} {
			w := full((n-1)*stride+k, T(math.NaN()))
			for j := range n {
				copy(w[j*stride:], call.In[1][j*k:(j+1)*k])
			}
			packed, repacked := kernels.Pack(w, n, k, stride), kernels.Pack(make([]T, n*k), n, k, k)
			repacked.Repack(w, stride)
			catalog.FillWith(w, T(math.NaN()))
			for name, p := range map[string]*kernels.Packed[T]{"Pack": packed, "Repack": repacked} {
				if got := kernels.AffineTo(make([]T, s.Len()), x, p, bias); catalog.Difference(got, want) >= 0 {
					t.Errorf("%s: %d×%d with stride %d differs", name, n, k, stride)
				}
			}
		}
	}
}

// The padding of the last panel never reaches a result.
func TestPackedPadding(t *testing.T) {
	t.Run("float32", testPackedPadding[float32])
	t.Run("float64", testPackedPadding[float64])
}

func testPackedPadding[T kernels.Float](t *testing.T) {
	kernel := catalog.Find[T]("AffineTo")
	const rows, k, weight = 9, 66, 0.25
	for n := range 70 {
		call := kernel.RandomArgs(product(rows, k, n), catalog.Usual, uint64(n))
		catalog.FillWith(call.In[1], weight)
		call = kernel.Ready(call)
		want := kernel.Expect(call)
		padding := 0
		for i, v := range *call.Packed.Data() {
			if v != weight {
				(*call.Packed.Data())[i] = T(math.NaN())
				padding++
			}
		}
		if len(*call.Packed.Data())-padding != n*k {
			t.Fatalf("%d outputs: %d elements are padding", n, padding)
		}
		for _, i := range isa.Available() {
			if err := kernel.Check(i, call, n%16, want); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestRepackDoesNotAllocate(t *testing.T) {
	steady.Allocations(t)
	for _, n := range []int{1, 33, 100} {
		w := make([]float32, n*130)
		p := kernels.Pack(w, n, 130, 130)
		if count := testing.AllocsPerRun(3, func() { p.Repack(w, 130) }); count != 0 {
			t.Errorf("%d outputs: %v allocations", n, count)
		}
	}
}

// PackedIn finds what Repack has put into memory that somebody else has, and allocates nothing.
func TestPackedIn(t *testing.T) {
	t.Run("float32", testPackedIn[float32])
	t.Run("float64", testPackedIn[float64])
}

func testPackedIn[T kernels.Float](t *testing.T) {
	for _, s := range []catalog.Shape{product(3, 5, 7), product(9, 66, 33), product(4, 0, 5)} {
		call := catalog.Find[T]("AffineTo").RandomArgs(s, catalog.Usual, 1)
		want := kernels.AffineTo(make([]T, s.Len()), call.In[0], kernels.Pack(call.In[1], s.Cols, s.Depth, s.Depth), nil)
		memory, got := full(kernels.PackedLen[T](s.Cols, s.Depth), T(math.NaN())), make([]T, s.Len())
		if count := testing.AllocsPerRun(3, func() {
			p := kernels.PackedIn(memory, s.Cols, s.Depth)
			p.Repack(call.In[1], s.Depth)
			again := kernels.PackedIn(memory, s.Cols, s.Depth)
			kernels.AffineTo(got, call.In[0], &again, nil)
		}); count != 0 {
			t.Errorf("%+v: %v allocations", s, count)
		}
		if catalog.Difference(got, want) >= 0 {
			t.Errorf("%+v differs from Pack", s)
		}
	}
}

func TestPackedInMisuse(t *testing.T) {
	for _, c := range []struct{ length, n, k int }{{15, 3, 1}, {17, 3, 1}, {0, 3, 1}, {1, 0, 5}} {
		in := func() { kernels.PackedIn(make([]float32, c.length), c.n, c.k) }
		checkPackPanic(t, "PackedIn", fmt.Sprintf("%+v", c), panicOf(in), false)
	}
	for _, c := range [][2]int{{-1, 5}, {5, -1}, {-1, -1}, {math.MaxInt, 1}, {math.MaxInt / 2, 4}, {4, math.MaxInt / 4}} {
		length := func() { kernels.PackedLen[float32](c[0], c[1]) }
		checkPackPanic(t, "PackedLen", fmt.Sprint(c), panicOf(length), false)
	}
}

func TestPackMisuse(t *testing.T) {
	w := make([]float64, 35)
	for _, c := range []struct {
		length, n, k, stride int
		right                bool
	}{
		{35, 7, 5, 5, true}, {34, 7, 5, 5, false}, {0, 7, 5, 5, false}, {35, 8, 5, 5, false}, {35, 7, 5, 6, false},
		{35, 6, 5, 6, true}, {34, 6, 5, 6, false}, {35, 5, 5, 7, true}, {32, 5, 5, 7, false},
		{35, 7, 5, 4, false}, {35, 7, 6, 5, false}, {35, 1, 5, 0, false}, {35, 7, 0, -1, false},
		{35, -1, 5, 5, false}, {35, 7, -1, 5, false}, {35, 7, -5, -5, false}, {35, -7, -5, -5, false},
		{0, 0, 5, 5, true}, {0, 5, 0, 0, true}, {0, 0, 0, 0, true},
		{4, 1, 5, math.MaxInt, false}, {35, 1, 5, math.MaxInt, true}, {35, 2, 5, math.MaxInt, false},
		{35, math.MaxInt/2 + 2, 2, 2, false}, {35, math.MaxInt, 5, 5, false},
	} {
		pack := func() { kernels.Pack(w[:c.length], c.n, c.k, c.stride) }
		checkPackPanic(t, "Pack", fmt.Sprintf("%+v", c), panicOf(pack), c.right)
	}
	p := kernels.Pack(w, 7, 5, 5)
	checkPackPanic(t, "Repack", "as before", panicOf(func() { p.Repack(w, 5) }), true)
	checkPackPanic(t, "Repack", "too short", panicOf(func() { p.Repack(w[:34], 5) }), false)
	checkPackPanic(t, "Repack", "too short", panicOf(func() { p.Repack(nil, 5) }), false)
	checkPackPanic(t, "Repack", "stride of 4", panicOf(func() { p.Repack(w, 4) }), false)
	checkPackPanic(t, "Repack", "stride of 6", panicOf(func() { p.Repack(w, 6) }), false)
}

func checkPackPanic(t *testing.T, function, what, message string, right bool) {
	t.Helper()
	if right != (message == "") || !right && !strings.HasPrefix(message, "kernels: "+function+": ") {
		t.Errorf("%s, %s: panics with %q", function, what, message)
	}
}
