package bnn

// sampledKronecker is the layout Sampled. The parameters of an output o are a
// run of the product's entries, in which I changes every out entries:
//
//	v_o = |U|²,  U[a,c] = Σ_I S_in[I,a] T_I[c],  T_I[c] = Σ φ̃_i S_out[O(i),c]
//
// the inner sum being over those i of the run whose entry has this I. Summed
// like this, the cost per row is in·out·rout + (in+out)·rin·rout, and no matrix
// larger than the factors is made.
type sampledKronecker[T Float] struct{ kronecker[T] }

// work: U and T, and the gradient of T.
func (k sampledKronecker[T]) workLen() int       { return k.rin*k.rout + 2*k.rout }
func (k sampledKronecker[T]) covWorkLen() int    { return k.out*k.rin*k.rout + k.rout }
func (k sampledKronecker[T]) prepare(_, _ []T)   {}
func (k sampledKronecker[T]) finish(_, _, _ []T) {}
func (k sampledKronecker[T]) split(w []T) (u, t, dt []T) {
	n := k.rin * k.rout
	return w[:n], w[n : n+k.rout], w[n+k.rout : n+2*k.rout]
}

// segment is a stretch of inputs of one output: parameters q … q+n-1, which
// share I, and belong to the inputs from on.
type segment struct{ i, o, from, n int }

// next returns the segment that begins with input from of output o; the bias
// is the input -1.
func (k sampledKronecker[T]) next(o, from int) segment {
	if from < 0 {
		return segment{0, o, -1, 1}
	}
	q := k.bias*k.out + o*k.in + from
	return segment{q / k.out, q % k.out, from, min(k.out-q%k.out, k.in-from)}
}

// input returns φ̃_i.
func input[T Float](phi []T, i int) T {
	if i < 0 {
		return 1
	}
	return phi[i]
}

// gather writes t = T_I for a segment.
func (k sampledKronecker[T]) gather(t, phi, sout []T, g segment) {
	clear(t)
	for j := 0; j < g.n; j++ {
		x := input(phi, g.from+j)
		for c, v := range sout[(g.o+j)*k.rout:][:k.rout] {
			t[c] += x * v
		}
	}
}

// project writes U of output o for one row.
func (k sampledKronecker[T]) project(u, t, phi, s []T, o int) {
	sin, sout := k.factors(s)
	clear(u)
	for from := -k.bias; from < k.in; {
		g := k.next(o, from)
		k.gather(t, phi, sout, g)
		for a, v := range sin[g.i*k.rin:][:k.rin] {
			for c, x := range t {
				u[a*k.rout+c] += v * x
			}
		}
		from += g.n
	}
}

func (k sampledKronecker[T]) variance(v, phi, s, work []T, rows int) {
	u, t, _ := k.split(work)
	for r := 0; r < rows; r++ {
		for o := 0; o < k.out; o++ {
			k.project(u, t, phi[r*k.in:][:k.in], s, o)
			v[r*k.out+o] = sumSquares(u)
		}
	}
}

func (k sampledKronecker[T]) varianceGrad(dPhi, ds, dv, phi, s, work []T, rows int) {
	u, t, dt := k.split(work)
	for r := 0; r < rows; r++ {
		row := phi[r*k.in:][:k.in]
		var dRow []T
		if dPhi != nil {
			dRow = dPhi[r*k.in:][:k.in]
		}
		for o := 0; o < k.out; o++ {
			k.project(u, t, row, s, o)
			for i := range u { // u becomes its own gradient
				u[i] *= 2 * dv[r*k.out+o]
			}
			for from := -k.bias; from < k.in; {
				g := k.next(o, from)
				k.segmentGrad(dRow, ds, u, t, dt, row, s, g)
				from += g.n
			}
		}
	}
}

// segmentGrad takes the gradient du of U back through one segment.
func (k sampledKronecker[T]) segmentGrad(dPhi, ds, du, t, dt, phi, s []T, g segment) {
	sin, sout := k.factors(s)
	clear(dt)
	for a, v := range sin[g.i*k.rin:][:k.rin] {
		for c := range dt {
			dt[c] += v * du[a*k.rout+c]
		}
	}
	if ds != nil {
		dsin, dsout := k.factors(ds)
		k.gather(t, phi, sout, g)
		for a := 0; a < k.rin; a++ {
			var sum T
			for c, x := range t {
				sum += x * du[a*k.rout+c]
			}
			dsin[g.i*k.rin+a] += sum
		}
		for j := 0; j < g.n; j++ {
			x := input(phi, g.from+j)
			for c, d := range dt {
				dsout[(g.o+j)*k.rout+c] += x * d
			}
		}
	}
	if dPhi == nil || g.from < 0 {
		return
	}
	for j := 0; j < g.n; j++ {
		var sum T
		for c, v := range sout[(g.o+j)*k.rout:][:k.rout] {
			sum += v * dt[c]
		}
		dPhi[g.from+j] += sum
	}
}

func (k sampledKronecker[T]) covariance(c, phi, s, work []T) {
	n := k.rin * k.rout
	u, t := work[:k.out*n], work[k.out*n:k.out*n+k.rout]
	for o := 0; o < k.out; o++ {
		k.project(u[o*n:(o+1)*n], t, phi, s, o)
	}
	gram(c, u, k.out, n)
}
