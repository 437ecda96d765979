package bnn

// Kronecker: the row of parameter (I, O) in S_in ⊗ S_out has the norm c_I d_O, if those of the factors' rows are c and d,
// and the singular values are the products σ_I τ_O.

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
	return totalCorrelation(in.norm, in.sigma, out.norm, out.sigma, eps)
}

func (k kronecker[T]) klGrad(ds, s []T, q prior[T], scale float64, work []float64) {
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
	addFactorGrad(dsin, sin, in, out.sigma, tin, q.eps, scale)
	addFactorGrad(dsout, sout, out, in.sigma, tout, q.eps, scale)
}
