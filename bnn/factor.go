package bnn

import "github.com/simmer-go/simmer/kernels"

// factor is an S of P×rank stored row by row, which [LowRank] and [Factorized] have in common: predictions and draws.
// Its bias part and its weight part F give
//
//	v_o = Σ_r (Σ_i φ_i F[o,i,r] + F_b[o,r])²
type factor[T Float] struct {
	dims
	rank int
}

func factorTensors(d dims, rank int) []tensorSpec {
	return d.withBias(
		tensorSpec{"params.cov.factor.bias", []int{d.out, rank}},
		tensorSpec{"params.cov.factor.weight", []int{d.out, d.in, rank}})
}

// parts cuts s, or the derivatives with respect to it, into bias part and weight part.
func (f factor[T]) parts(s []T) (bias, weight []T) { return cut(s, f.numBias()*f.rank) }

// cols is the number of columns of u = φ̃ᵀS (rows×(rank·out)), whose squares add up to the variances.
func (f factor[T]) cols() int { return f.rank * f.out }

// What prepare makes are F_b and F with their axes ordered (r,o) and (i,r,o): the bias and the matrix of u.

func (f factor[T]) preparedLen() int { return aligned(f.bias*f.cols()) + f.in*f.cols() }

func (f factor[T]) turned(p []T) (bias, weight []T) { return room(p, f.bias*f.cols()) }

func (f factor[T]) prepare(p, s []T) {
	b, w := f.parts(s)
	turnedBias, turnedWeight := f.turned(p)
	kernels.TransposeTo(turnedBias, b, f.bias*f.out, f.rank)
	kernels.TransposeTo(turnedWeight, w, f.out, f.in*f.rank)
}

func (f factor[T]) varianceWidth() int { return 0 }

func (f factor[T]) variance(v, phi []T, pre prepared[T], _ []T, rows int) {
	b, w := f.turned(pre.p)
	if f.bias == 0 {
		b = nil
	}
	kernels.SumSquaresTo(v, phi, w, b, rows, f.in, f.out, f.rank)
}

// The work of a row for gradients, and for a covariance, is u.

func (f factor[T]) gradWidth() int { return f.cols() }

func (f factor[T]) varianceGrad(dPhi []T, dPre prepared[T], dv, phi []T, pre prepared[T], u []T, rows int) {
	n := f.cols()
	u = u[:rows*n]
	b, w := f.turned(pre.p)
	affineRows(u, phi, w, b, rows, f.in, n)
	for k := range rows { // u becomes its own gradient
		d := dv[k*f.out:][:f.out]
		for r := k * n; r < (k+1)*n; r += f.out {
			for o, x := range u[r : r+f.out] {
				u[r+o] = x * (2 * d[o])
			}
		}
	}
	if dPhi != nil {
		kernels.AddMatMulTransTo(dPhi, u, w, rows, n, f.in)
	}
	if dPre.s != nil {
		db, dw := f.turned(dPre.p)
		kernels.AddTransMatMulTo(dw, phi, u, f.in, rows, n)
		kernels.AddColumnSumsTo(db, u[:rows*len(db)])
	}
}

// The derivatives have the form of what is prepared.

func (f factor[T]) gradLen() int { return f.preparedLen() }

func (f factor[T]) gradOfPrepared(ds, dp, _ []T) {
	db, dw := f.parts(ds)
	turnedBias, turnedWeight := f.turned(dp)
	addTransposed(db, turnedBias, f.rank, f.bias*f.out)
	addTransposed(dw, turnedWeight, f.in*f.rank, f.out)
}

func (f factor[T]) covarianceLen() int { return f.cols() }

func (f factor[T]) covariance(c, phi []T, pre prepared[T], u []T) {
	u = u[:f.cols()]
	b, w := f.turned(pre.p)
	affineRows(u, phi, w, b, 1, f.in, len(u))
	clear(c)
	kernels.AddTransMatMulTo(c, u, u, f.out, f.rank, f.out)
}

func (f factor[T]) numNormals() int { return f.rank }
func (f factor[T]) sampleLen() int  { return 0 }

func (f factor[T]) sample(theta, s, eps, _ []T) {
	kernels.AddMatMulTransTo(theta, eps, s, 1, f.rank, len(theta))
}

func (f factor[T]) sampleGrad(ds, dTheta, _, eps, _ []T) {
	kernels.AddMatMulTo(ds, dTheta, eps, len(dTheta), 1, f.rank)
}

func (f factor[T]) deviations(dst []float64, s []T) {
	for p := range dst {
		dst[p] = norm(s[p*f.rank:][:f.rank])
	}
}
