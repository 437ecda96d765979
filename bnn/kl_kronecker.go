package bnn

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// Kronecker: Σ has the eigenvalues a_i b_j + eps, a and b being those of C_in
// and C_out, and log det Σ follows from the small matrices.
//
//	total correlation = ½ Σ_IO log (c_I d_O + eps) − log (a_I b_O + eps)
//
// with c and d the diagonals. All four are sorted first: for factors that are
// diagonal the terms then cancel exactly.

// gramOf is the symmetric matrix from which the eigenvalues of S Sᵀ are taken,
// the smaller of S Sᵀ and SᵀS, with the work of its eigensystem.
type gramOf struct{ n, r int } // S is n×r

func (g gramOf) k() int       { return min(g.n, g.r) }
func (g gramOf) workLen() int { k := g.k(); return k*k + 2*g.n + 4*k + g.n*g.r }

// eigen returns eigenvectors (columns, k×k), the eigenvalues padded with zeros
// to n ascending, the diagonal of S Sᵀ, and S in float64.
func eigen[T Float](g gramOf, s []T, work []float64) (vec, val, diag, s64 []float64) {
	k := g.k()
	vec, work = work[:k*k], work[k*k:]
	val, work = work[:g.n], work[g.n:]
	diag, work = work[:g.n], work[g.n:]
	tmp := work[:4*k]
	s64 = work[4*k:][:g.n*g.r]
	for i, v := range s[:g.n*g.r] {
		s64[i] = float64(v)
	}
	for i := range diag {
		row := s64[i*g.r:][:g.r]
		diag[i] = dot(row, row)
	}
	if k == g.n {
		gemm(blas.NoTrans, blas.Trans, k, k, g.r, s64, g.r, s64, g.r, 0, vec, k)
	} else {
		gemm(blas.Trans, blas.NoTrans, k, k, g.n, s64, g.r, s64, g.r, 0, vec, k)
	}
	clear(val)
	lapack64.Syev(lapack.EVCompute, blas64.Symmetric{N: k, Stride: k, Data: vec, Uplo: blas.Lower}, val[g.n-k:], tmp, len(tmp))
	for i, v := range val { // S Sᵀ has none below 0
		val[i] = math.Max(0, v)
	}
	return vec, val, diag, s64
}

func (k kronecker[T]) grams() (in, out gramOf) {
	return gramOf{k.rows(), k.rin}, gramOf{k.out, k.rout}
}

func (k kronecker[T]) klWorkLen() int {
	in, out := k.grams()
	return in.workLen() + out.workLen() + k.rows()*k.rin + k.out*k.rout + k.rows() + k.out
}

func (k kronecker[T]) variances(dst []float64, s []T) {
	sin, sout := k.factors(s)
	for i := 0; i < k.rows(); i++ {
		c := 0.0
		for _, v := range sin[i*k.rin:][:k.rin] {
			c += float64(v) * float64(v)
		}
		for o := 0; o < k.out; o++ {
			d := 0.0
			for _, v := range sout[o*k.rout:][:k.rout] {
				d += float64(v) * float64(v)
			}
			dst[k.param(i, o)] = c * d
		}
	}
}

func (k kronecker[T]) totalCorrelation(s []T, eps float64, work []float64) float64 {
	sin, sout := k.factors(s)
	gi, gout := k.grams()
	_, a, c, _ := eigen(gi, sin, work)
	_, b, d, _ := eigen(gout, sout, work[gi.workLen():])
	slices.Sort(c)
	slices.Sort(d)
	sum := 0.0
	for i := range a {
		for o := range b {
			e := a[i]*b[o] + eps
			if e == 0 {
				return math.Inf(1)
			}
			sum += math.Log((c[i]*d[o] + eps) / e)
		}
	}
	return math.Max(0, sum/2)
}

func (k kronecker[T]) klGrad(ds, s []T, q *prior[T], eps, scale float64, work []float64) {
	sin, sout := k.factors(s)
	dsin, dsout := k.factors(ds)
	gi, gout := k.grams()
	va, a, c, s1 := eigen(gi, sin, work)
	work = work[gi.workLen():]
	vb, b, d, s2 := eigen(gout, sout, work)
	work = work[gout.workLen():]
	y1, work := work[:len(s1)], work[len(s1):]
	y2, work := work[:len(s2)], work[len(s2):]
	t1, t2 := work[:k.rows()], work[k.rows():]
	logDetGrad(gi, y1, s1, va, a, b, eps)
	logDetGrad(gout, y2, s2, vb, b, a, eps)
	clear(t1)
	clear(t2[:k.out])
	for i := range t1 {
		for o := 0; o < k.out; o++ {
			vq := q.variance(k.param(i, o))
			t1[i] += d[o] / vq
			t2[o] += c[i] / vq
		}
	}
	for i := range s1 {
		dsin[i] += T(scale * (s1[i]*t1[i/k.rin] - y1[i]))
	}
	for i := range s2 {
		dsout[i] += T(scale * (s2[i]*t2[i/k.rout] - y2[i]))
	}
}

// logDetGrad writes y, the gradient by S of ½ Σ_ij log(a_i b_j + eps), where a
// are the eigenvalues of S Sᵀ: S V diag(g) Vᵀ, or V diag(g) Vᵀ S if V are the
// eigenvectors of S Sᵀ itself, with g_i = Σ_j b_j/(a_i b_j + eps).
func logDetGrad(gr gramOf, y, s, v, a, b []float64, eps float64) {
	k := gr.k()
	clear(y)
	for e := 0; e < k; e++ {
		g := 0.0
		for _, bj := range b {
			if bj > 0 {
				g += bj / (a[gr.n-k+e]*bj + eps)
			}
		}
		if k == gr.n {
			for c := 0; c < gr.r; c++ {
				sum := 0.0
				for i := 0; i < gr.n; i++ {
					sum += v[i*k+e] * s[i*gr.r+c]
				}
				for i := 0; i < gr.n; i++ {
					y[i*gr.r+c] += g * sum * v[i*k+e]
				}
			}
			continue
		}
		for i := 0; i < gr.n; i++ {
			sum := 0.0
			for c := 0; c < gr.r; c++ {
				sum += s[i*gr.r+c] * v[c*k+e]
			}
			for c := 0; c < gr.r; c++ {
				y[i*gr.r+c] += g * sum * v[c*k+e]
			}
		}
	}
}
