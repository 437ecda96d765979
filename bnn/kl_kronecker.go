package bnn

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// Kronecker: with the singular values σ of S_in and τ of S_out, Σ has the
// eigenvalues (σ_I τ_O)² + eps, so
//
//	total correlation = ½ Σ_IO log ((c_I d_O)² + eps) − log ((σ_I τ_O)² + eps)
//
// where c and d are the norms of the rows of S_in and S_out. All four are
// sorted first: for factors that are diagonal the terms then cancel exactly.
// The eigenvalues of C_in and C_out would do too, but with half of the digits.

// svd is S = U diag(σ) Vᵀ for an S of n×r, and the norms of the rows of S.
type svd struct {
	n, r  int
	u, vt []float64 // n×k, k×r with k = min(n, r)
	sigma []float64 // n: the k singular values, descending, and zeros; 0 if rounding could make it so
	norm  []float64 // n
	tmp   []float64
}

// newSVD takes the room for the decomposition of an n×r matrix from work, and returns what is left of it.
func newSVD(n, r int, work []float64) (d svd, rest []float64) {
	take := func(size int) []float64 {
		part := work[:size]
		work = work[size:]
		return part
	}
	k := min(n, r)
	d = svd{n, r, take(n * k), take(k * r), take(n), take(n), take(svdTmp(n, r))}
	return d, work
}

func svdTmp(n, r int) int     { return n*r + max(5*min(n, r), 3*min(n, r)+max(n, r)) }
func svdWorkLen(n, r int) int { return min(n, r)*(n+r) + 2*n + svdTmp(n, r) }

func decompose[T Float](d svd, s []T) {
	a, tmp := d.tmp[:d.n*d.r], d.tmp[d.n*d.r:]
	for i, v := range s[:len(a)] {
		a[i] = float64(v)
	}
	for i := range d.norm {
		d.norm[i] = norm(a[i*d.r:][:d.r])
	}
	clear(d.sigma)
	k := min(d.n, d.r)
	if !lapack64.Gesvd(lapack.SVDStore, lapack.SVDStore, dense(d.n, d.r, a), dense(d.n, k, d.u), dense(k, d.r, d.vt),
		d.sigma, tmp, len(tmp)) {
		d.sigma[0] = math.NaN() // it has not converged; so the divergence is NaN, which is an error
	}
	for i, v := range d.sigma {
		if v <= float64(max(d.n, d.r))*rounding*d.sigma[0] {
			d.sigma[i] = 0
		}
	}
}

func dense(rows, cols int, x []float64) blas64.General {
	return blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: x}
}

func (k kronecker[T]) klWorkLen() int {
	return svdWorkLen(k.rows(), k.rin) + svdWorkLen(k.out, k.rout) + k.rows() + k.out
}

// decompose returns both factors' decompositions and the rest of work.
func (k kronecker[T]) decompose(s []T, work []float64) (in, out svd, rest []float64) {
	sin, sout := k.factors(s)
	in, work = newSVD(k.rows(), k.rin, work)
	out, work = newSVD(k.out, k.rout, work)
	decompose(in, sin)
	decompose(out, sout)
	return in, out, work
}

func (k kronecker[T]) deviations(dst []float64, s []T) {
	sin, sout := k.factors(s)
	for i := 0; i < k.rows(); i++ {
		c := norm(sin[i*k.rin:][:k.rin])
		for o := 0; o < k.out; o++ {
			dst[k.param(i, o)] = c * norm(sout[o*k.rout:][:k.rout])
		}
	}
}

func (k kronecker[T]) totalCorrelation(s []T, eps float64, work []float64) float64 {
	in, out, _ := k.decompose(s, work)
	for _, x := range [][]float64{in.norm, in.sigma, out.norm, out.sigma} {
		slices.Sort(x)
	}
	sum := 0.0
	for i, x := range in.sigma {
		for o, y := range out.sigma {
			v := in.norm[i] * out.norm[o]
			e := x * y
			if e*e+eps == 0 {
				return math.Inf(1)
			}
			sum += math.Log((v*v + eps) / (e*e + eps))
		}
	}
	return math.Max(0, sum/2)
}

func (k kronecker[T]) klGrad(ds, s []T, q prior[T], eps, scale float64, work []float64) {
	in, out, work := k.decompose(s, work)
	tin, tout := work[:k.rows()], work[k.rows():][:k.out]
	clear(tin)
	clear(tout)
	for i := range tin {
		for o := range tout {
			vq := q.variance(k.param(i, o))
			tin[i] += out.norm[o] * out.norm[o] / vq
			tout[o] += in.norm[i] * in.norm[i] / vq
		}
	}
	sin, sout := k.factors(s)
	dsin, dsout := k.factors(ds)
	// The scratch of in is free now, and as large as S_in; the same holds for out.
	addFactorGrad(dsin, sin, in, out.sigma, tin, eps, scale)
	addFactorGrad(dsout, sout, out, in.sigma, tout, eps, scale)
}

// addFactorGrad adds scale times the gradient by a factor S, in which row i has the weight t_i in the trace: t_i S_i less
// the gradient of ½ Σ_ej log((σ_e τ_j)² + eps), which is U diag(σ g) Vᵀ with g_e = Σ_j τ_j²/((σ_e τ_j)² + eps).
func addFactorGrad[T Float](ds, s []T, d svd, tau, t []float64, eps, scale float64) {
	k, y := min(d.n, d.r), d.tmp[:d.n*d.r]
	for e, x := range d.sigma[:k] {
		g := 0.0
		for _, w := range tau {
			if w != 0 {
				g += x * w * w / (x*x*w*w + eps)
			}
		}
		blas64.Implementation().Dscal(d.r, g, d.vt[e*d.r:], 1)
	}
	gemm(blas.NoTrans, blas.NoTrans, d.n, d.r, k, d.u, k, d.vt, d.r, 0, y, d.r)
	for i, v := range s[:len(y)] {
		ds[i] += T(scale * (float64(v)*t[i/d.r] - y[i]))
	}
}
