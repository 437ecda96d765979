package bnn

import "gonum.org/v1/gonum/blas"

// factor is an S of P×rank stored row by row: low rank, or full.
//
//	v_o = Σ_r (Σ_i φ_i F[o,i,r] + F_b[o,r])²
type factor[T Float] struct {
	dims
	rank int
}

func (f factor[T]) bias0() int      { return f.bias * f.out * f.rank } // where F begins
func (f factor[T]) wide() int       { return f.out * f.rank }
func (f factor[T]) numNormals() int { return f.rank }

// work: F with its axes ordered (o,r,i), so that a single matrix product gives
// all Σ_i φ_i F[o,i,r]; its gradient in the same order; those sums for a tile.
func (f factor[T]) split(work []T) (g, dg, u []T) {
	n := f.wide() * f.in
	return work[:n], work[n : 2*n], work[2*n : 2*n+tileRows*f.wide()]
}

func (f factor[T]) workLen() int { return 2*f.wide()*f.in + tileRows*f.wide() }

func (f factor[T]) prepare(s, work []T) {
	g, dg, _ := f.split(work)
	n := f.in * f.rank
	for o, w := 0, s[f.bias0():]; o < f.out; o++ {
		transpose(g[o*n:], w[o*n:], f.in, f.rank)
	}
	clear(dg)
}

// project writes u = φ̃ᵀ S (rows×(out·rank)).
func (f factor[T]) project(u, phi, s, g []T, rows int) {
	affine(u, phi, g, s[:f.bias0()], rows, f.wide(), f.in)
}

func (f factor[T]) variance(v, phi, s, work []T, rows int) {
	g, _, u := f.split(work)
	f.project(u, phi, s, g, rows)
	for k := range v[:rows*f.out] {
		v[k], u = sumSquares(u[:f.rank]), u[f.rank:]
	}
}

func (f factor[T]) varianceGrad(dPhi, ds, dv, phi, s, work []T, rows int) {
	g, dg, u := f.split(work)
	n := f.wide()
	f.project(u, phi, s, g, rows)
	for k, d := range dv[:rows*f.out] { // u becomes its own gradient
		for i := k * f.rank; i < (k+1)*f.rank; i++ {
			u[i] *= 2 * d
		}
	}
	if dPhi != nil {
		gemm(blas.NoTrans, blas.NoTrans, rows, f.in, n, u, n, g, f.in, 1, dPhi, f.in)
	}
	if ds == nil {
		return
	}
	affineGrad(dg, ds[:f.bias0()], u, phi, rows, n, f.in)
}

func (f factor[T]) finish(ds, _, work []T) {
	_, dg, _ := f.split(work)
	n := f.in * f.rank
	for o, w := 0, ds[f.bias0():]; o < f.out; o++ {
		addTransposed(w[o*n:], dg[o*n:], f.rank, f.in)
	}
}

func (f factor[T]) covWorkLen() int { return f.wide() }

func (f factor[T]) covariance(c, phi, s, u []T) {
	u = u[:f.wide()]
	clear(u)
	if f.bias != 0 {
		copy(u, s)
	}
	w := s[f.bias0():]
	for o := 0; o < f.out; o++ {
		for i, x := range phi {
			for r, v := range w[(o*f.in+i)*f.rank:][:f.rank] {
				u[o*f.rank+r] += x * v
			}
		}
	}
	gram(c, u, f.out, f.rank)
}

// gram writes c = u uᵀ for u of n×k.
func gram[T Float](c, u []T, n, k int) {
	for o := 0; o < n; o++ {
		for p := 0; p <= o; p++ {
			var sum T
			for r := 0; r < k; r++ {
				sum += u[o*k+r] * u[p*k+r]
			}
			c[o*n+p], c[p*n+o] = sum, sum
		}
	}
}

func (f factor[T]) sampleWorkLen() int { return 0 }

func (f factor[T]) sample(theta, s, eps, _ []T) {
	for p := range theta {
		var sum T
		for r, v := range s[p*f.rank:][:f.rank] {
			sum += v * eps[r]
		}
		theta[p] += sum
	}
}

func (f factor[T]) sampleGrad(ds, dTheta, _, eps, _ []T) {
	for p, g := range dTheta {
		row := ds[p*f.rank:][:f.rank]
		for r, e := range eps {
			row[r] += g * e
		}
	}
}
