package bnn

import (
	"fmt"

	"github.com/simmer-go/simmer/kernels"
)

// Kronecker has Σ = C_in ⊗ C_out with C_in = S_in S_inᵀ over the inputs (bias first) and C_out = S_out S_outᵀ over the
// outputs; S_in is (1+in)×InputRank, or in×InputRank without a bias, and S_out is out×OutputRank. A rank of 0 means
// full rank.
type Kronecker struct {
	InputRank  int
	OutputRank int
	Layout     KroneckerLayout
}

// KroneckerLayout says which entry of the Kronecker product belongs to which parameter. The layouts differ unless the
// layer has one input or one output.
type KroneckerLayout int

const (
	// Kron is the documented meaning: Cov(w[o,i], w[o',i']) = C_in[i,i'] C_out[o,o'],
	// the bias being the input 0.
	Kron KroneckerLayout = iota

	// Sampled is for weights that inferno trained through draws of the parameters, as its sampling does not have the
	// documented order: the product's entries, ordered with the output running fastest, are cut into bias and weight as
	// if the input ran fastest. Parameter q of a layer (bias, then weight row-major) gets row q div out of S_in and row
	// q mod out of S_out.
	Sampled
)

// String returns "kron" or "sampled".
func (l KroneckerLayout) String() string {
	switch l {
	case Kron:
		return "kron"
	case Sampled:
		return "sampled"
	}
	return fmt.Sprintf("KroneckerLayout(%d)", int(l))
}

func (c Kronecker) String() string {
	return fmt.Sprintf("kronecker(%d,%d,%v)", c.InputRank, c.OutputRank, c.Layout)
}

func (c Kronecker) check() error {
	if c.InputRank < 0 || c.OutputRank < 0 {
		return fmt.Errorf("Kronecker ranks are %d and %d, want at least 0", c.InputRank, c.OutputRank)
	}
	if c.Layout != Kron && c.Layout != Sampled {
		return fmt.Errorf("%v is not a layout", c.Layout)
	}
	return nil
}

func (c Kronecker) tensors(d dims) []tensorSpec {
	rin, rout := c.ranks(d)
	return append(d.withBias(
		tensorSpec{"params.cov.input_factor.bias", []int{1, rin}},
		tensorSpec{"params.cov.input_factor.weight", []int{d.in, rin}}),
		tensorSpec{"params.cov.output_factor", []int{d.out, rout}})
}

func (c Kronecker) ranks(d dims) (rin, rout int) {
	rin, rout = c.InputRank, c.OutputRank
	if rin == 0 {
		rin = d.inputs()
	}
	if rout == 0 {
		rout = d.out
	}
	return rin, rout
}

func newKronecker[T Float](c Kronecker, d dims) structure[T] {
	rin, rout := c.ranks(d)
	k := kronecker[T]{d, rin, rout, c.Layout}
	switch {
	case c.Layout == Kron:
		return k
	case k.isSmall():
		return newSmallKronecker(k)
	}
	return sampledKronecker[T]{k}
}

// kronecker is Σ = C_in ⊗ C_out in the documented layout:
//
//	v_o = |S_inᵀ φ̃|² · |row o of S_out|²
//
// Its parameters are S_in (bias row first) and then S_out. Draws and divergence are those of both layouts.
type kronecker[T Float] struct {
	dims
	rin, rout int
	layout    KroneckerLayout
}

// factors cuts the parameters, or their gradient, into S_in and S_out.
func (k kronecker[T]) factors(s []T) (sin, sout []T) { return cut(s, k.inputs()*k.rin) }

// param returns the place among the layer's parameters of the product's entry (I, O).
func (k kronecker[T]) param(i, o int) int {
	if k.layout == Sampled {
		return i*k.out + o
	}
	if i < k.bias {
		return o
	}
	return k.numBias() + o*k.in + i - k.bias
}

// weights is S_in without its bias row, or the gradient with respect to it.
func (k kronecker[T]) weights(sin []T) (bias, weights []T) { return cut(sin, k.bias*k.rin) }

// What prepare makes are the squared norms of the rows of S_out, summed from +0 in ascending order by fused
// multiply-adds, and the transpose of S_out.

func (k kronecker[T]) preparedLen() int { return aligned(k.out) + k.out*k.rout }

func (k kronecker[T]) prepare(p, s []T) {
	squares, turned := room(p, k.out)
	_, sout := k.factors(s)
	kernels.TransposeTo(turned, sout, k.out, k.rout)
	clear(squares)
	for c := range k.rout {
		kernels.AddSquaresTo(squares, squares, turned[c*k.out:][:k.out])
	}
}

