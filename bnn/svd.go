package bnn

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/gonum"
	"gonum.org/v1/gonum/lapack/lapack64"

	"github.com/simmer-go/simmer/kernels"
)

// The singular values σ of S give the eigenvalues σ² + eps of Σ = S Sᵀ + eps I, and the norms c of its rows the
// diagonal:
//
//	total correlation = ½ Σ log ((c² + eps)/(σ² + eps))
//	Σ⁻¹S = U diag(σ/(σ²+eps)) Vᵀ
//
// The eigenvalues of SᵀS would do too, but with half of the digits.

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
	k := min(n, r)
	d.n, d.r = n, r
	d.u, work = cut(work, n*k)
	d.vt, work = cut(work, k*r)
	d.sigma, work = cut(work, n)
	d.norm, work = cut(work, n)
	d.tmp, work = cut(work, svdTmpLen(n, r))
	return d, work
}

func svdLen(n, r int) int { return min(n, r)*(n+r) + 2*n + svdTmpLen(n, r) }

// svdTmpLen has room for S, two k×k matrices and what LAPACK needs.
func svdTmpLen(n, r int) int {
	k := min(n, r)
	return n*r + 2*k*k + k + max(5*k, 3*k+max(n, r))
}

// decompose fills in d for the matrix s.
func decompose[T Float](d svd, s []T) {
	k := min(d.n, d.r)
	a, tmp := cut(d.tmp, d.n*d.r)
	for i, v := range s[:len(a)] {
		a[i] = float64(v)
	}
	for i := range d.norm {
		d.norm[i] = norm(a[i*d.r:][:d.r])
	}
	clear(d.sigma)
	if d.n <= d.r {
		d.gesvd(a, d.u, d.n, d.r, tmp)
		return
	}
	// A tall S is Q R first: gonum's Gesvd would do the same with products that start goroutines.
	small, tmp := cut(tmp, k*k)
	rotated, tmp := cut(tmp, k*k)
	tau, tmp := cut(tmp, k)
	gonum.Implementation{}.Dgeqr2(d.n, k, a, k, tau, tmp)
	clear(small)
	for i := range k {
		copy(small[i*k+i:(i+1)*k], a[i*k+i:])
	}
	gonum.Implementation{}.Dorg2r(d.n, k, k, a, k, tau, tmp)
	d.gesvd(small, rotated, k, k, tmp)
	kernels.MatMulTo(d.u, a, rotated, d.n, k, k)
}

// gesvd decomposes a, which it destroys.
func (d *svd) gesvd(a, u []float64, rows, cols int, tmp []float64) {
	dense := func(rows, cols int, x []float64) blas64.General {
		return blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: x}
	}
	k := min(rows, cols)
	if !lapack64.Gesvd(lapack.SVDStore, lapack.SVDStore, dense(rows, cols, a), dense(rows, k, u), dense(k, cols, d.vt),
		d.sigma, tmp, len(tmp)) {
		d.sigma[0] = math.NaN() // it has not converged; so the divergence is NaN, which is an error
	}
	for i, v := range d.sigma {
		if v <= float64(max(d.n, d.r))*rounding*d.sigma[0] {
			d.sigma[i] = 0
		}
	}
}

// totalCorrelation is that of S ⊗ T, from the norms c and d of their rows and their singular values sigma and tau. It
// sorts all four in place: norms and singular values are paired by size, so that the terms of diagonal factors cancel
// exactly.
func totalCorrelation(c, sigma, d, tau []float64, eps float64) float64 {
	for _, x := range [][]float64{c, sigma, d, tau} {
		slices.Sort(x)
	}
	sum := 0.0
	for i, x := range sigma {
		for j, y := range tau {
			v, e := c[i]*d[j], x*y
			if e*e+eps == 0 {
				return math.Inf(1)
			}
			sum += math.Log1p((v - e) * (v + e) / (e*e + eps))
		}
	}
	return math.Max(0, sum/2)
}

// addFactorGrad adds scale times the gradient with respect to a factor S, in which row i has the weight t_i in the
// trace: t_i S_i less the gradient of ½ Σ_ej log((σ_e τ_j)² + eps), which is U diag(σ g) Vᵀ with g_e = Σ_j τ_j²/((σ_e
// τ_j)² + eps).
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
	kernels.MatMulTo(y, d.u, d.vt, d.n, k, d.r)
	for i, v := range s[:len(y)] {
		ds[i] += T(scale * (float64(v)*t[i/d.r] - y[i]))
	}
}
