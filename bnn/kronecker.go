package bnn

import "gonum.org/v1/gonum/blas"

// kronecker is Σ = C_in ⊗ C_out in the documented layout:
//
//	v_o = |S_inᵀ φ̃|² · |row o of S_out|²
//
// Its parameters are S_in (bias row first) and then S_out.
type kronecker[T Float] struct {
	dims
	rin, rout int
	layout    KroneckerLayout
}

func (k kronecker[T]) rows() int       { return k.in + k.bias } // of S_in
func (k kronecker[T]) numNormals() int { return product(k.rin, k.rout) }

// factors cuts the parameters, or their gradient, into S_in and S_out.
func (k kronecker[T]) factors(s []T) (sin, sout []T) {
	n := k.rows() * k.rin
	return s[:n], s[n:]
}

// param returns the place among the layer's parameters of the product's entry
// (I, O).
func (k kronecker[T]) param(i, o int) int {
	if k.layout == Sampled {
		return i*k.out + o
	}
	if i < k.bias {
		return o
	}
	return k.bias*k.out + o*k.in + i - k.bias
}

// work: S_in without its bias row, transposed; its gradient; S_inᵀφ̃ for a tile;
// the squared norms of the rows of S_out, and their gradient.
func (k kronecker[T]) split(work []T) (st, dst, z, c, dc []T) {
	n, m := k.rin*k.in, tileRows*k.rin
	st, work = work[:n], work[n:]
	dst, work = work[:n], work[n:]
	z, work = work[:m], work[m:]
	return st, dst, z, work[:k.out], work[k.out : 2*k.out]
}

func (k kronecker[T]) workLen() int { return 2*k.rin*k.in + tileRows*k.rin + 2*k.out }

func (k kronecker[T]) prepare(s, work []T) {
	st, dst, _, c, dc := k.split(work)
	sin, sout := k.factors(s)
	transpose(st, sin[k.bias*k.rin:], k.in, k.rin)
	for o := range c {
		c[o] = sumSquares(sout[o*k.rout:][:k.rout])
	}
	clear(dst)
	clear(dc)
}

func sumSquares[T Float](x []T) T {
	var sum T
	for _, v := range x {
		sum += v * v
	}
	return sum
}

// project writes z = S_inᵀ φ̃ (rows×rin).
func (k kronecker[T]) project(z, phi, s, st []T, rows int) {
	affine(z, phi, st, s[:k.bias*k.rin], rows, k.rin, k.in)
}

func (k kronecker[T]) variance(v, phi, s, work []T, rows int) {
	st, _, z, c, _ := k.split(work)
	k.project(z, phi, s, st, rows)
	for r := 0; r < rows; r++ {
		n := sumSquares(z[r*k.rin:][:k.rin])
		for o, x := range c {
			v[r*k.out+o] = n * x
		}
	}
}

func (k kronecker[T]) varianceGrad(dPhi, ds, dv, phi, s, work []T, rows int) {
	st, dst, z, c, dc := k.split(work)
	k.project(z, phi, s, st, rows)
	for r := 0; r < rows; r++ {
		row := z[r*k.rin:][:k.rin]
		n := sumSquares(row)
		var dn T
		for o, g := range dv[r*k.out:][:k.out] {
			dn += g * c[o]
			dc[o] += g * n
		}
		for a := range row { // z becomes its own gradient
			row[a] *= 2 * dn
		}
	}
	if dPhi != nil {
		gemm(blas.NoTrans, blas.NoTrans, rows, k.in, k.rin, z, k.rin, st, k.in, 1, dPhi, k.in)
	}
	if ds == nil {
		return
	}
	affineGrad(dst, ds[:k.bias*k.rin], z, phi, rows, k.rin, k.in)
}

func (k kronecker[T]) finish(ds, s, work []T) {
	_, dst, _, _, dc := k.split(work)
	dsin, dsout := k.factors(ds)
	_, sout := k.factors(s)
	addTransposed(dsin[k.bias*k.rin:], dst, k.rin, k.in)
	for i, v := range sout {
		dsout[i] += 2 * v * dc[i/k.rout]
	}
}

func (k kronecker[T]) covWorkLen() int { return k.rin }

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

func (k kronecker[T]) sampleWorkLen() int { return 2 * k.rin * k.out }

// zs writes Z S_outᵀ (rin×out).
func (k kronecker[T]) zs(dst, sout, eps []T) {
	gemm(blas.NoTrans, blas.Trans, k.rin, k.out, k.rout, eps, k.rout, sout, k.rout, 0, dst, k.out)
}

func (k kronecker[T]) sample(theta, s, eps, work []T) {
	sin, sout := k.factors(s)
	zs := work[:k.rin*k.out]
	k.zs(zs, sout, eps)
	for i := 0; i < k.rows(); i++ {
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
	for i := 0; i < k.rows(); i++ {
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
