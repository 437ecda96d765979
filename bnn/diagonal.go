package bnn

import (
	"math"

	"gonum.org/v1/gonum/blas"

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

// diagonal has v_o = Σ_i φ_i² s[o,i]² + s_b[o]².
type diagonal[T Float] struct{ dims }

// What prepare makes are the squared scales.

func (d diagonal[T]) preparedLen() int { return d.numMeanParams() }

func (d diagonal[T]) prepare(p, s []T) { kernels.MulTo(p, s, s) }

func (d diagonal[T]) prepareGrad(ds, dp, s []T) {
	for i, v := range s {
		ds[i] += T(2 * v * dp[i])
	}
}

// The work of a tile has room for as many numbers as phi.

func (d diagonal[T]) tileLen(rows int) int { return rows * d.in }

func (d diagonal[T]) squares(work, phi []T, rows int) []T {
	n := rows * d.in
	return kernels.MulTo(work[:n], phi[:n], phi[:n])
}

func (d diagonal[T]) variance(v, phi []T, pre prepared[T], work []T, rows int) {
	b := d.numBias()
	affine(v, d.squares(work, phi, rows), pre.p[b:], pre.p[:b], rows, d.out, d.in)
}

func (d diagonal[T]) varianceGrad(dPhi []T, dPre prepared[T], dv, phi []T, pre prepared[T], work []T, rows int) {
	b := d.numBias()
	if dPhi != nil {
		gemm(blas.NoTrans, blas.NoTrans, rows, d.in, d.out, dv, d.out, pre.p[b:], d.in, 0, work, d.in)
		for i, x := range phi[:rows*d.in] {
			dPhi[i] += T(2 * x * work[i])
		}
	}
	if dPre.s != nil {
		affineGrad(dPre.p[b:], dPre.p[:b], dv, d.squares(work, phi, rows), rows, d.out, d.in)
	}
}

func (d diagonal[T]) covarianceLen() int { return 0 }

func (d diagonal[T]) covariance(c, phi, s, _ []T) {
	clear(c)
	w := s[d.numBias():]
	for o := 0; o < d.out; o++ {
		var v T
		for i, x := range phi {
			u := x * w[o*d.in+i]
			v += u * u
		}
		if d.bias != 0 {
			v += s[o] * s[o]
		}
		c[o*d.out+o] = v
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
