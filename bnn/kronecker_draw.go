package bnn

import "github.com/simmer-go/simmer/kernels"

// Draws: θ gets the entry (S_in Z S_outᵀ)[I,O], Z being eps as rin×rout. In the layout Sampled θ is that matrix. In the
// layout Kron its first row is the bias, and the rest the transpose of the weights; what is computed is the transpose
// then.

func (k kronecker[T]) numNormals() int { return product(k.rin, k.rout) }
func (k kronecker[T]) sampleLen() int  { return 2 * k.rin * k.out }

func (k kronecker[T]) sample(theta, s, eps, work []T) {
	sin, sout := k.factors(s)
	zs := work[:k.rin*k.out]
	if k.layout == Sampled {
		kernels.MatMulTransTo(zs, eps, sout, k.rin, k.rout, k.out)
		kernels.AddMatMulTo(theta, sin, zs, k.inputs(), k.rin, k.out)
		return
	}
	b, w := k.weights(sin)
	bias, weight := cut(theta, k.numBias())
	kernels.MatMulTransTo(zs, sout, eps, k.out, k.rout, k.rin)
	kernels.AddMatMulTransTo(bias, b, zs, k.bias, k.rin, k.out)
	kernels.AddMatMulTransTo(weight, zs, w, k.out, k.rin, k.in)
}

func (k kronecker[T]) sampleGrad(ds, dTheta, s, eps, work []T) {
	sin, sout := k.factors(s)
	dsin, dsout := k.factors(ds)
	zs, dzs := work[:k.rin*k.out], work[k.rin*k.out:2*k.rin*k.out]
	if k.layout == Sampled {
		kernels.MatMulTransTo(zs, eps, sout, k.rin, k.rout, k.out)
		kernels.AddMatMulTransTo(dsin, dTheta, zs, k.inputs(), k.out, k.rin)
		clear(dzs)
		kernels.AddTransMatMulTo(dzs, sin, dTheta, k.rin, k.inputs(), k.out)
		kernels.AddTransMatMulTo(dsout, dzs, eps, k.out, k.rin, k.rout)
		return
	}
	b, w := k.weights(sin)
	db, dw := k.weights(dsin)
	bias, weight := cut(dTheta, k.numBias())
	kernels.MatMulTransTo(zs, sout, eps, k.out, k.rout, k.rin)
	kernels.AddMatMulTo(db, bias, zs, k.bias, k.out, k.rin)
	kernels.AddTransMatMulTo(dw, weight, zs, k.in, k.out, k.rin)
	kernels.MatMulTo(dzs, weight, w, k.out, k.in, k.rin)
	kernels.AddTransMatMulTo(dzs, bias, b, k.out, k.bias, k.rin)
	kernels.AddMatMulTo(dsout, dzs, eps, k.out, k.rin, k.rout)
}
