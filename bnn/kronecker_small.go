package bnn

// smallKronecker predicts for the layout [Sampled] as a [factor] with S written out: column (a,c) of the row of
// parameter (I,O) is S_in[I,a]·S_out[O,c]. A row of inputs takes in·out·rin·rout products then, more than
// sampledKronecker needs, but they are one matrix product.
type smallKronecker[T Float] struct {
	factor[T]
	k kronecker[T]
}

// smallStructure draws and diverges as any Kronecker covariance, but for draws of outputs.
type smallStructure[T Float] struct {
	predictive[T]
	outputSampling[T]
	sampling[T]
	divergence[T]
}

func newSmallKronecker[T Float](k kronecker[T]) structure[T] {
	small := smallKronecker[T]{factor[T]{k.dims, k.rin * k.rout}, k}
	return smallStructure[T]{small, small, k, k}
}

// isSmall reports whether S is written out: by the sizes of the layer alone, since the order of summation depends on
// it.
func (k kronecker[T]) isSmall() bool {
	const columns, numbers = 32, 1 << 16
	return product(k.rin, k.rout) <= columns && product(k.numMeanParams(), k.rin, k.rout) <= numbers
}

func (k smallKronecker[T]) prepare(p, s []T) {
	sin, sout := k.k.factors(s)
	for q := range k.numMeanParams() {
		column := k.column(p, q)
		at := 0
		for _, x := range k.row(sin, q/k.out, k.k.rin) {
			for _, y := range k.row(sout, q%k.out, k.k.rout) {
				column[at] = x * y
				at += k.out
			}
		}
	}
}

func (k smallKronecker[T]) gradOfPrepared(ds, dp, s []T) {
	sin, sout := k.k.factors(s)
	dsin, dsout := k.k.factors(ds)
	for q := range k.numMeanParams() {
		column, i, o := k.column(dp, q), q/k.out, q%k.out
		in, out := k.row(sin, i, k.k.rin), k.row(sout, o, k.k.rout)
		dIn, dOut := k.row(dsin, i, k.k.rin), k.row(dsout, o, k.k.rout)
		at := 0
		for a, x := range in {
			for c, y := range out {
				g := column[at]
				dIn[a] += T(g * y)
				dOut[c] += T(g * x)
				at += k.out
			}
		}
	}
}

func (k smallKronecker[T]) row(x []T, i, cols int) []T { return x[i*cols : (i+1)*cols] }

// column is where in p the entries of parameter q are, k.out apart from each other.
func (k smallKronecker[T]) column(p []T, q int) []T {
	bias, weight := k.turned(p)
	if q < k.numBias() {
		return bias[q:]
	}
	q -= k.numBias()
	return weight[q%k.in*k.cols()+q/k.in:]
}
