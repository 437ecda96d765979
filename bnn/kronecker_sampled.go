package bnn

import "github.com/simmer-go/simmer/kernels"

// sampledKronecker is the layout [Sampled]. The parameters of an output o are a run of the product's entries, in which
// I changes every out entries:
//
//	v_o = |U|²,  U[a,c] = Σ_I S_in[I,a] T_I[c],  T_I[c] = Σ φ̃_i S_out[O(i),c]
//
// the inner sum being over those i of the run whose entry has this I. Summed like this, the cost per row is in·out·rout
// + (in+out)·rin·rout, and no matrix larger than the factors is made. φ̃, T and U have the rows of a tile running
// fastest, so that each step is a matrix product. All sums are in the order of package kernels, the squares of U a
// chain of fused multiply-adds from +0, in the order (a,c).
type sampledKronecker[T Float] struct{ kronecker[T] }

// Nothing is prepared.

func (k sampledKronecker[T]) preparedLen() int           { return 0 }
func (k sampledKronecker[T]) prepare(_, _ []T)           {}
func (k sampledKronecker[T]) gradLen() int               { return 0 }
func (k sampledKronecker[T]) gradOfPrepared(_, _, _ []T) {}
func (k sampledKronecker[T]) covarianceLen() int         { return k.inputs() + k.runLen() + k.out*k.rin*k.rout }
func (k sampledKronecker[T]) varianceWidth() int {
	return k.inputs() + k.runLen() + k.rin*k.rout + k.out
}
func (k sampledKronecker[T]) gradWidth() int {
	return 2*k.inputs() + 2*k.runLen() + k.rin*k.rout + k.out
}

// runLen is the length of the T of all I of an output, for one row.
func (k sampledKronecker[T]) runLen() int { return (k.bias + (k.in+k.out-2)/k.out + 1) * k.rout }

// segment is a stretch of one output's parameters that share I: they belong to φ̃_from … φ̃_(from+n-1), and to the rows
// o … o+n-1 of S_out.
type segment struct{ o, from, n int }

// next returns the segment of output o that begins with φ̃_from.
func (k sampledKronecker[T]) next(o, from int) segment {
	if from < k.bias {
		return segment{o, from, 1}
	}
	q := k.numBias() + o*k.in + from - k.bias
	return segment{q % k.out, from, min(k.out-q%k.out, k.inputs()-from)}
}

// part is the rows of S_out of a segment, or of its gradient.
func (k sampledKronecker[T]) part(sout []T, g segment) []T { return sout[g.o*k.rout:][:g.n*k.rout] }

// block is as many rows of a matrix.
func block[T Float](x []T, from, n, cols int) []T { return x[from*cols:][:n*cols] }

// extend writes x = φ̃ᵀ.
func (k sampledKronecker[T]) extend(x, phi []T, rows int) {
	one, rest := cut(x, k.bias*rows)
	for i := range one {
		one[i] = 1
	}
	kernels.TransposeTo(rest, phi, rows, k.in)
}

// project writes U (rin×(rout·rows)) of output o, and T (rout·rows for each I of its run, that of the bias first).
func (k sampledKronecker[T]) project(u, t, x, s []T, o, rows int) {
	sin, sout := k.factors(s)
	cols, at := k.rout*rows, 0
	clear(t)
	for from := 0; from < k.inputs(); at++ {
		g := k.next(o, from)
		kernels.AddTransMatMulTo(block(t, at, 1, cols), k.part(sout, g), block(x, from, g.n, rows), k.rout, g.n, rows)
		from += g.n
	}
	clear(u)
	for _, r := range k.runs(o) {
		kernels.AddTransMatMulTo(u, block(sin, r.i, r.n, k.rin), block(t, r.at, r.n, cols), k.rin, r.n, cols)
	}
}

// run is a number of neighbouring I of an output, those of T from at on.
type run struct{ i, at, n int }

