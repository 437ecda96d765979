package bnn

import "github.com/simmer-go/simmer/kernels"

// affine is the map x → x·Wᵀ + b in the form in which rows go through it: packed once, for any number of rows. It lives
// in memory that others own, affineLen elements, so that a prediction finds in work what a frozen model keeps.
type affine[T Float] struct {
	bias   []T // nil if there is none
	weight kernels.Packed[T]
}

func affineLen[T Float](d dims) int { return aligned(d.numBias()) + kernels.PackedLen[T](d.out, d.in) }

// affineIn is what set has put into memory, or will.
func affineIn[T Float](memory []T, d dims) affine[T] {
	bias, weight := room(memory, d.numBias())
	if d.bias == 0 {
		bias = nil
	}
	return affine[T]{bias, kernels.PackedIn(weight[:kernels.PackedLen[T](d.out, d.in)], d.out, d.in)}
}

// set takes theta, a bias (if there is one) and weights.
func (a affine[T]) set(theta []T) {
	copy(a.bias, theta)
	a.weight.Repack(theta[len(a.bias):], a.weight.K())
}

// forward writes y = c(x·Wᵀ + b), or what is positive of it.
func (a affine[T]) forward(y, x []T, c T, relu bool) {
	if relu && c == 1 {
		kernels.AffineReLUTo(y, x, &a.weight, a.bias)
		return
	}
	kernels.AffineTo(y, x, &a.weight, a.bias)
	if c != 1 {
		kernels.ScaleTo(y, c, y)
	}
	if relu {
		apply(ReLU, y)
	}
}

// affineRows writes x·w + b, w of k×n and unpacked; an empty b is 0. It has the bits that SumSquaresTo squares.
func affineRows[T Float](y, x, w, b []T, rows, k, n int) {
	if len(b) == 0 {
		kernels.MatMulTo(y, x, w, rows, k, n)
		return
	}
	for r := range rows {
		copy(y[r*n:(r+1)*n], b)
	}
	kernels.AddMatMulTo(y, x, w, rows, k, n)
}

// affineGrad takes dy back through an affine map of the sizes d: it adds to dTheta, the gradient with respect to bias
// and weights. The sums go over rows, so it is the outputs that are shared.
type affineGrad[T Float] struct {
	dTheta, dy, x []T
	rows          int
	d             dims
	size          int // outputs of a part
}

func (g affineGrad[T]) add(workers int) {
	parts, size := share(g.d.out, workers)
	g.size = size
	do(g, parts)
}

func (g affineGrad[T]) part(i int) {
	db, dw := cut(g.dTheta, g.d.numBias())
	if i == 0 {
		kernels.AddColumnSumsTo(db, g.dy[:g.rows*len(db)])
	}
	from := min(i*g.size, g.d.out) // the last parts may have nothing left
	kernels.AddTransMatMulRowsTo(dw, g.dy, g.x, g.d.out, g.rows, g.d.in, from, min(from+g.size, g.d.out))
}
