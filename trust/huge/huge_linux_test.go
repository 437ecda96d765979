package huge

import (
	"flag"
	"math"
	"math/big"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

var huge = flag.Bool("huge", false, "slices of more than 2³¹ elements, for minutes")

// size is that of the slices: count periods, which are multiples of all blocks, and a part of another.
type size struct{ count, period, tail int }

// sizes makes 2³¹ elements of the periods, so that only the tail is beyond what 32 bits can count.
func sizes(t *testing.T) size {
	if !*huge {
		return size{4, 1 << 14, 1<<12 + 48}
	}
	if strconv.IntSize < 64 {
		t.Skip("int has 32 bits")
	}
	return size{1 << 11, 1 << 20, 1<<17 + 48}
}

func (s size) n() int { return s.count*s.period + s.tail }

// others are the kernels that are tried besides those that return a number.
var others = []string{
	"SoftplusTo", "MulTo", "NormalTo", "UniformTo", "LogSumExpRowsTo", "SoftmaxRowsTo", "ArgMaxRowsTo", "LayerNormRowsTo",
}

// cols is how many columns the matrices of many rows have.
const cols = 16

func TestVectors32(t *testing.T) { testKernels[float32](t, 1) }
func TestVectors64(t *testing.T) { testKernels[float64](t, 1) }
func TestRows32(t *testing.T)    { testKernels[float32](t, cols) }
func TestRows64(t *testing.T)    { testKernels[float64](t, cols) }

// slicesOf are what kernels are called with: of elements, and of rows.
type slicesOf[T kernels.Float] struct {
	in, out       []region[T]
	perRow        region[T]
	target, index region[int]
}

func newSlices[T kernels.Float](t *testing.T, s size, cols int) (m slicesOf[T]) {
	for range 4 {
		m.in = append(m.in, newRegion[T](t, s.period, s.count, 1))
	}
	for range 2 {
		m.out = append(m.out, newRegion[T](t, s.period, s.count, 1))
	}
	m.perRow = newRegion[T](t, s.period/cols, s.count, 1)
	m.target = newRegion[int](t, s.period/cols, s.count, 1)
	m.index = newRegion[int](t, s.period/cols, s.count, 1)
	return m
}

// outputs are the regions to which k writes.
func (m slicesOf[T]) outputs(k catalog.Kernel[T]) (list []region[T]) {
	for j, o := range k.Outputs {
		if o.Size == catalog.PerRow && k.Rows {
			list = append(list, m.perRow)
		} else {
			list = append(list, m.out[j])
		}
	}
	return list
}

// testKernels calls the kernels over vectors, or over the rows of a matrix, with count·period+tail elements, and compares
// with what they give of one period and of the tail.
func testKernels[T kernels.Float](t *testing.T, cols int) {
	s := sizes(t)
	m := newSlices[T](t, s, cols)
	for _, k := range catalog.Kernels[T]() {
		if k.Rows != (cols > 1) || k.Columns || k.Product || !k.Returns && !slices.Contains(others, k.Name) {
			continue
		}
		t.Run(k.Name, func(t *testing.T) {
			for part := range 2 {
				for j, o := range k.Inputs {
					catalog.Fill(m.in[j].parts[part], o.Domain, uint64(j+100*part))
				}
				catalog.FillClasses(m.target.parts[part], cols, uint64(part))
			}
			weigh(k.Name, m.in[0].parts[1][:s.tail])
			var first float64
			for at, i := range tested() {
				got := test(t, k, s, cols, i, m)
				if at == 0 {
					first = got
				} else if math.Float64bits(first) != math.Float64bits(got) {
					t.Errorf("%v returns %v, %v returns %v", i, got, tested()[0], first)
				}
			}
		})
	}
}

// weigh makes a tail count where the largest elements matter.
func weigh[T kernels.Float](name string, tail []T) {
	switch name {
	case "Max", "ArgMax":
		tail[len(tail)-1] = 1000 // the largest of all
	case "LogSumExp":
		for i := range tail {
			tail[i] += 10 // about as much as all periods together
		}
	}
}

// test calls one kernel by one implementation, and returns what it returns.
func test[T kernels.Float](t *testing.T, k catalog.Kernel[T], s size, cols int, i isa.ISA, m slicesOf[T]) float64 {
	outputs := m.outputs(k)
	for _, r := range outputs {
		for _, x := range r.parts {
			catalog.FillWith(x, catalog.Canary[T]())
		}
	}
	start := time.Now()
	all := k.Run(i, arguments(k, m, outputs, cols, 0, s.n()))
	t.Logf("%v: %.1f s", i, time.Since(start).Seconds())
	before := s.n() - s.tail
	period := k.Run(i, arguments(k, m, nil, cols, before-s.period, s.period))
	tail := k.Run(i, arguments(k, m, nil, cols, before, s.tail))
	for j, o := range k.Outputs {
		if at := catalog.Difference(outputs[j].parts[0], period.Out[j]); at >= 0 {
			t.Errorf("%v: %s[%d] of the last period differs", i, o.Name, at)
		}
		n := len(tail.Out[j])
		if at := catalog.Difference(outputs[j].parts[1][:n], tail.Out[j]); at >= 0 {
			t.Errorf("%v: %s[%d] of the tail differs", i, o.Name, at)
		}
		if after := outputs[j].parts[1][n]; !catalog.IsCanary(after) {
			t.Errorf("%v: %s is written beyond its end: %v", i, o.Name, after)
		}
	}
	if k.Returns {
		want, tolerance := expected(k.Name, s, m.in[0], period.Sum, tail.Sum)
		if !(math.Abs(all.Sum-want) <= tolerance) {
			t.Errorf("%v returns %v, want %v ± %v", i, all.Sum, want, tolerance)
		}
	}
	return all.Sum
}

// tested are all implementations but the portable one, with which they share the loop over blocks.
func tested() []isa.ISA {
	if list := isa.Available()[1:]; len(list) > 0 {
		return list
	}
	return isa.Available()
}

// arguments are the elements [from, from+n) of the matrix; without outputs, these are slices of their own.
func arguments[T kernels.Float](
	k catalog.Kernel[T], m slicesOf[T], outputs []region[T], cols, from, n int,
) catalog.Args[T] {
	before, shape := catalog.Shape{Rows: from / cols, Cols: cols}, catalog.Shape{Rows: n / cols, Cols: cols}
	a := catalog.Args[T]{Shape: shape, Scalars: k.ScalarsAt(0), Offset: uint64(from)}
	for j, o := range k.Inputs {
		first := o.Elements(before)
		if o.Size == catalog.PerCol {
			first = 0
		}
		a.In = append(a.In, m.in[j].x[first:][:o.Elements(shape)])
	}
	for j, o := range k.Outputs {
		if outputs == nil {
			a.Out = append(a.Out, make([]T, o.Elements(shape)))
		} else {
			a.Out = append(a.Out, outputs[j].x[o.Elements(before):][:o.Elements(shape)])
		}
		if o.Index {
			a.Index = m.index.x[before.Rows:][:shape.Rows]
		}
	}
	if k.Classes {
		a.Target = m.target.x[before.Rows:][:shape.Rows]
	}
	return a
}

// expected combines what a kernel gives of one period and of the tail. One element of 2³¹ is 5·10⁻¹⁰ of a sum; what the
// sums of one period and of many differ by in rounding is far less.
func expected[T kernels.Float](name string, s size, x region[T], period, tail float64) (want, tolerance float64) {
	switch count := float64(s.count); name {
	case "Max":
		return max(period, tail), 0
	case "ArgMax":
		return float64(s.n() - 1), 0
	case "ExactAdd":
		return exactSum(s, x), 0
	case "LogSumExp":
		lower, upper := period+math.Log(count), tail
		want = max(lower, upper) + math.Log1p(math.Exp(-math.Abs(lower-upper)))
		return want, 4 * want * epsilon[T]() // 2 ULP for all as documented, 2 for its parts
	default:
		want = count*period + tail
		return want, 1e-12 * math.Abs(want)
	}
}

// epsilon is one ULP of 1.
func epsilon[T kernels.Float]() float64 {
	if catalog.TypeName[T]() == "float32" {
		return 0x1p-23
	}
	return 0x1p-52
}

// exactSum is the sum of all elements.
func exactSum[T kernels.Float](s size, x region[T]) float64 {
	sum := func(x []T) *big.Float {
		total := new(big.Float).SetPrec(200) // of elements from 2⁻³⁵ to 2⁵ exact
		for _, v := range x {
			total.Add(total, new(big.Float).SetFloat64(float64(v)))
		}
		return total
	}
	total := sum(x.parts[0])
	total.Mul(total, new(big.Float).SetInt64(int64(s.count)))
	v, _ := total.Add(total, sum(x.parts[1][:s.tail])).Float64()
	return v
}
