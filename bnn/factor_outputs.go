package bnn

import "github.com/simmer-go/simmer/kernels"

// Draws of outputs: Σ_r u_r eps_r, where u = φ̃ᵀS has rank·out columns in the order (r,o). All draws of all rows are
// one product, of eps (draws×rank) and of u with its axes ordered (r,row,o). The order of each sum depends on the
// rank alone.

// short: for each draw a row costs rank·out products, and in·out if parameters are drawn. u costs as much as so many
// draws of parameters as the rank is, so it must not be large.
func (f factor[T]) short() bool {
	const most = 32
	return f.rank <= most && 2*f.rank <= f.in
}

// projectionWidth has room for u in both orders.
func (f factor[T]) projectionWidth() int { return 2 * f.cols() }

func (f factor[T]) project(u, phi []T, pre prepared[T], rows int) {
	n := f.cols()
	u, byRow := cut(u, rows*n)
	byRow = byRow[:rows*n]
	b, w := f.turned(pre.p)
	affineRows(byRow, phi, w, b, rows, f.in, n)
	for r := range f.rank {
		for row := range rows {
			copy(u[(r*rows+row)*f.out:][:f.out], byRow[row*n+r*f.out:])
		}
	}
}

func (f factor[T]) outputsLen() int { return 0 }

func (f factor[T]) addDraws(y, u, eps []T, _ prepared[T], _ []T, draws, rows int) {
	kernels.AddMatMulTo(y, eps, u[:rows*f.cols()], draws, f.rank, rows*f.out)
}
