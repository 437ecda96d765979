package bnn

import (
	"fmt"

	"gonum.org/v1/gonum/blas"
)

// Kronecker has Σ = C_in ⊗ C_out with C_in = S_in S_inᵀ over the inputs (bias
// first) and C_out = S_out S_outᵀ over the outputs; S_in is (1+in)×InputRank, or
// in×InputRank without a bias, and S_out is out×OutputRank. A rank of 0 means
// full rank.
type Kronecker struct {
	InputRank  int
	OutputRank int
	Layout     KroneckerLayout
}

// KroneckerLayout says which entry of the Kronecker product belongs to which
// parameter. The layouts differ unless the layer has one input or one output.
type KroneckerLayout int

const (
	// Kron is the documented meaning: Cov(w[o,i], w[o',i']) = C_in[i,i'] C_out[o,o'],
	// the bias being the input 0.
	Kron KroneckerLayout = iota

	// Sampled is what inferno's sampling really has, and therefore what weights
	// trained there through draws mean: the product's entries, ordered with the
	// output running fastest, are cut into bias and weight as if the input ran
	// fastest. Parameter q of a layer (bias, then weight row-major) gets row
	// q div out of S_in and row q mod out of S_out.
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
	if c.Layout == Sampled {
		return sampledKronecker[T]{k}
	}
	return k
}

// kronecker is Σ = C_in ⊗ C_out in the documented layout:
//
//	v_o = |S_inᵀ φ̃|² · |row o of S_out|²
//
// Its parameters are S_in (bias row first) and then S_out. Draws and divergence
// are those of both layouts.
type kronecker[T Float] struct {
	dims
	rin, rout int
	layout    KroneckerLayout
}

// factors cuts the parameters, or their gradient, into S_in and S_out.
func (k kronecker[T]) factors(s []T) (sin, sout []T) { return cut(s, k.inputs()*k.rin) }

// param returns the place among the layer's parameters of the product's entry
// (I, O).
func (k kronecker[T]) param(i, o int) int {
	if k.layout == Sampled {
		return i*k.out + o
	}
	if i < k.bias {
		return o
	}
	return k.numBias() + o*k.in + i - k.bias
}

// What prepare makes are S_in without its bias row, transposed, and the squared norms of the rows of S_out.

func (k kronecker[T]) preparedLen() int { return k.rin*k.in + k.out }

func (k kronecker[T]) parts(p []T) (inT, squares []T) { return cut(p, k.rin*k.in) }

func (k kronecker[T]) prepare(p, s []T) {
	inT, squares := k.parts(p)
	sin, sout := k.factors(s)
	transpose(inT, sin[k.bias*k.rin:], k.in, k.rin)
	for o := range squares {
		squares[o] = sumSquares(sout[o*k.rout:][:k.rout])
	}
}

func (k kronecker[T]) prepareGrad(ds, dp, s []T) {
	dInT, dSquares := k.parts(dp)
	dsin, dsout := k.factors(ds)
	_, sout := k.factors(s)
	addTransposed(dsin[k.bias*k.rin:], dInT, k.rin, k.in)
	for i, v := range sout {
		dsout[i] += T(2 * v * dSquares[i/k.rout])
	}
}

// The work of a tile is z = S_inᵀ φ̃ (rows×rin).

func (k kronecker[T]) tileLen(rows int) int { return rows * k.rin }

func (k kronecker[T]) project(z, phi []T, pre prepared[T], rows int) {
	inT, _ := k.parts(pre.p)
	affine(z, phi, inT, pre.s[:k.bias*k.rin], rows, k.rin, k.in)
}

func (k kronecker[T]) variance(v, phi []T, pre prepared[T], z []T, rows int) {
	k.project(z, phi, pre, rows)
	_, squares := k.parts(pre.p)
	for r := 0; r < rows; r++ {
		n := sumSquares(z[r*k.rin:][:k.rin])
		for o, x := range squares {
			v[r*k.out+o] = n * x
		}
	}
}

func (k kronecker[T]) varianceGrad(dPhi []T, dPre prepared[T], dv, phi []T, pre prepared[T], z []T, rows int) {
	k.project(z, phi, pre, rows)
	inT, squares := k.parts(pre.p)
	dInT, dSquares := k.parts(dPre.p)
	for r := 0; r < rows; r++ {
		row := z[r*k.rin:][:k.rin]
		n := sumSquares(row)
		var dn T
		for o, g := range dv[r*k.out:][:k.out] {
			dn += g * squares[o]
			dSquares[o] += g * n
		}
		for a := range row { // z becomes its own gradient
			row[a] *= 2 * dn
		}
	}
	if dPhi != nil {
		gemm(blas.NoTrans, blas.NoTrans, rows, k.in, k.rin, z, k.rin, inT, k.in, 1, dPhi, k.in)
	}
	if dPre.s != nil {
		affineGrad(dInT, dPre.s[:k.bias*k.rin], z, phi, rows, k.rin, k.in)
	}
}

func (k kronecker[T]) covarianceLen() int { return k.rin }

func (k kronecker[T]) covariance(c, phi, s, z []T) {
	sin, sout := k.factors(s)
	z = z[:k.rin]
	clear(z)
	if k.bias != 0 {
		copy(z, sin)
	}
	for i, x := range phi {
		for a, v := range sin[(i+k.bias)*k.rin:][:k.rin] {
			z[a] += x * v
		}
	}
	n := sumSquares(z)
	gram(c, sout, k.out, k.rout)
	for i := range c {
		c[i] *= n
	}
}

// Draws: θ gets the entry (S_in Z S_outᵀ)[I,O], Z being eps as rin×rout.

func (k kronecker[T]) numNormals() int { return product(k.rin, k.rout) }
func (k kronecker[T]) sampleLen() int  { return 2 * k.rin * k.out }

// zs writes Z S_outᵀ (rin×out).
func (k kronecker[T]) zs(dst, sout, eps []T) {
	gemm(blas.NoTrans, blas.Trans, k.rin, k.out, k.rout, eps, k.rout, sout, k.rout, 0, dst, k.out)
}

func (k kronecker[T]) sample(theta, s, eps, work []T) {
	sin, sout := k.factors(s)
	zs := work[:k.rin*k.out]
	k.zs(zs, sout, eps)
	for i := 0; i < k.inputs(); i++ {
		for o := 0; o < k.out; o++ {
			var sum T
			for a, v := range sin[i*k.rin:][:k.rin] {
				sum += v * zs[a*k.out+o]
			}
			theta[k.param(i, o)] += sum
		}
	}
}

func (k kronecker[T]) sampleGrad(ds, dTheta, s, eps, work []T) {
	sin, sout := k.factors(s)
	dsin, dsout := k.factors(ds)
	zs, dzs := work[:k.rin*k.out], work[k.rin*k.out:2*k.rin*k.out]
	k.zs(zs, sout, eps)
	clear(dzs)
	for i := 0; i < k.inputs(); i++ {
		for o := 0; o < k.out; o++ {
			g := dTheta[k.param(i, o)]
			for a := 0; a < k.rin; a++ {
				dsin[i*k.rin+a] += g * zs[a*k.out+o]
				dzs[a*k.out+o] += g * sin[i*k.rin+a]
			}
		}
	}
	gemm(blas.Trans, blas.NoTrans, k.out, k.rout, k.rin, dzs, k.out, eps, k.rout, 1, dsout, k.rout)
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
