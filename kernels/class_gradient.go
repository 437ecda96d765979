package kernels

import "github.com/simmer-go/simmer/kernels/internal/simd"

// The gradient of a position is, with u = exp(x−m) where sumUp left it, g the scale times the slope of the focal loss,
// and Q = Σ q,
//
//	g·Q/(1+s)·u − g·q
//
// of which kernels make g·Q/(1+s)·u minus g times the even part of q and that of Prob, and the element of class y is
// finished apart.

// classGrad are the factors of the terms of each position.
type classGrad struct {
	exps, even, soft [tileRows]float64
	mass             [tileRows]float64 // Q
	scale            [tileRows]float64 // g
}

// gradient writes the gradient of a tile.
func (t *classTile[T]) gradient(grad []T, exps logits[T]) {
	var g classGrad
	t.factors(&g)
	cols, row := t.Cols, 1
	from, to := t.first*cols, (t.first+t.rows)*cols
	switch {
	case t.layout == byRow && t.oneTerm():
		for r := range t.rows {
			t.scale[r] = T(g.exps[r])
		}
		t.scaleRows(grad[from:to], cols, t.rows, t.done)
	case t.layout == byRow:
		t.gradientRows(&g, grad)
	case t.layout == turnedRows:
		t.gradientAcross(&g, exps.x, tileRows, exps)
		simd.Transpose(grad[from:], exps.x, cols, t.rows, tileRows, cols)
	default:
		t.gradientAcross(&g, grad[t.base():], t.Positions, exps)
		t.finishTargets(&g, grad[t.base():], 1, t.Positions)
		return
	}
	t.finishTargets(&g, grad[from:to], cols, row)
}

// factors are what the terms are multiplied by.
func (t *classTile[T]) factors(g *classGrad) {
	share, part := t.shares()
	for r := range t.rows {
		scale, mass := t.gradScale, 0.0
		if t.Focal {
			scale *= t.slope[r]
		}
		if t.Prob == nil {
			mass = t.hard[r]
		}
		if t.isEven() {
			mass += float64(part * t.even.mass[r])
		}
		if t.Prob != nil {
			mass += float64(share * t.soft.mass[r])
		}
		p := 1 / (1 + t.s[r]) // the probability of a largest element
		g.scale[r], g.mass[r], g.exps[r] = scale, mass, float64(scale*mass)*p
		g.soft[r] = scale * share
		if t.isEven() { // else 0, whatever the scale
			g.even[r] = scale * part
		}
	}
}

// gradientRows makes the gradients of rows of exponentials.
func (t *classTile[T]) gradientRows(g *classGrad, grad []T) {
	for r := range t.rows {
		from, to := (t.first+r)*t.Cols, (t.first+r+1)*t.Cols
		row, exps, even, soft := grad[from:to], T(g.exps[r]), T(g.even[r]), T(g.soft[r])
		if t.isEven() {
			if t.Weight != nil {
				simd.SoftGradTo(row, row, t.Weight, exps, even)
			} else {
				simd.EvenGradTo(row, row, exps, even)
			}
			exps = 1 // they have their factor
		}
		switch {
		case t.Prob == nil:
		case t.Weight != nil:
			simd.SoftWeightedGradTo(row, row, t.Prob[from:to], t.Weight, exps, soft)
		default:
			simd.SoftGradTo(row, row, t.Prob[from:to], exps, soft)
		}
	}
}

// gradientAcross makes the gradients of exponentials and writes them to dst, which may be those.
func (t *classTile[T]) gradientAcross(g *classGrad, dst []T, dstRow int, l logits[T]) {
	n := t.rows
	from, fromRow := l.exps, l.expsRow
	for c := 0; c < t.Cols; c += rowsAcross {
		classes := min(rowsAcross, t.Cols-c)
		to, exps, exp, expRow := dst[c*dstRow:], g.exps[:], from[c*fromRow:], fromRow
		if t.isEven() || t.Prob == nil {
			if t.isEven() && t.Weight != nil {
				simd.SoftGradToAcrossPerClass(to, exp, t.Weight[c:], exps, g.even[:], dstRow, expRow, classes, n)
			} else {
				simd.EvenGradToAcross(to, exp, exps, g.even[:], dstRow, expRow, classes, n)
			}
			exps, exp, expRow = ones[:], to, dstRow
		}
		switch {
		case t.Prob == nil:
		case t.Weight != nil:
			simd.SoftWeightedGradToAcrossPerClass(
				to, exp, l.prob[c*l.probRow:], t.Weight[c:], exps, g.soft[:], dstRow, expRow, l.probRow, classes, n)
		default:
			simd.SoftGradToAcross(to, exp, l.prob[c*l.probRow:], exps, g.soft[:], dstRow, expRow, l.probRow, classes, n)
		}
	}
}

// rowsAcross is the number of classes that a call of a kernel without sums handles at most.
const rowsAcross = 256

var ones = func() (list [tileRows]float64) {
	for i := range list {
		list[i] = 1
	}
	return list
}()

// finishTargets finishes the gradient of each class y, and clears that of positions left out. Class c of position r is
// element r·position + c·class of grad.
func (t *classTile[T]) finishTargets(g *classGrad, grad []T, position, class int) {
	if t.Prob != nil && !t.leftOut {
		return
	}
	_, part := t.shares()
	for r, y := range t.class[:t.rows] {
		switch at := r*position + y*class; {
		case y < 0:
			for c := range t.Cols {
				grad[r*position+c*class] = 0
			}
		case t.Prob != nil:
		case t.at[r] == t.m[r]: // p may be near 1: subtract in float64, as torch's float64 does
			q := t.hard[r]
			if t.isEven() {
				weight := 1.0
				if t.Weight != nil {
					weight = float64(t.Weight[y])
				}
				q += float64(part * weight)
			}
			grad[at] = T(g.scale[r] * (g.mass[r]/(1+t.s[r]) - q))
		default: // p is at most ½
			grad[at] -= T(g.scale[r] * t.hard[r])
		}
	}
}
