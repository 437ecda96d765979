package huge

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

func TestOneRow32(t *testing.T) { testOneRow[float32](t) }
func TestOneRow64(t *testing.T) { testOneRow[float64](t) }

// testOneRow has one row of all elements, the target and the largest among the last.
func testOneRow[T kernels.Float](t *testing.T) {
	s := sizes(t)
	n := s.n()
	x, dst := newRegion[T](t, s.period, s.count, 1), newRegion[T](t, s.period, s.count, 1)
	catalog.Fill(x.parts[0], catalog.Real, 1)
	tail := x.parts[1][:s.tail]
	catalog.Fill(tail, catalog.Real, 2)
	weigh("LogSumExp", tail)
	target, largest := []int{n - 2}, []int{n - 5, n - 1, n - 3}
	for i, at := range largest {
		x.x[at] = T(45 - i)
	}
	for _, i := range tested() {
		restore := isa.Use(i)
		start := time.Now()
		row := x.x[:n]
		l := kernels.LogSumExp(row)
		if got := kernels.LogSumExpRowsTo(make([]T, 1), row, n)[0]; got != T(l) {
			t.Errorf("%v: LogSumExpRowsTo gives %v, LogSumExp %v", i, got, l)
		}
		if got := kernels.ArgMaxRowsTo(make([]int, 1), row, n)[0]; got != largest[0] {
			t.Errorf("%v: ArgMaxRowsTo gives %d, want %d", i, got, largest[0])
		}
		index := make([]int, len(largest))
		kernels.TopKRows(make([]T, len(largest)), index, row, n, len(largest))
		for j, at := range largest {
			if index[j] != at {
				t.Errorf("%v: TopKRows gives %d, want %d", i, index, largest)
			}
		}
		loss := l - float64(row[target[0]])
		if got := kernels.CrossEntropyRows(row, n, target); !(math.Abs(got-loss) <= 4*l*epsilon[T]()) {
			t.Errorf("%v: CrossEntropyRows returns %v, want %v", i, got, loss)
		}
		kernels.SoftmaxRowsTo(dst.x[:n], row, n)
		checkSoftmax(t, i, "SoftmaxRowsTo", tail, dst.parts[1], l, -1)
		if got := kernels.CrossEntropyRowsGrad(dst.x[:n], row, n, target, 1); !(math.Abs(got-loss) <= 4*l*epsilon[T]()) {
			t.Errorf("%v: CrossEntropyRowsGrad returns %v, want %v", i, got, loss)
		}
		checkSoftmax(t, i, "CrossEntropyRowsGrad", tail, dst.parts[1], l, s.tail-2)
		t.Logf("%v: %.1f s", i, time.Since(start).Seconds())
		restore()
	}
}

// checkSoftmax compares the tail of dst with exp(x − l), less 1 at the target. The periods hold nothing to compare: what
// a first pass leaves there for the second is overwritten by the next period.
func checkSoftmax[T kernels.Float](t *testing.T, i isa.ISA, name string, x, dst []T, l float64, target int) {
	t.Helper()
	for at, v := range x {
		want := math.Exp(float64(v) - l)
		if at == target {
			want--
		}
		if got := float64(dst[at]); !(math.Abs(got-want) <= 100*epsilon[T]()*math.Abs(want)) { // |v − l| < 100
			t.Errorf("%v: %s: element %d of the tail is %v, want %v", i, name, at, got, want)
			return
		}
	}
}

func TestColumns32(t *testing.T) { testColumns[float32](t) }
func TestColumns64(t *testing.T) { testColumns[float64](t) }

// testColumns has the class axis first: all positions of one class, then those of the next, of which the last is beyond
// 2³¹. A loss of all is so many times that of one period of positions.
func testColumns[T kernels.Float](t *testing.T) {
	const classes = cols + 1
	s := sizes(t)
	times := s.count / 4 // of the default size
	if *huge {
		times = s.count / cols
	}
	planes := make([]int, classes)
	for c := range planes {
		planes[c] = times
	}
	var in, out [2]region[T]
	for j := range in {
		in[j] = newRegion[T](t, s.period, planes...)
	}
	out[0] = newRegion[T](t, s.period, planes...)
	target := newRegion[int](t, s.period, times)
	weight := make([]T, classes)
	catalog.Fill(weight, catalog.Probability, 5)
	catalog.FillClasses(target.parts[0], classes, 3)
	for _, k := range catalog.Kernels[T]() {
		if !k.Columns || !k.Returns {
			continue
		}
		t.Run(strings.TrimPrefix(k.Name, "ClassLoss"), func(t *testing.T) {
			small := k.NewArgs(catalog.Shape{Rows: s.period, Cols: classes})
			small.Target = target.parts[0]
			all := small
			all.Rows, all.In, all.Out = s.period*times, nil, nil
			if k.Classes {
				all.Target = target.x
			}
			for j, o := range k.Inputs {
				if o.Size == catalog.PerCol {
					small.In[j] = weight
					all.In = append(all.In, weight)
					continue
				}
				for c, x := range in[j].parts {
					catalog.Fill(x, o.Domain, uint64(classes*j+c))
					copy(small.In[j][c*s.period:], x)
				}
				all.In = append(all.In, in[j].x)
			}
			for range k.Outputs {
				all.Out = append(all.Out, out[0].x)
			}
			for _, i := range tested() {
				start := time.Now()
				got, want := k.Run(i, all), k.Run(i, small)
				t.Logf("%v: %.1f s", i, time.Since(start).Seconds())
				if sum := float64(times) * want.Sum; !(math.Abs(got.Sum-sum) <= 1e-12*math.Abs(sum)) {
					t.Errorf("%v returns %v, want %v", i, got.Sum, sum)
				}
				for range k.Outputs {
					for c, x := range out[0].parts {
						if at := catalog.Difference(x, want.Out[0][c*s.period:][:s.period]); at >= 0 {
							t.Errorf("%v: %s of class %d differs at %d", i, k.Outputs[0].Name, c, at)
						}
						catalog.FillWith(x, catalog.Canary[T]())
					}
				}
			}
		})
	}
}
