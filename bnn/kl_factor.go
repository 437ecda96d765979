package bnn

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// Low rank: by singular values, with eps I for the rest.
//
// Full rank: the rows of W = [D⁻½S, (eps/D)½] have length 1, where D = diag Σ,
// and W Wᵀ is the correlation matrix. Gram-Schmidt gives W = L Q without ever
// squaring the condition number, so
//
//	total correlation = −Σ log L_pp,  Σ⁻¹S = D⁻½ L⁻ᵀ Q₁,
//
// Q₁ being the first rank columns of Q.

func (f factor[T]) low() bool { return f.rank < f.params() }

func (f factor[T]) klWorkLen() int {
	p := f.params()
	if f.low() {
		return svdWorkLen(p, f.rank) + p
	}
	return p*(f.rank+p) + p*p + p*f.rank
}

func (f factor[T]) deviations(dst []float64, s []T) {
	for p := range dst {
		dst[p] = norm(s[p*f.rank:][:f.rank])
	}
}

func (f factor[T]) row(dst []float64, s []T, p int) []float64 {
	for r, v := range s[p*f.rank:][:f.rank] {
		dst[r] = float64(v)
	}
	return dst
}

func (f factor[T]) totalCorrelation(s []T, eps float64, work []float64) float64 {
	if !f.low() {
		tc, _, _ := f.lq(s, eps, work)
		return tc
	}
	d, _ := newSVD(f.params(), f.rank, work)
	decompose(d, s)
	return totalCorrelation(d.norm, d.sigma, unit, unit, eps)
}

// unit is the other factor where there is none.
var unit = []float64{1}

// lq makes W = L Q and returns the total correlation, Q (P×(rank+P)) and L.
func (f factor[T]) lq(s []T, eps float64, work []float64) (tc float64, q, l []float64) {
	p, w := f.params(), f.rank+f.params()
	q, l = work[:p*w], work[p*w:p*w+p*p]
	clear(q)
	clear(l)
	for i := 0; i < p; i++ {
		row := q[i*w : i*w+f.rank+i+1]
		f.row(row[:f.rank], s, i)
		d := math.Sqrt(dot(row[:f.rank], row[:f.rank]) + eps)
		if d == 0 {
			return math.Inf(1), q, l
		}
		row[f.rank+i] = math.Sqrt(eps)
		for j := range row {
			row[j] /= d
		}
		off := 0.0
		for j := 0; j < i; j++ {
			qj := q[j*w : j*w+f.rank+j+1]
			c := dot(row[:len(qj)], qj)
			blas64.Implementation().Daxpy(len(qj), -c, qj, 1, row, 1)
			l[i*p+j] = c
			off += c * c
		}
		n := math.Sqrt(dot(row, row))
		l[i*p+i] = n
		if eps == 0 && n <= float64(w)*rounding {
			return math.Inf(1), q, l
		}
		// Near 1 the squares beside the diagonal say it better.
		if off < 0.5 {
			tc -= math.Log1p(-off) / 2
		} else {
			tc -= math.Log(n)
		}
		for j := range row {
			row[j] /= n
		}
	}
	return tc, q, l
}

func (f factor[T]) klGrad(ds, s []T, q prior[T], scale float64, work []float64) {
	if !f.low() {
		f.klGradFull(ds, s, q, scale, work)
		return
	}
	d, work := newSVD(f.params(), f.rank, work)
	decompose(d, s)
	for p := range d.n {
		work[p] = 1 / q.variance(p)
	}
	addFactorGrad(ds, s, d, unit, work[:d.n], q.eps, scale)
}

func (f factor[T]) klGradFull(ds, s []T, q prior[T], scale float64, work []float64) {
	p, w := f.params(), f.rank+f.params()
	_, qq, l := f.lq(s, q.eps, work)
	y := work[p*w+p*p:][:p*f.rank]
	for i := 0; i < p; i++ {
		copy(y[i*f.rank:][:f.rank], qq[i*w:])
	}
	blas64.Implementation().Dtrsm(blas.Left, blas.Lower, blas.Trans, blas.NonUnit, p, f.rank, 1, l, p, y, f.rank)
	for i := 0; i < p; i++ {
		row, d := s[i*f.rank:][:f.rank], q.eps
		for _, v := range row {
			d += float64(v) * float64(v)
		}
		for r, v := range row {
			ds[i*f.rank+r] += T(scale * (float64(v)/q.variance(i) - y[i*f.rank+r]/math.Sqrt(d)))
		}
	}
}
