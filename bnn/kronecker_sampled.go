package bnn

import "gonum.org/v1/gonum/blas"

// sampledKronecker is the layout Sampled. The parameters of an output o are a
// run of the product's entries, in which I changes every out entries:
//
//	v_o = |U|²,  U[a,c] = Σ_I S_in[I,a] T_I[c],  T_I[c] = Σ φ̃_i S_out[O(i),c]
//
// the inner sum being over those i of the run whose entry has this I. Summed
// like this, the cost per row is in·out·rout + (in+out)·rin·rout, and no matrix
// larger than the factors is made. φ̃, U and T have the rows of a tile running
// fastest, so that each step is a matrix product.
type sampledKronecker[T Float] struct{ kronecker[T] }

// Nothing is prepared.

func (k sampledKronecker[T]) preparedLen() int        { return 0 }
func (k sampledKronecker[T]) prepare(_, _ []T)        {}
func (k sampledKronecker[T]) prepareGrad(_, _, _ []T) {}

func (k sampledKronecker[T]) tileLen(rows int) int {
	return rows * (2*k.inputs() + k.rin*k.rout + 2*k.rout)
}

// split cuts the work of a tile: φ̃ᵀ, U, T_I, and the gradients of φ̃ᵀ and T_I.
func (k sampledKronecker[T]) split(work []T, rows int) (x, u, t, dx, dt []T) {
	x, work = cut(work, k.inputs()*rows)
	dx, work = cut(work, k.inputs()*rows)
	u, work = cut(work, k.rin*k.rout*rows)
	t, work = cut(work, k.rout*rows)
	return x, u, t, dx, work[:k.rout*rows]
}

// segment is a stretch of one output's parameters that share I: they belong to
// φ̃_from … φ̃_(from+n-1), and to the rows o … o+n-1 of S_out.
type segment struct{ i, o, from, n int }

// next returns the segment of output o that begins with φ̃_from.
func (k sampledKronecker[T]) next(o, from int) segment {
	if from < k.bias {
		return segment{0, o, from, 1}
	}
	q := k.numBias() + o*k.in + from - k.bias
	return segment{q / k.out, q % k.out, from, min(k.out-q%k.out, k.inputs()-from)}
}

// extend writes x = φ̃ᵀ.
func (k sampledKronecker[T]) extend(x, phi []T, rows int) {
	for i := range x[:k.bias*rows] {
		x[i] = 1
	}
	transpose(x[k.bias*rows:], phi, rows, k.in)
}

// gather writes t = T_I (rout×rows) for a segment.
func (k sampledKronecker[T]) gather(t, x, sout []T, g segment, rows int) {
	gemm(blas.Trans, blas.NoTrans, k.rout, rows, g.n, sout[g.o*k.rout:], k.rout, x[g.from*rows:], rows, 0, t, rows)
}

// project writes U (rin×rout×rows) of output o.
func (k sampledKronecker[T]) project(u, t, x, s []T, o, rows int) {
	sin, sout := k.factors(s)
	n := k.rout * rows
	clear(u)
	for from := 0; from < k.inputs(); {
		g := k.next(o, from)
		k.gather(t, x, sout, g, rows)
		gemm(blas.Trans, blas.NoTrans, k.rin, n, 1, sin[g.i*k.rin:], k.rin, t, n, 1, u, n)
		from += g.n
	}
}

func (k sampledKronecker[T]) variance(v, phi []T, pre prepared[T], work []T, rows int) {
	x, u, t, _, _ := k.split(work, rows)
	k.extend(x, phi, rows)
	clear(v[:rows*k.out])
	for o := 0; o < k.out; o++ {
		k.project(u, t, x, pre.s, o, rows)
		for j := 0; j < len(u); j += rows {
			for r, y := range u[j:][:rows] {
				v[r*k.out+o] += y * y
			}
		}
	}
}

func (k sampledKronecker[T]) varianceGrad(dPhi []T, dPre prepared[T], dv, phi []T, pre prepared[T], work []T,
	rows int) {
	x, u, t, dx, dt := k.split(work, rows)
	k.extend(x, phi, rows)
	clear(dx)
	for o := 0; o < k.out; o++ {
		k.project(u, t, x, pre.s, o, rows)
		for j := 0; j < len(u); j += rows { // u becomes its own gradient
			for r := range rows {
				u[j+r] *= 2 * dv[r*k.out+o]
			}
		}
		for from := 0; from < k.inputs(); {
			g := k.next(o, from)
			k.segmentGrad(dx, dPre.s, u, t, dt, x, pre.s, g, rows)
			from += g.n
		}
	}
	if dPhi != nil {
		addTransposed(dPhi, dx[k.bias*rows:], k.in, rows)
	}
}

// segmentGrad takes the gradient du of U back through one segment.
func (k sampledKronecker[T]) segmentGrad(dx, ds, du, t, dt, x, s []T, g segment, rows int) {
	sin, sout := k.factors(s)
	n := k.rout * rows
	gemm(blas.NoTrans, blas.NoTrans, 1, n, k.rin, sin[g.i*k.rin:], k.rin, du, n, 0, dt, n)
	gemm(blas.NoTrans, blas.NoTrans, g.n, rows, k.rout, sout[g.o*k.rout:], k.rout, dt, rows, 1, dx[g.from*rows:], rows)
	if ds == nil {
		return
	}
	dsin, dsout := k.factors(ds)
	k.gather(t, x, sout, g, rows)
	gemm(blas.NoTrans, blas.Trans, 1, k.rin, n, t, n, du, n, 1, dsin[g.i*k.rin:], k.rin)
	gemm(blas.NoTrans, blas.Trans, g.n, k.rout, rows, x[g.from*rows:], rows, dt, rows, 1, dsout[g.o*k.rout:], k.rout)
}

func (k sampledKronecker[T]) covarianceLen() int { return k.inputs() + (k.out*k.rin+1)*k.rout }

func (k sampledKronecker[T]) covariance(c, phi, s, work []T) {
	n := k.rin * k.rout
	x, work := cut(work, k.inputs())
	u, work := cut(work, k.out*n)
	t := work[:k.rout]
	k.extend(x, phi, 1)
	for o := 0; o < k.out; o++ {
		k.project(u[o*n:][:n], t, x, s, o, 1)
	}
	gram(c, u, k.out, n)
}
