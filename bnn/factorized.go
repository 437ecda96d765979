package bnn

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// Factorized is a full covariance: S is P×P, with any entries.
type Factorized struct{}

func (Factorized) String() string { return "factorized" }
func (Factorized) check() error   { return nil }

func (Factorized) tensors(d dims) []tensorSpec { return factorTensors(d, d.numMeanParams()) }

// factorized is the divergence of a factor of rank P. The rows of W = [D⁻½S, (eps/D)½] have length 1, where D = diag Σ,
// and W Wᵀ is the correlation matrix. Gram-Schmidt gives W = L Q without ever squaring the condition number, so
//
//	total correlation = −Σ log L_pp,  Σ⁻¹S = D⁻½ L⁻ᵀ Q₁,
//
// Q₁ being the first P columns of Q.
type factorized[T Float] struct{ factor[T] }

func newFactorized[T Float](d dims) factorized[T] {
	return factorized[T]{factor[T]{d, d.numMeanParams()}}
}

// klLen has room for Q (P×2P), L and Q₁.
func (f factorized[T]) klLen() int { return 4 * f.rank * f.rank }

func (f factorized[T]) totalCorrelation(s []T, eps float64, work []float64) float64 {
	tc, _, _ := f.lq(s, eps, work)
	return tc
}

// lq makes W = L Q and returns the total correlation, Q and L.
func (f factorized[T]) lq(s []T, eps float64, work []float64) (tc float64, q, l []float64) {
	n := f.rank
	q, l = work[:2*n*n], work[2*n*n:3*n*n]
	clear(q)
	clear(l)
	for i := range n {
		row := q[2*n*i:][:n+i+1]
		for r, v := range s[i*n:][:n] {
			row[r] = float64(v)
		}
		d := math.Sqrt(dot(row[:n], row[:n]) + eps)
		if d == 0 {
			return math.Inf(1), q, l
		}
		row[n+i] = math.Sqrt(eps)
		for j := range row {
			row[j] /= d
		}
		off := 0.0
		for j := range i {
			qj := q[2*n*j:][:n+j+1]
			c := dot(row[:len(qj)], qj)
			blas64.Implementation().Daxpy(len(qj), -c, qj, 1, row, 1)
			l[i*n+j] = c
			off += c * c
		}
		length := math.Sqrt(dot(row, row))
		l[i*n+i] = length
		if eps == 0 && length <= float64(2*n)*rounding {
			return math.Inf(1), q, l
		}
		// Near 1 the squares beside the diagonal say it better.
		if off < 0.5 {
			tc -= math.Log1p(-off) / 2
		} else {
			tc -= math.Log(length)
		}
		for j := range row {
			row[j] /= length
		}
	}
	return tc, q, l
}

func (f factorized[T]) klGrad(ds, s []T, q prior[T], scale float64, work []float64) {
	n := f.rank
	_, orthogonal, l := f.lq(s, q.eps, work)
	y := work[3*n*n:][:n*n]
	for i := range n {
		copy(y[i*n:][:n], orthogonal[2*n*i:])
	}
	blas64.Implementation().Dtrsm(blas.Left, blas.Lower, blas.Trans, blas.NonUnit, n, n, 1, l, n, y, n)
	for i := range n {
		row, d := s[i*n:][:n], q.eps
		for _, v := range row {
			d += float64(v) * float64(v)
		}
		for r, v := range row {
			ds[i*n+r] += T(scale * (float64(v)/q.variance(i) - y[i*n+r]/math.Sqrt(d)))
		}
	}
}

// dot is the plain sum of products in float64.
func dot(x, y []float64) float64 {
	return blas64.Implementation().Ddot(len(x), x, 1, y, 1)
}