// norms writes n = |S_inᵀ φ̃|² for each row.
func (k kronecker[T]) norms(n, phi []T, pre prepared[T]) {
	sin, _ := k.factors(pre.s)
	b, w := k.weights(sin)
	if k.bias == 0 {
		b = nil
	}
	kernels.SumSquaresTo(n, phi, w, b, len(n), k.in, 1, k.rin)
}

// The work of a row is n.

func (k kronecker[T]) varianceWidth() int { return 1 }

func (k kronecker[T]) variance(v, phi []T, pre prepared[T], work []T, rows int) {
	n := work[:rows]
	k.norms(n, phi, pre)
	kernels.MatMulTo(v, n, pre.p[:k.out], rows, 1, k.out)
}

// The work of a row is n, its derivative and z = S_inᵀ φ̃.

func (k kronecker[T]) gradWidth() int { return 2 + k.rin }

func (k kronecker[T]) varianceGrad(dPhi []T, dPre prepared[T], dv, phi []T, pre prepared[T], work []T, rows int) {
	n, work := cut(work, rows)
	dn, work := cut(work, rows)
	z := work[:rows*k.rin]
	sin, _ := k.factors(pre.s)
	b, w := k.weights(sin)
	k.norms(n, phi, pre)
	kernels.MatMulTransTo(dn, dv, pre.p[:k.out], rows, k.out, 1)
	affineRows(z, phi, w, b, rows, k.in, k.rin)
	for r, d := range dn { // z becomes its own gradient
		row := z[r*k.rin : (r+1)*k.rin]
		kernels.ScaleTo(row, 2*d, row)
	}
	if dPhi != nil {
		kernels.AddMatMulTransTo(dPhi, z, w, rows, k.rin, k.in)
	}
	if dPre.s != nil {
		dsin, _ := k.factors(dPre.s)
		db, dw := k.weights(dsin)
		kernels.AddTransMatMulTo(dw, phi, z, k.in, rows, k.rin)
		kernels.AddColumnSumsTo(db, z[:rows*len(db)])
		kernels.AddTransMatMulTo(dPre.p, n, dv, 1, rows, k.out)
	}
}

// The derivatives are those by the squared norms of the rows of S_out; what S_in gets is added at once.

func (k kronecker[T]) gradLen() int { return k.out }

func (k kronecker[T]) gradOfPrepared(ds, dp, s []T) {
	_, dsout := k.factors(ds)
	_, sout := k.factors(s)
	for i, v := range sout {
		dsout[i] += T(2 * v * dp[i/k.rout])
	}
}

func (k kronecker[T]) covarianceLen() int { return 1 }

func (k kronecker[T]) covariance(c, phi []T, pre prepared[T], work []T) {
	n := work[:1]
	k.norms(n, phi, pre)
	_, sout := k.factors(pre.s)
	kernels.MatMulTransTo(c, sout, sout, k.out, k.rout, k.out)
	kernels.ScaleTo(c, n[0], c)
}

// The divergence: the row of parameter (I, O) in S_in ⊗ S_out has the norm c_I d_O, if those of the factors' rows are c
// and d, and the singular values are the products σ_I τ_O.

func (k kronecker[T]) deviations(dst []float64, s []T) {
	sin, sout := k.factors(s)
	for i := 0; i < k.inputs(); i++ {
		c := norm(sin[i*k.rin:][:k.rin])
		for o := 0; o < k.out; o++ {
			dst[k.param(i, o)] = c * norm(sout[o*k.rout:][:k.rout])
		}
	}
}

func (k kronecker[T]) klLen() int {
	return svdLen(k.inputs(), k.rin) + svdLen(k.out, k.rout) + k.inputs() + k.out
}

// decompose returns both factors' decompositions and the rest of work.
func (k kronecker[T]) decompose(s []T, work []float64) (in, out svd, rest []float64) {
	sin, sout := k.factors(s)
	in, work = newSVD(k.inputs(), k.rin, work)
	out, work = newSVD(k.out, k.rout, work)
	decompose(in, sin)
	decompose(out, sout)
	return in, out, work
}

func (k kronecker[T]) totalCorrelation(s []T, eps float64, work []float64) float64 {
	in, out, _ := k.decompose(s, work)
	return totalCorrelation(in.norm, in.sigma, out.norm, out.sigma, eps)
}

func (k kronecker[T]) klGrad(ds, s []T, q prior[T], scale float64, work []float64) {
	in, out, work := k.decompose(s, work)
	tin, tout := work[:k.inputs()], work[k.inputs():][:k.out]
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
