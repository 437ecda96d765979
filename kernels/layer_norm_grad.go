package kernels

import (
	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// LayerNormRowsGradTo backpropagates a gradient through [LayerNormRowsTo]: for x and dy, the gradient with respect to
// the results, row-major matrices of cols columns, it writes
//
//	dx = r·(g − mean(g) − x̂·mean(g·x̂)),  g = dy·gamma,  r = 1/√(variance + eps),  x̂ = (x − mean)·r
//
// to dx, Σ dy·x̂ over the rows to dgamma and Σ dy to dbeta, which have an element for each column, and returns dx. A
// nil gamma is 1; dgamma and dbeta are not computed if they are nil. dx may be x or dy. Without rows dgamma and dbeta
// become 0.
//
// Error: of dx ≤ 1 ULP (float32), ≤ 4 ULP (float64), of the largest of |dx|, r·|g|, r·|mean(g)| and r·|x̂·mean(g·x̂)|,
// plus 2⁻⁴⁴·r·(mean|g| + |x̂|·mean|g·x̂|) and r·e·(|mean(g·x̂)| + |x̂|·mean|g|), e being r times the error of
// [Sum](x)/cols; of dgamma half an ULP plus (2⁻⁴⁵ + 2⁻⁵³·rows)·Σ|dy·x̂| and Σ e·|dy|; of dbeta half an ULP plus
// 2⁻⁵³·rows·Σ|dy|. A row of x with NaN or Inf makes NaN of its row of dx and of dgamma, and so does one of equal
// elements if eps is 0. NaN and Inf in dy go to all of its row of dx, which becomes NaN or Inf, and to its columns of
// dgamma and dbeta. In float64 the squares of x−mean and its products with g must neither overflow nor, with an eps of
// 0, underflow. It panics if cols is not positive or does not divide len(x), or if the lengths differ. It is
// torch.ops.aten.native_layer_norm_backward, which takes mean and r from the forward pass.
func LayerNormRowsGradTo[T Float](dx, dgamma, dbeta, x, dy []T, cols int, gamma []T, eps T) []T {
	const name = "LayerNormRowsGradTo"
	sameLength(name+": len(dx), len(x)", len(dx), len(x))
	sameLength(name+": len(dy), len(x)", len(dy), len(x))
	rows := checkColumns(name, len(x), cols)
	if dgamma != nil {
		sameLength(name+": len(dgamma), cols", len(dgamma), cols)
	}
	if dbeta != nil {
		sameLength(name+": len(dbeta), cols", len(dbeta), cols)
	}
	if gamma != nil {
		sameLength(name+": len(gamma), cols", len(gamma), cols)
	}
	if cols <= fallback.NormLanes {
		layerNormGradShort(dx, dgamma, dbeta, x, dy, cols, rows, gamma, eps)
		return dx
	}
	l := layerNormGrad[T]{dx: dx, dgamma: dgamma, dbeta: dbeta, x: x, dy: dy, gamma: gamma, cols: cols, eps: eps}
	switch {
	case dgamma == nil && dbeta == nil:
		l.rows()
	case cols <= fallback.FewColumns:
		l.fewer()
	case cols <= 64:
		l.few()
	case cols <= 1024:
		l.some()
	default:
		l.many()
	}
	return dx
}

// layerNormGrad is a call of [LayerNormRowsGradTo].
type layerNormGrad[T Float] struct {
	dx, dgamma, dbeta, x, dy, gamma []T
	cols                            int
	eps                             T
}

// layerNormGradShort is for rows of [fallback.NormLanes] elements at most.
func layerNormGradShort[T Float](dx, dgamma, dbeta, x, dy []T, cols, rows int, gamma []T, eps T) {
	var totals [2][fallback.NormLanes]float64
	if gamma == nil {
		gamma = noFactors[T]()
	}
	for ; rows > 0; rows -= shortRows {
		now := min(rows, shortRows)
		simd.LayerNormGradRowsTo(dx, x, dy, gamma, totals[0][:], totals[1][:], cols, now, float64(cols), eps)
		dx, x, dy = dx[now*cols:], x[now*cols:], dy[now*cols:]
	}
	round(dgamma, totals[0][:], 0, len(dgamma))
	round(dbeta, totals[1][:], 0, len(dbeta))
}

// fewer, few, some and many give the totals of columns room, which must be cleared, and hold whole registers.

func (l *layerNormGrad[T]) fewer() {
	var room [2][fallback.FewColumns]float64
	l.panels(room[0][:], room[1][:])
}

func (l *layerNormGrad[T]) few() {
	var room [2][64]float64
	l.panels(room[0][:], room[1][:])
}

func (l *layerNormGrad[T]) some() {
	var room [2][1024]float64
	l.panels(room[0][:], room[1][:])
}

func (l *layerNormGrad[T]) many() {
	var room [2][4096]float64
	l.panels(room[0][:], room[1][:])
}

// panels goes through the rows once for each panel of columns for which there is room, so that each total has its terms
// in the order of the rows. The last time it writes dx, which may be x or dy.
func (l *layerNormGrad[T]) panels(dgamma, dbeta []float64) {
	for first := 0; first < l.cols; first += len(dgamma) {
		last := min(first+len(dgamma), l.cols)
		clear(dgamma)
		clear(dbeta)
		for at := 0; at < len(l.x); at += l.cols {
			s := l.sums(at)
			if last == l.cols {
				l.row(at, at+first, s)
				l.rowTotals(at+first, dgamma, dbeta, s)
				continue
			}
			simd.NormalizeGradTotals(l.x[at+first:at+last], l.dy[at+first:at+last], dgamma, dbeta, s.mean, s.r)
		}
		round(l.dgamma, dgamma, first, last)
		round(l.dbeta, dbeta, first, last)
	}
}

// round writes the totals of the columns from first to last to dst, unless it is nil.
func round[T Float](dst []T, totals []float64, first, last int) {
	if dst == nil {
		return
	}
	for i := range dst[first:last] {
		dst[first+i] = T(totals[i])
	}
}

// rows writes dx alone.
func (l *layerNormGrad[T]) rows() {
	for at := 0; at < len(l.x); at += l.cols {
		l.row(at, at+l.cols, l.sums(at))
	}
}

// normSums are the mean of a row and r, and the means −c of g and b of g·x̂: dx = r·((g + c) − x̂·b).
type normSums struct{ mean, r, c, b float64 }

// sums are those of the row that begins at the given element.
func (l *layerNormGrad[T]) sums(at int) (s normSums) {
	x, dy, n := l.x[at:at+l.cols], l.dy[at:at+l.cols], float64(l.cols)
	s.mean = meanOf(x)
	var squares, sum, product float64
	if l.gamma == nil {
		squares, sum, product = simd.NormalizeGradSums(x, dy, s.mean)
	} else {
		squares, sum, product = simd.NormalizeAffineGradSums(x, dy, l.gamma, s.mean)
	}
	s.r = scaleOf(squares/n, l.eps)
	s.c, s.b = -sum/n, float64(product*s.r)/n
	return s
}

// row writes the elements of dx from first to last, which are of one row and begin with its first.
func (l *layerNormGrad[T]) row(first, last int, s normSums) {
	dx, x, dy := l.dx[first:last], l.x[first:last], l.dy[first:last]
	if l.gamma == nil {
		simd.NormalizeGradTo(dx, x, dy, s.mean, s.r, s.c, s.b)
		return
	}
	simd.NormalizeAffineGradTo(dx, x, dy, l.gamma[:len(x)], s.mean, s.r, s.c, s.b)
}

// rowTotals writes the elements of dx from first to the end of the row, and adds to their totals.
func (l *layerNormGrad[T]) rowTotals(first int, dgamma, dbeta []float64, s normSums) {
	column := first % l.cols
	last := first - column + l.cols
	dx, x, dy := l.dx[first:last], l.x[first:last], l.dy[first:last]
	if l.gamma == nil {
		simd.NormalizeGradTotalsTo(dx, x, dy, dgamma, dbeta, s.mean, s.r, s.c, s.b)
		return
	}
	simd.NormalizeAffineGradTotalsTo(dx, x, dy, l.gamma[column:], dgamma, dbeta, s.mean, s.r, s.c, s.b)
}
