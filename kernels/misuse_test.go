package kernels_test

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// Lengths that do not match panic with a message that names the function and both lengths, before anything is written.
func TestMisuse(t *testing.T) {
	forEachKernel(t, testMisuse[float32], testMisuse[float64])
}

func testMisuse[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	for _, i := range isa.Available() {
		restore := isa.Use(i)
		switch {
		case k.Product:
			misuseProducts(t, k)
		case k.Rows:
			misuseRows(t, k)
		default:
			misuseLengths(t, k)
		}
		restore()
	}
}

func misuseLengths[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	if k.Slices() < 2 {
		t.Skip("one slice")
	}
	const n = 37
	misuseMask(t, k, catalog.Vector(n))
	for _, wrong := range []int{36, 38, 1013, 0} {
		for s := range k.Slices() {
			if isStart(k, s) {
				continue
			}
			a := k.RandomArgs(catalog.Vector(n), catalog.Usual, 1)
			name := resize(k, &a, s, wrong)
			expectPanic(t, k, a, fmt.Sprintf("len(%s) = %d", name, wrong), strconv.Itoa(n), strconv.Itoa(wrong))
		}
	}
}

func misuseMask[T kernels.Float](t *testing.T, k catalog.Kernel[T], s catalog.Shape) {
	if !k.Masks {
		return
	}
	for _, n := range []int{0, s.Len() - 1, s.Len() + 1} {
		a := k.RandomArgs(s, catalog.Usual, 1)
		a.Keep = make([]bool, n)
		expectPanic(t, k, a, fmt.Sprintf("len(keep) = %d", n), strconv.Itoa(n), strconv.Itoa(s.Len()))
	}
}

func misuseRows[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	const rows, cols = 7, 5
	fresh := func() catalog.Args[T] { return k.RandomArgs(matrix(rows, cols), catalog.Usual, 1) }
	for s := range k.Slices() {
		for _, d := range []int{-1, +1} {
			a := fresh()
			right := len(sliceAt(k, &a, s))
			name := resize(k, &a, s, right+d)
			expectPanic(t, k, a, fmt.Sprintf("len(%s) = %d", name, right+d), strconv.Itoa(right+d))
		}
	}
	for _, c := range []int{0, -1, 6, rows * cols * 2} {
		a := fresh()
		a.Cols = c
		expectPanic(t, k, a, fmt.Sprintf("cols = %d", c), strconv.Itoa(c))
	}
	misuseMask(t, k, matrix(rows, cols))
	misuseHuge(t, k)
	if !k.Classes {
		return
	}
	for _, n := range []int{6, 8} {
		a := fresh()
		a.Target = make([]int, n)
		expectPanic(t, k, a, fmt.Sprintf("len(target) = %d", n), strconv.Itoa(n), strconv.Itoa(rows))
	}
	for _, class := range []int{cols, cols + 95} {
		a := fresh()
		a.Target[3] = class
		expectPanic(t, k, a, fmt.Sprintf("target[3] = %d", class), "3", strconv.Itoa(class), strconv.Itoa(cols))
	}
}

// misuseHuge has rows and columns whose product overflows to 0, or to as many elements as there are.
func misuseHuge[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	operands := slices.Concat(k.Outputs, k.Inputs)
	perRow := func(o catalog.Operand) bool { return o.Size == catalog.PerRow }
	if k.Columns || !k.Classes && !slices.ContainsFunc(operands, perRow) {
		return // whose rows are those of x
	}
	const rows = 4
	for _, huge := range []int{math.MaxInt/2 + 1, math.MaxInt/rows + 2, math.MinInt / 2} {
		a := k.RandomArgs(matrix(rows, 1), catalog.Usual, 1)
		a.Cols = huge
		for s := range k.Slices() {
			o := operands[s]
			if n := rows * huge; o.Size == catalog.Whole && o.Most == 0 && (n == 0 || n == 4) { // as it overflows
				resize(k, &a, s, n)
			}
		}
		expectPanic(t, k, a, fmt.Sprintf("cols = %d", huge), strconv.Itoa(rows))
	}
}

