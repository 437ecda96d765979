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

// elementwise are the kernels that are tried besides those that return a number.
var elementwise = []string{"SoftplusTo", "MulTo", "NormalTo", "UniformTo"}

func TestFloat32(t *testing.T) { testKernels[float32](t) }
func TestFloat64(t *testing.T) { testKernels[float64](t) }

// testKernels calls kernels with count·period+tail elements and compares with what they give of one period and of the
// tail.
func testKernels[T kernels.Float](t *testing.T) {
	s := sizes(t)
	var in, out []region[T]
	for range 4 {
		in = append(in, newRegion[T](t, s.count, s.period))
	}
	for range 2 {
		out = append(out, newRegion[T](t, s.count, s.period))
	}
	for _, k := range catalog.Kernels[T]() {
		if k.Rows || k.Product || !k.Returns && !slices.Contains(elementwise, k.Name) {
			continue
		}
		t.Run(k.Name, func(t *testing.T) {
			for j, o := range k.Inputs {
				catalog.Fill(in[j].x[:s.period], o.Domain, uint64(j))
				catalog.Fill(in[j].tail(), o.Domain, uint64(j+100))
			}
			weigh(k.Name, in[0].tail()[:s.tail])
			test(t, k, s, in, out)
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

// test compares one kernel, by every implementation but the portable one, which shares its blocks with the others.
func test[T kernels.Float](t *testing.T, k catalog.Kernel[T], s size, in, out []region[T]) {
	var first float64
	for at, i := range tested() {
		for _, r := range out {
			catalog.FillWith(r.x[:s.period], catalog.Canary[T]())
			catalog.FillWith(r.tail(), catalog.Canary[T]())
		}
		start := time.Now()
		all := k.Run(i, arguments(k, in, out, 0, s.n()))
		t.Logf("%v: %.1f s, returns %v", i, time.Since(start).Seconds(), all.Sum)
		if at == 0 {
			first = all.Sum
		} else if math.Float64bits(first) != math.Float64bits(all.Sum) {
			t.Errorf("%v returns %v, %v returns %v", i, all.Sum, tested()[0], first)
		}
		period := k.Run(i, arguments(k, in, nil, s.n()-s.tail-s.period, s.period))
		tail := k.Run(i, arguments(k, in, nil, s.n()-s.tail, s.tail))
		for j, o := range k.Outputs {
			if at := catalog.Difference(out[j].x[:s.period], period.Out[j]); at >= 0 {
				t.Errorf("%v: %s[%d] of the last period differs", i, o.Name, at)
			}
			if at := catalog.Difference(out[j].tail()[:s.tail], tail.Out[j]); at >= 0 {
				t.Errorf("%v: %s[%d] differs", i, o.Name, s.n()-s.tail+at)
			}
			if after := out[j].tail()[s.tail]; !catalog.IsCanary(after) {
				t.Errorf("%v: %s[%d] is %v, which is beyond the end", i, o.Name, s.n(), after)
			}
		}
		if !k.Returns {
			continue
		}
		want, tolerance := expected(k.Name, s, in[0], period.Sum, tail.Sum)
		if got := all.Sum; !(math.Abs(got-want) <= tolerance) {
			t.Errorf("%v returns %v, want %v ± %v", i, got, want, tolerance)
		}
	}
}

// tested are the implementations of this machine.
func tested() []isa.ISA {
	if list := isa.Available()[1:]; len(list) > 0 {
		return list
	}
	return isa.Available()
}

// arguments are the elements [from, from+n) of the regions; without out, the outputs are slices of their own.
func arguments[T kernels.Float](k catalog.Kernel[T], in, out []region[T], from, n int) catalog.Args[T] {
	a := catalog.Args[T]{Shape: catalog.Vector(n), Scalars: k.ScalarsAt(0), Offset: uint64(from)}
	for j := range k.Inputs {
		a.In = append(a.In, in[j].x[from:from+n])
	}
	for j := range k.Outputs {
		if out == nil {
			a.Out = append(a.Out, make([]T, n))
		} else {
			a.Out = append(a.Out, out[j].x[from:from+n])
		}
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
		ulp := want * 0x1p-52
		if catalog.TypeName[T]() == "float32" {
			ulp = want * 0x1p-23
		}
		return want, 4 * ulp // 2 for all as documented, 2 for its parts
	default:
		want = count*period + tail
		return want, 1e-12 * math.Abs(want)
	}
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
	total := sum(x.x[:s.period])
	total.Mul(total, new(big.Float).SetInt64(int64(s.count)))
	v, _ := total.Add(total, sum(x.tail()[:s.tail])).Float64()
	return v
}
