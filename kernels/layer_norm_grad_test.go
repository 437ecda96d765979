package kernels_test

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/internal/testkit/ref"
	"github.com/simmer-go/simmer/kernels"
)

// The gradients of layer normalization against exact ones.
func TestLayerNormGrad(t *testing.T) {
	t.Run("float32", testLayerNormGrad[float32])
	t.Run("float64", testLayerNormGrad[float64])
}

func testLayerNormGrad[T kernels.Float](t *testing.T) {
	for _, shift := range []float64{0, 1000} {
		for _, size := range []float64{1, 0x1p-30, 0x1p60} {
			for at, s := range []catalog.Shape{
				matrix(3, 1), matrix(40, 2), matrix(7, 3), matrix(20, 10), matrix(5, 13), matrix(3, 100), matrix(2, 1030),
			} {
				x, dy, gamma := make([]T, s.Len()), make([]T, s.Len()), make([]T, s.Cols)
				catalog.Fill(x, catalog.Real, uint64(at))
				for i := range x {
					x[i] = (x[i] + T(shift)) * T(size)
				}
				catalog.Fill(dy, catalog.Real, uint64(at)+5)
				catalog.Fill(gamma, catalog.Scale, uint64(at)+7)
				checkLayerNormGrad(t, x, dy, s.Cols, gamma, 1e-5)
				checkLayerNormGrad(t, x, dy, s.Cols, nil, 1e-5)
				if s.Cols > 2 { // two elements may be equal
					checkLayerNormGrad(t, x, dy, s.Cols, gamma, 0)
				}
			}
		}
	}
}

func checkLayerNormGrad[T kernels.Float](t *testing.T, x, dy []T, cols int, gamma []T, eps T) {
	t.Helper()
	dx, dgamma, dbeta := make([]T, len(x)), make([]T, cols), make([]T, cols)
	kernels.LayerNormRowsGradTo(dx, dgamma, dbeta, x, dy, cols, gamma, eps)
	byGamma, byBeta := make([]*big.Float, cols), make([]*big.Float, cols)
	slackGamma, sizeBeta := make([]float64, cols), make([]float64, cols)
	for c := range cols {
		byGamma[c], byBeta[c] = ref.Exact(0), ref.Exact(0)
	}
	rows := float64(len(x) / cols)
	for first := 0; first < len(x); first += cols {
		n := exactLayerNormGrad(x[first:first+cols], dy[first:first+cols], gamma, eps)
		for c, up := range dy[first : first+cols] {
			if got := dx[first+c]; !near[T](float64(got), n.dx[c], n.tolerance[c]) {
				t.Fatalf("%d columns, eps %v, gamma %v: dx[%d] is %v, want %v, tolerance %.3g",
					cols, eps, gamma != nil, first+c, got, n.dx[c], n.tolerance[c])
			}
			d := ref.Exact(float64(up))
			byBeta[c].Add(byBeta[c], d)
			sizeBeta[c] += math.Abs(float64(up))
			term := new(big.Float).Mul(d, n.normal[c])
			byGamma[c].Add(byGamma[c], term)
			size, _ := term.Float64()
			slackGamma[c] += math.Abs(size)*(sumError+rows*0x1p-53) + n.e*math.Abs(float64(up))
		}
	}
	for c := range cols {
		want, _ := byGamma[c].Float64()
		if tolerance := ulp[T](want)/2 + slackGamma[c]; !near[T](float64(dgamma[c]), want, tolerance) {
			t.Fatalf("%d columns: dgamma[%d] is %v, want %v, tolerance %.3g", cols, c, dgamma[c], want, tolerance)
		}
		want, _ = byBeta[c].Float64()
		if tolerance := ulp[T](want)/2 + sizeBeta[c]*rows*0x1p-53; !near[T](float64(dbeta[c]), want, tolerance) {
			t.Fatalf("%d columns: dbeta[%d] is %v, want %v, tolerance %.3g", cols, c, dbeta[c], want, tolerance)
		}
	}
}

// rowGradient is what is exact about a row: x̂, dx, how far off that may be, and e, which a wrong mean adds to x̂.
type rowGradient struct {
	normal        []*big.Float
	dx, tolerance []float64
	e             float64
}

