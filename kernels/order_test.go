package kernels_test

import (
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/ref"
	"github.com/simmer-go/simmer/kernels"
)

// order is the canonical order of a sum in numbers: a block of so many elements, of which element i goes to lane i mod
// lanes, of type T or, if wide, float64.
type order struct {
	lanes, block int
	wide         bool
}

// inOrder adds up n terms as the documentation of package fallback says: lanes start at +0, and are folded by halves in
// float64; the sums of blocks are added up with what each addition loses. add puts element i in a lane.
func inOrder[T kernels.Float](o order, n int, add func(lane float64, i int) float64) float64 {
	var sum, lost float64
	for first := 0; first < n; first += o.block {
		lanes := make([]float64, o.lanes)
		for i := first; i < min(first+o.block, n); i++ {
			l := &lanes[(i-first)%o.lanes]
			if *l = add(*l, i); !o.wide {
				*l = float64(T(*l))
			}
		}
		for half := o.lanes / 2; half > 0; half /= 2 {
			for i := range half {
				lanes[i] += lanes[i+half]
			}
		}
		s := sum + lanes[0]
		part := s - sum
		lost += (sum - (s - part)) + (lanes[0] - part)
		sum = s
	}
	return sum + lost
}

// TestDivergencesInOrder is the same for divergences of float64, whose terms are their elements.
func TestDivergencesInOrder(t *testing.T) {
	const most = 3000
	mu, sigma, elements := make([]float64, most), make([]float64, most), make([]float64, most)
	catalog.Fill(mu, catalog.Real, 1)
	catalog.Fill(sigma, catalog.Scale, 2)
	kernels.GaussianKLPriorTo(elements, mu, sigma, 0.5, 2, 1e-6)
	for _, n := range []int{5, 9, 256, 257, 1025, most} {
		add := func(lane float64, i int) float64 { return lane + elements[i] }
		one, each := make([]float64, n), make([]float64, n)
		for i := range one {
			one[i], each[i] = 0.5, 2
		}
		for _, i := range isa.Available() {
			restore := isa.Use(i)
			got, want := kernels.GaussianKLPrior(mu[:n], sigma[:n], 0.5, 2, 1e-6), inOrder[float64](order{8, 256, true}, n, add)
			if got != want {
				t.Errorf("%v: GaussianKLPrior of %d: %v, in order %v", i, n, got, want)
			}
			got, want = kernels.GaussianKL(mu[:n], sigma[:n], one, each, 1e-6), inOrder[float64](order{8, 1024, true}, n, add)
			if got != want {
				t.Errorf("%v: GaussianKL of %d: %v, in order %v", i, n, got, want)
			}
			restore()
		}
	}
}

// TestSumsInOrder compares sums with the canonical order, written down once more: another order is no less accurate,
// but changes the bits.
func TestSumsInOrder(t *testing.T) {
	t.Run("float32", func(t *testing.T) {
		testSumsInOrder[float32](t, order{64, 4096, false}, order{16, 1024, true})
	})
	t.Run("float64", func(t *testing.T) {
		testSumsInOrder[float64](t, order{32, 4096, true}, order{32, 1024, true})
	})
}

// testSumsInOrder takes the orders of sums of differences, and of plain sums, which are added up as float64.
func testSumsInOrder[T kernels.Float](t *testing.T, differences, plain order) {
	const most = 9000
	x, y := make([]T, most), make([]T, most)
	catalog.Fill(x, catalog.Real, 1)
	catalog.Fill(y, catalog.Real, 2)
	for i := range x {
		x[i] /= 3 // so that products are rounded
	}
	fma := func(a, b, c float64) float64 { return float64(ref.FMA(T(a), T(b), T(c))) }
	for _, n := range []int{1, 5, 31, 33, 64, 65, 127, 300, 1024, 1025, 4097, most} {
		for _, c := range []struct {
			name string
			got  func() float64
			o    order
			add  func(lane float64, i int) float64
		}{
			{"Sum", func() float64 { return kernels.Sum(x[:n]) }, plain,
				func(l float64, i int) float64 { return l + float64(x[i]) }},
			{"Dot", func() float64 { return kernels.Dot(x[:n], y[:n]) }, plain,
				func(l float64, i int) float64 { return ref.FMA(float64(x[i]), float64(y[i]), l) }},
			{"AbsoluteError", func() float64 { return kernels.AbsoluteError(x[:n], y[:n]) }, differences,
				func(l float64, i int) float64 { return l + float64(max(x[i]-y[i], y[i]-x[i])) }},
			{"SquaredError", func() float64 { return kernels.SquaredError(x[:n], y[:n]) }, differences,
				func(l float64, i int) float64 { d := float64(x[i] - y[i]); return fma(d, d, l) }},
		} {
			want := inOrder[T](c.o, n, c.add)
			for _, i := range isa.Available() {
				restore := isa.Use(i)
				if got := c.got(); got != want {
					t.Errorf("%v: %s of %d: %v, in order %v", i, c.name, n, got, want)
				}
				restore()
			}
		}
	}
}
