package bnn

import "gonum.org/v1/gonum/blas"

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

// parts cuts s, or the derivatives by it, into bias part and weight part.
func (f factor[T]) parts(s []T) (bias, weight []T) { return cut(s, f.numBias()*f.rank) }

// cols is the number of columns of u = φ̃ᵀS (rows×(out·rank)), whose squares add up to the variances.
func (f factor[T]) cols() int { return f.out * f.rank }

// What prepare makes is F with its axes ordered (o,r,i), so that a single matrix product gives all Σ_i φ_i F[o,i,r].

func (f factor[T]) preparedLen() int { return f.cols() * f.in }

func (f factor[T]) prepare(p, s []T) {
	_, w := f.parts(s)
	n := f.in * f.rank
	for o := 0; o < f.out; o++ {
		transpose(p[o*n:], w[o*n:], f.in, f.rank)
	}
}

func (f factor[T]) prepareGrad(ds, dp, _ []T) {
	_, dw := f.parts(ds)
	n := f.in * f.rank
	for o := 0; o < f.out; o++ {
		addTransposed(dw[o*n:], dp[o*n:], f.rank, f.in)
	}
}

// The work of a tile is u.

func (f factor[T]) tileLen(rows int) int { return rows * f.cols() }

func (f factor[T]) project(u, phi []T, pre prepared[T], rows int) {
	b, _ := f.parts(pre.s)
	affine(u, phi, pre.p, b, rows, f.cols(), f.in)
}

func (f factor[T]) variance(v, phi []T, pre prepared[T], u []T, rows int) {
	f.project(u, phi, pre, rows)
	for k := range v[:rows*f.out] {
		v[k], u = sumSquares(u[:f.rank]), u[f.rank:]
	}
}

func (f factor[T]) varianceGrad(dPhi []T, dPre prepared[T], dv, phi []T, pre prepared[T], u []T, rows int) {
	f.project(u, phi, pre, rows)
	for k, d := range dv[:rows*f.out] { // u becomes its own gradient
		for i := k * f.rank; i < (k+1)*f.rank; i++ {
			u[i] *= 2 * d
		}
	}
	n := f.cols()
	if dPhi != nil {
		gemm(blas.NoTrans, blas.NoTrans, rows, f.in, n, u, n, pre.p, f.in, 1, dPhi, f.in)
	}
	if dPre.s != nil {
		db, _ := f.parts(dPre.s)
		affineGrad(dPre.p, db, u, phi, rows, n, f.in)
	}
}

func (f factor[T]) covarianceLen() int { return f.cols() }

func (f factor[T]) covariance(c, phi, s, u []T) {
	u = u[:f.cols()]
	clear(u)
	b, w := f.parts(s)
	copy(u, b)
	for o := 0; o < f.out; o++ {
		for i, x := range phi {
			for r, v := range w[(o*f.in+i)*f.rank:][:f.rank] {
				u[o*f.rank+r] += x * v
			}
		}
	}
	gram(c, u, f.out, f.rank)
}

func (f factor[T]) numNormals() int { return f.rank }
func (f factor[T]) sampleLen() int  { return 0 }

func (f factor[T]) sample(theta, s, eps, _ []T) {
	for p := range theta {
		var sum T
		for r, v := range s[p*f.rank:][:f.rank] {
			sum += v * eps[r]
		}
		theta[p] += sum
	}
}

func (f factor[T]) sampleGrad(ds, dTheta, _, eps, _ []T) {
	for p, g := range dTheta {
		row := ds[p*f.rank:][:f.rank]
		for r, e := range eps {
			row[r] += g * e
		}
	}
}

func (f factor[T]) deviations(dst []float64, s []T) {
	for p := range dst {
		dst[p] = norm(s[p*f.rank:][:f.rank])
	}
}