func exactLayerNormGrad[T kernels.Float](x, dy, gamma []T, eps T) (n rowGradient) {
	count := ref.Exact(float64(len(x)))
	mean, variance := exactMoments(x)
	r := new(big.Float).Sqrt(variance.Add(variance, ref.Exact(float64(eps))))
	r.Quo(ref.Exact(1), r)
	scale, _ := r.Float64()
	a, b, sizeA, sizeB := ref.Exact(0), ref.Exact(0), 0.0, 0.0
	var g []*big.Float
	for i, v := range x {
		normal := new(big.Float).Sub(ref.Exact(float64(v)), mean)
		n.normal = append(n.normal, normal.Mul(normal, r))
		up := ref.Exact(float64(dy[i]))
		if gamma != nil {
			up.Mul(up, ref.Exact(float64(gamma[i])))
		}
		g = append(g, up)
		term := new(big.Float).Mul(up, normal)
		a.Add(a, up)
		b.Add(b, term)
		sizeA += magnitude(up) / float64(len(x))
		sizeB += magnitude(term) / float64(len(x))
		n.e += scale * sumError * math.Abs(float64(v)) / float64(len(x))
	}
	a.Quo(a, count)
	b.Quo(b, count)
	for i, normal := range n.normal {
		part := new(big.Float).Mul(normal, b)
		want := new(big.Float).Sub(g[i], a)
		want.Mul(want.Sub(want, part), r)
		exact, _ := want.Float64()
		n.dx = append(n.dx, exact)
		largest := max(math.Abs(exact), scale*max(magnitude(g[i]), magnitude(a), magnitude(part)))
		n.tolerance = append(n.tolerance, boundOf[T]("LayerNormRowsGradTo")*ulp[T](largest)+
			scale*0x1p-44*(sizeA+magnitude(normal)*sizeB)+scale*n.e*(magnitude(b)+magnitude(normal)*sizeA))
	}
	return n
}

func magnitude(x *big.Float) float64 {
	v, _ := x.Float64()
	return math.Abs(v)
}

// Gradients of special values, by hand.
func TestLayerNormGradSpecialValues(t *testing.T) {
	t.Run("float32", testLayerNormGradSpecialValues[float32])
	t.Run("float64", testLayerNormGradSpecialValues[float64])
}

func testLayerNormGradSpecialValues[T kernels.Float](t *testing.T) {
	inf, nan := T(math.Inf(1)), T(math.NaN())
	for _, c := range []struct {
		x, dy             []T
		eps               T
		dx, dgamma, dbeta []T
	}{
		{[]T{5, 5, 5}, []T{1, 2, 3}, 0.25, []T{-2, 0, 2}, []T{0, 0, 0}, []T{1, 2, 3}},
		{[]T{5}, []T{7}, 1e-5, []T{0}, []T{0}, []T{7}},
		{[]T{-1, 1}, []T{1, 1}, 0, []T{0, 0}, []T{-1, 1}, []T{1, 1}},
		{[]T{-1, 1}, []T{1, 3}, 0, []T{0, 0}, []T{-1, 3}, []T{1, 3}},
		{[]T{5, 5}, []T{1, 2}, 0, []T{nan, nan}, []T{nan, nan}, []T{1, 2}},
		{[]T{nan, 1}, []T{1, 2}, 1e-5, []T{nan, nan}, []T{nan, nan}, []T{1, 2}},
		{[]T{inf, 1}, []T{1, 2}, 1e-5, []T{nan, nan}, []T{nan, nan}, []T{1, 2}},
		{[]T{-1, 1}, []T{nan, 2}, 0, []T{nan, nan}, []T{nan, 2}, []T{nan, 2}},
		{[]T{-1, 1}, []T{inf, 2}, 0, []T{nan, nan}, []T{-inf, 2}, []T{inf, 2}},
		{[]T{-1, 1}, []T{1, 2}, inf, []T{0, 0}, []T{0, 0}, []T{1, 2}},
		{[]T{-1, 1}, []T{1, 2}, nan, []T{nan, nan}, []T{nan, nan}, []T{1, 2}},
		{nil, nil, 0, nil, []T{0, 0}, []T{0, 0}},
	} {
		for _, copies := range []int{1, 16} { // short rows, and rows of several registers
			x, dy := slices.Repeat(c.x, copies), slices.Repeat(c.dy, copies)
			want := [][]T{slices.Repeat(c.dx, copies), slices.Repeat(c.dgamma, copies), slices.Repeat(c.dbeta, copies)}
			for _, i := range isa.Available() {
				restore := isa.Use(i)
				cols := len(want[1])
				dgamma, dbeta := make([]T, cols), make([]T, cols)
				catalog.FillWith(dgamma, 7) // which is written over
				dx := kernels.LayerNormRowsGradTo(make([]T, len(x)), dgamma, dbeta, x, dy, cols, nil, c.eps)
				for j, got := range [][]T{dx, dgamma, dbeta} {
					for at, v := range got {
						if v != want[j][at] && (v == v || want[j][at] == want[j][at]) {
							t.Errorf("%v, x %v, dy %v, eps %v: %s[%d] is %v, want %v",
								i, c.x, c.dy, c.eps, []string{"dx", "dgamma", "dbeta"}[j], at, v, want[j][at])
						}
					}
				}
				restore()
			}
		}
	}
}
