package bnn

import (
	"math"

	"github.com/simmer-go/simmer/kernels"
)

// Diagonal makes all parameters independent: S = diag(s), with one scale each.
type Diagonal struct{}

func (Diagonal) String() string { return "diagonal" }
func (Diagonal) check() error   { return nil }

func (Diagonal) tensors(d dims) []tensorSpec {
	return d.withBias(
		tensorSpec{"params.cov.scale.bias", []int{d.out}},
		tensorSpec{"params.cov.scale.weight", []int{d.out, d.in}})
}

// diagonal has v_o = Σ_i φ_i² s[o,i]² + s_b[o]², in the order of kernels.AffineTo: the squares are rounded before they
// are multiplied.
type diagonal[T Float] struct{ dims }

// What prepare makes are the squared scales, and the same as an affine map of the squared inputs.

func (d diagonal[T]) preparedLen() int { return aligned(d.numMeanParams()) + affineLen[T](d.dims) }

func (d diagonal[T]) parts(p []T) (squares []T, a affine[T]) {
	squares, rest := room(p, d.numMeanParams())
	return squares, affineIn(rest, d.dims)
}

func (d diagonal[T]) prepare(p, s []T) {
	squares, a := d.parts(p)
	a.set(kernels.MulTo(squares, s, s))
}

// The work of a row has room for as many numbers as phi.

func (d diagonal[T]) varianceWidth() int { return d.in }

func (d diagonal[T]) variance(v, phi []T, pre prepared[T], work []T, _ int) {
	_, a := d.parts(pre.p)
	a.forward(v, kernels.MulTo(work[:len(phi)], phi, phi), 1, false)
}

func (d diagonal[T]) gradWidth() int { return d.in }

func (d diagonal[T]) varianceGrad(dPhi []T, dPre prepared[T], dv, phi []T, pre prepared[T], work []T, rows int) {
	b, work := d.numBias(), work[:len(phi)]
	if dPhi != nil {
		squares, _ := d.parts(pre.p)
		kernels.MatMulTo(work, dv, squares[b:], rows, d.out, d.in)
		for i, x := range phi {
			dPhi[i] += T(2 * x * work[i])
		}
	}
	if dPre.s != nil {
		affineGrad[T]{dTheta: dPre.p, dy: dv, x: kernels.MulTo(work, phi, phi), rows: rows, d: d.dims}.add(1)
	}
}

// The derivatives are those by the squares.

func (d diagonal[T]) gradLen() int { return d.numMeanParams() }

func (d diagonal[T]) gradOfPrepared(ds, dp, s []T) {
	for i, v := range s {
		ds[i] += T(2 * v * dp[i])
	}
}

func (d diagonal[T]) covarianceLen() int { return aligned(d.out) + d.in }

func (d diagonal[T]) covariance(c, phi []T, pre prepared[T], work []T) {
	v, work := room(work, d.out)
	d.variance(v, phi, pre, work, 1)
	clear(c)
	for o, x := range v {
		c[o*(d.out+1)] = x
	}
}

func (d diagonal[T]) numNormals() int { return d.numMeanParams() }
func (d diagonal[T]) sampleLen() int  { return 0 }

func (d diagonal[T]) sample(theta, s, eps, _ []T) {
	for i, v := range s {
		theta[i] += T(v * eps[i])
	}
}

func (d diagonal[T]) sampleGrad(ds, dTheta, _, eps, _ []T) {
	for i, g := range dTheta {
		ds[i] += T(g * eps[i])
	}
}

func (d diagonal[T]) deviations(dst []float64, s []T) {
	for i, v := range s {
		dst[i] = float64(v)
	}
}

func (d diagonal[T]) klLen() int { return 0 }

func (d diagonal[T]) totalCorrelation([]T, float64, []float64) float64 { return 0 }

func (d diagonal[T]) klGrad(ds, s []T, q prior[T], scale float64, _ []float64) {
	for p, x := range s {
		v := float64(x)
		_, sq := q.at(p)
		a, sq := math.Abs(v), math.Abs(sq) // only squares count, and a − sq does not cancel
		ds[p] += T(scale * v / (float64(v*v) + q.eps) * ((a - sq) * (a + sq) / q.variance(p)))
	}
}
