package kernels_test

import (
	"fmt"
	"testing"

	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

// Every implementation gives the bits of Generic at every length around lane and block boundaries and
// at several alignments, writes nothing outside its outputs, and leaves its inputs alone.
func TestEqualBits(t *testing.T) {
	forEachKernel(t, testEqualBits[float32], testEqualBits[float64])
}

func testEqualBits[T kernels.Float](t *testing.T, k catalog.Kernel[T]) {
	if k.Rows {
		t.Skip("see TestRows")
	}
	list := lengths()
	longest := list[len(list)-1]
	for _, bits := range []bool{false, true} {
		pool := newPool(k, longest, bits)
		for at, n := range list {
			if n > 300 && bits != (at%2 == 0) {
				continue // long ones: one kind of input each
			}
			pool.check(t, n)
		}
	}
}

// pool holds the inputs of a kernel at all offsets from a multiple of 64 bytes, and the outputs.
type pool[T kernels.Float] struct {
	k      catalog.Kernel[T]
	in     [offsets]catalog.Args[T] // the same values, at different offsets
	whole  [][]T                    // arrays around the outputs
	expect map[int][][]T            // elementwise kernels: outputs for all elements, by the scalars chosen
}

const offsets = 16

// picks is a common multiple of the numbers of values to try of all scalars.
const picks = 6

func newPool[T kernels.Float](k catalog.Kernel[T], longest int, bits bool) *pool[T] {
	p := &pool[T]{k: k, expect: map[int][][]T{}}
	a := newArgs(k, longest, 0, bits, 7)
	for o := range p.in {
		for j := range a.In {
			x, _ := catalog.Aligned[T](longest, (o+5*j)%offsets)
			copy(x, a.In[j])
			p.in[o].In = append(p.in[o].In, x)
		}
	}
	for range k.Outputs {
		_, whole := catalog.Aligned[T](longest+offsets, 0)
		p.whole = append(p.whole, whole)
	}
	return p
}

// check compares all implementations at one length and a few offsets.
func (p *pool[T]) check(t *testing.T, n int) {
	t.Helper()
	want, wantSum := p.want(n)
	for _, o := range []int{0, n % offsets, (n*7 + 3) % offsets} {
		a := p.args(o, n)
		for j := range p.k.Outputs {
			a.Out = append(a.Out, p.output(j, (o*3+j)%offsets, n))
		}
		for _, i := range tested() {
			what := fmt.Sprintf("%v, length %d, offset %d", i, n, o)
			sum := on(i, p.k, a)
			compare(t, what, a.Out, want, sum, wantSum)
			for j, out := range a.Out {
				if err := catalog.BandError(p.around(j, (o*3+j)%offsets, len(out))); err != nil {
					t.Fatalf("%s: %v", what, err)
				}
			}
		}
	}
}

func (p *pool[T]) args(o, n int) catalog.Args[T] {
	a := catalog.Args[T]{Scalars: scalars(p.k, n%picks)}
	for _, x := range p.in[o].In {
		a.In = append(a.In, x[:n])
	}
	return a
}

// want is what Generic gives. An elementwise kernel may not care for the length, so it is asked once.
func (p *pool[T]) want(n int) ([][]T, float64) {
	if !p.k.Elementwise() {
		return generic(p.k, p.args(0, n))
	}
	pick := 0
	if len(p.k.Scalars) > 0 {
		pick = n % picks
	}
	if p.expect[pick] == nil {
		a := p.args(0, len(p.in[0].In[0]))
		a.Scalars = scalars(p.k, pick)
		p.expect[pick], _ = generic(p.k, a)
	}
	return p.expect[pick], 0
}

// output is n elements at an offset, with fresh canaries in and around them.
func (p *pool[T]) output(j, offset, n int) []T {
	whole := p.around(j, offset, n)
	catalog.FillWith(whole, catalog.Canary[T]())
	return whole[catalog.Band : catalog.Band+n]
}

func (p *pool[T]) around(j, offset, n int) []T { return p.whole[j][offset : offset+n+2*catalog.Band] }