// runs are the I of output o: that of the bias, and those of the weights.
func (k sampledKronecker[T]) runs(o int) [2]run {
	first := k.numBias() + o*k.in
	i := first / k.out
	return [2]run{{0, 0, k.bias}, {i, k.bias, (first+k.in-1)/k.out - i + 1}}
}

func (k sampledKronecker[T]) variance(v, phi []T, pre prepared[T], work []T, rows int) {
	x, work := cut(work, k.inputs()*rows)
	t, work := cut(work, k.runLen()*rows)
	u, work := cut(work, k.rin*k.rout*rows)
	turned := work[:k.out*rows] // v, by outputs
	k.extend(x, phi, rows)
	clear(turned)
	for o := range k.out {
		k.project(u, t, x, pre.s, o, rows)
		sum := block(turned, o, 1, rows)
		for r := range k.rin * k.rout {
			kernels.AddSquaresTo(sum, sum, block(u, r, 1, rows))
		}
	}
	kernels.TransposeTo(v, turned, k.out, rows)
}

func (k sampledKronecker[T]) varianceGrad(dPhi []T, dPre prepared[T], dv, phi []T, pre prepared[T], work []T,
	rows int) {
	x, work := cut(work, k.inputs()*rows)
	dx, work := cut(work, k.inputs()*rows)
	t, work := cut(work, k.runLen()*rows)
	dt, work := cut(work, k.runLen()*rows)
	u, work := cut(work, k.rin*k.rout*rows)
	turned := work[:k.out*rows] // 2·dv, by outputs
	k.extend(x, phi, rows)
	clear(dx)
	kernels.TransposeTo(turned, dv, rows, k.out)
	kernels.ScaleTo(turned, 2, turned)
	for o := range k.out {
		k.project(u, t, x, pre.s, o, rows)
		for r := range k.rin * k.rout { // u becomes its own gradient
			row := block(u, r, 1, rows)
			kernels.MulTo(row, row, block(turned, o, 1, rows))
		}
		k.runGrad(dx, dPre.s, u, t, dt, x, pre.s, o, rows)
	}
	if dPhi != nil {
		addTransposed(dPhi, dx[k.bias*rows:], k.in, rows)
	}
}

// runGrad takes the gradient du of U back to φ̃ᵀ and, unless ds is nil, to the factors.
func (k sampledKronecker[T]) runGrad(dx, ds, du, t, dt, x, s []T, o, rows int) {
	sin, sout := k.factors(s)
	dsin, dsout := k.factors(ds)
	cols, at := k.rout*rows, 0
	for _, r := range k.runs(o) {
		kernels.MatMulTo(block(dt, r.at, r.n, cols), block(sin, r.i, r.n, k.rin), du, r.n, k.rin, cols)
		if ds != nil {
			kernels.AddMatMulTransTo(block(dsin, r.i, r.n, k.rin), block(t, r.at, r.n, cols), du, r.n, cols, k.rin)
		}
	}
	for from := 0; from < k.inputs(); at++ {
		g, dT := k.next(o, from), block(dt, at, 1, cols)
		kernels.AddMatMulTo(block(dx, from, g.n, rows), k.part(sout, g), dT, g.n, k.rout, rows)
		if ds != nil {
			kernels.AddMatMulTransTo(k.part(dsout, g), block(x, from, g.n, rows), dT, g.n, rows, k.rout)
		}
		from += g.n
	}
}

func (k sampledKronecker[T]) covariance(c, phi []T, pre prepared[T], work []T) {
	n := k.rin * k.rout
	x, work := cut(work, k.inputs())
	t, work := cut(work, k.runLen())
	u := work[:k.out*n]
	k.extend(x, phi, 1)
	for o := range k.out {
		k.project(block(u, o, 1, n), t, x, pre.s, o, 1)
	}
	kernels.MatMulTransTo(c, u, u, k.out, n, k.out)
}
