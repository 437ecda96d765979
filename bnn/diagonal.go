package bnn

import (
	"gonum.org/v1/gonum/blas"

	"github.com/simmer-go/simmer/kernels"
)

// diagonal has v_o = Σ_i φ_i² s[o,i]² + s_b[o]².
type diagonal[T Float] struct{ dims }

func (d diagonal[T]) bias0() int      { return d.bias * d.out } // where the weight part begins
func (d diagonal[T]) numNormals() int { return d.params() }

// work: the squared scales, their gradient, the squared inputs of a tile, and a
// tile of the input's gradient.
func (d diagonal[T]) split(work []T) (s2, ds2, phi2, t []T) {
	n, m := d.params(), tileRows*d.in
	return work[:n], work[n : 2*n], work[2*n : 2*n+m], work[2*n+m : 2*n+2*m]
}

func (d diagonal[T]) workLen() int { return 2*d.params() + 2*tileRows*d.in }

func (d diagonal[T]) prepare(s, work []T) {
	s2, ds2, _, _ := d.split(work)
	kernels.MulTo(s2, s, s)
	clear(ds2)
}

func (d diagonal[T]) variance(v, phi, _, work []T, rows int) {
	s2, _, phi2, _ := d.split(work)
	d.squares(phi2, phi, rows)
	affine(v, phi2, s2[d.bias0():], s2[:d.bias0()], rows, d.out, d.in)
}

func (d diagonal[T]) squares(phi2, phi []T, rows int) {
	n := rows * d.in
	kernels.MulTo(phi2[:n], phi[:n], phi[:n])
}

func (d diagonal[T]) varianceGrad(dPhi, ds, dv, phi, _, work []T, rows int) {
	s2, ds2, phi2, t := d.split(work)
	if dPhi != nil {
		gemm(blas.NoTrans, blas.NoTrans, rows, d.in, d.out, dv, d.out, s2[d.bias0():], d.in, 0, t, d.in)
		for i, x := range phi[:rows*d.in] {
			dPhi[i] += 2 * x * t[i]
		}
	}
	if ds == nil {
		return
	}
	d.squares(phi2, phi, rows)
	affineGrad(ds2[d.bias0():], ds2[:d.bias0()], dv, phi2, rows, d.out, d.in)
}

func (d diagonal[T]) finish(ds, s, work []T) {
	_, ds2, _, _ := d.split(work)
	for i, v := range s {
		ds[i] += 2 * v * ds2[i]
	}
}

func (d diagonal[T]) covWorkLen() int { return 0 }

func (d diagonal[T]) covariance(c, phi, s, _ []T) {
	clear(c)
	w := s[d.bias0():]
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

func (d diagonal[T]) sampleWorkLen() int { return 0 }

func (d diagonal[T]) sample(theta, s, eps, _ []T) {
	for i, v := range s {
		theta[i] += v * eps[i]
	}
}

func (d diagonal[T]) sampleGrad(ds, dTheta, s, eps, _ []T) {
	for i, g := range dTheta {
		ds[i] += g * eps[i]
	}
}