func misuseProducts[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	right := product(7, 5, 8)
	fresh := func() catalog.Args[T] { return k.Ready(k.RandomArgs(right, catalog.Usual, 1)) }
	packed := -1
	for s := range k.Slices() {
		if isStart(k, s) {
			continue
		}
		if in := s - len(k.Outputs); in >= 0 && k.Inputs[in].Packed {
			packed = s
			continue
		}
		for _, d := range []int{-1, +1} {
			a := fresh()
			n := len(sliceAt(k, &a, s)) + d
			name := resize(k, &a, s, n)
			expectPanic(t, k, a, fmt.Sprintf("len(%s) = %d", name, n), strconv.Itoa(n))
		}
	}
	if packed >= 0 {
		for _, wrong := range []catalog.Shape{product(7, 5, 7), product(7, 5, 9), product(7, 4, 8), product(7, 6, 8)} {
			a := fresh()
			a.Packed = k.Ready(k.RandomArgs(wrong, catalog.Usual, 1)).Packed
			expectPanic(t, k, a, fmt.Sprintf("w of %+v", wrong), strconv.Itoa(wrong.Cols), strconv.Itoa(wrong.Depth))
		}
		return
	}
	if slices.ContainsFunc(k.Inputs, func(o catalog.Operand) bool { return o.Size == catalog.Left }) {
		misuseSizes(t, k, fresh)
	}
}

// misuseSizes tries sizes that are wrong, and such as would be right if their signs or an overflow did not count.
func misuseSizes[T kernels.Float](t *testing.T, k catalog.Kernel[T], fresh func() catalog.Args[T]) {
	for _, wrong := range []catalog.Shape{
		product(6, 5, 8), product(7, 6, 8), product(7, 5, 9), product(-7, 5, 8), product(7, -5, 8), product(7, 5, -8),
		product(-7, -5, -8), product(0, 0, 0), product(math.MaxInt, math.MaxInt, math.MaxInt),
	} {
		a := fresh()
		a.Shape = wrong
		expectPanic(t, k, a, fmt.Sprintf("%+v", wrong))
	}
	huge := product(math.MaxInt/2+1, 4, 4)
	a := k.RandomArgs(product(0, 4, 4), catalog.Usual, 1)
	a.Shape = huge
	expectPanic(t, k, a, fmt.Sprintf("%+v", huge), strconv.Itoa(huge.Rows))
}

// isStart reports whether a slice is what the output holds before the call, and no argument.
func isStart[T kernels.Float](k catalog.Kernel[T], s int) bool { return k.Adds && s == len(k.Outputs) }

// sliceAt counts outputs first, then inputs.
func sliceAt[T kernels.Float](k catalog.Kernel[T], a *catalog.Args[T], s int) []T {
	if s < len(k.Outputs) {
		return a.Out[s]
	}
	return a.In[s-len(k.Outputs)]
}

func resize[T kernels.Float](k catalog.Kernel[T], a *catalog.Args[T], s, n int) (name string) {
	if s < len(k.Outputs) {
		a.Out[s] = make([]T, n)
		if k.Outputs[s].Index {
			a.Index = make([]int, n)
		}
		return k.Outputs[s].Name
	}
	a.In[s-len(k.Outputs)] = make([]T, n)
	return k.Inputs[s-len(k.Outputs)].Name
}

func expectPanic[T kernels.Float](t *testing.T, k catalog.Kernel[T], a catalog.Args[T], what string, parts ...string) {
	t.Helper()
	fresh(a)
	message := panicOf(func() { k.Call(a) })
	if !strings.HasPrefix(message, "kernels: ") {
		if message == "" {
			message = "no panic"
		}
		t.Errorf("%s: %s: kernels.%s must check this first, as by sameLength in kernels/check.go", what, message, k.Function)
		return
	}
	for _, part := range append(parts, k.Function) {
		if !strings.Contains(message, part) {
			t.Errorf("%s: %q does not say %s", what, message, part)
		}
	}
	for j, x := range a.Out {
		for at, v := range x {
			if !catalog.IsCanary(v) {
				t.Fatalf("%s: wrote element %d of %s before it panicked", what, at, k.Outputs[j].Name)
			}
		}
	}
	if slices.ContainsFunc(a.Index, func(i int) bool { return i != catalog.IndexCanary }) {
		t.Fatalf("%s: wrote an index before it panicked", what)
	}
}

func panicOf(f func()) (message string) {
	defer func() {
		if p := recover(); p != nil {
			message = fmt.Sprint(p)
		}
	}()
	f()
	return ""
}
