package bnn

import "github.com/simmer-go/simmer/kernels"

// Draws of outputs in the layout Kron: (φ̃ᵀS_in) Z S_outᵀ, Z being eps as rin×rout, so that S_in is multiplied once
// for all draws, not once for each.

// short: unless S_in has more columns than a row of inputs.
func (k kronecker[T]) short() bool { return k.layout == Kron && k.rin <= k.inputs() }

func (k kronecker[T]) projectionWidth() int { return k.rin }

func (k kronecker[T]) project(u, phi []T, pre prepared[T], rows int) {
	sin, _ := k.factors(pre.s)
	b, w := k.weights(sin)
	affineRows(u[:rows*k.rin], phi, w, b, rows, k.in, k.rin)
}

// outputsLen has room for Z S_outᵀ.
func (k kronecker[T]) outputsLen() int { return k.rin * k.out }

func (k kronecker[T]) addDraws(y, u, eps []T, pre prepared[T], work []T, draws, rows int) {
	_, sout := k.factors(pre.s)
	zs := work[:draws*k.rin*k.out]
	kernels.MatMulTransTo(zs, eps, sout, draws*k.rin, k.rout, k.out)
	for d := range draws {
		own := block(zs, d*k.rin, k.rin, k.out)
		kernels.AddMatMulTo(block(y, d*rows, rows, k.out), u[:rows*k.rin], own, rows, k.rin, k.out)
	}
}
