package kernels

import (
	"fmt"

	"github.com/simmer-go/simmer/internal/indices"
	"github.com/simmer-go/simmer/internal/total"
	"github.com/simmer-go/simmer/kernels/internal/simd"
)

// ClassTargets is what logits are compared with, class by class, by [ClassLoss], [ClassLossTo] and [ClassLossGrad].
//
// Logits x are batch × class × position: each position of each item of the batch has a loss of its own. Its target t is
// 1 at class y and 0 elsewhere, or Prob. With lp = log softmax(x) over the classes the loss is the cross-entropy
//
//	Σ_c −q_c·lp_c,  q_c = w_c·((1−e)·t_c + e/C)
//
// or, with Focal, the focal loss α_y·(1−exp(−ce))^γ·ce of that cross-entropy ce. With Prob, a class with a q of 0 is
// left out, whatever its logit, as 0·log 0 is 0 in an entropy; without Prob, a weight of 0 times a logit of -Inf is
// NaN, as in torch.
type ClassTargets[T Float] struct {
	Cols      int // classes, C
	Positions int // after the class axis; 0 means 1, rows of a matrix

	// Target is the class y of each position of the batch. A negative one leaves its position out, as does one equal to
	// *Ignore, unless Ignore is nil: loss and gradient are 0, whatever the logits.
	Target []int
	Ignore *int
	// Prob is t, of the shape of x. It takes the place of Target if it is not nil.
	Prob []T
	// Keep leaves out the positions for which it is false, whatever their targets; nil keeps all.
	Keep []bool

	Weight    []T     // w, one for each class; nil means 1
	Smoothing float64 // e, in [0, 1]

	// Focal asks for the focal loss with γ = Gamma. It needs Target, and excludes Prob and Smoothing.
	Focal bool
	Gamma float64
	// Alpha is α of the focal loss, one for each class; nil means 1.
	Alpha []T
}

// ClassLossTo writes the loss of each position of the batch to dst, and returns dst, which must not overlap x.
//
// Error: ≤ 3 ULP (float32), ≤ 3 ULP (float64) of cross-entropy with one class for each position; with more terms, none
// of which is negative unless a weight is, a few ULP of their sum; the power γ of the focal loss makes it γ+1 times as
// much. A confident loss of 1e-17 comes out as 1e-17. Logits of a position that contain NaN or +Inf, or are all -Inf,
// give NaN; otherwise a logit of -Inf gives +Inf if its q is not 0. The bits do not depend on the layout: positions
// give those of a matrix that has them as rows.
//
// It panics if lengths do not fit, a target is not below Cols, or Focal comes with Prob or Smoothing, or Alpha without
// Focal. It is torch.nn.functional.cross_entropy(x, target, weight, label_smoothing=e, reduction="none") and inferno's
// FocalLoss.
func ClassLossTo[T Float](dst, x []T, targets ClassTargets[T]) []T {
	const name = "ClassLossTo"
	rows := targets.check(name, len(x))
	sameLength(name+": len(dst), positions", len(dst), rows)
	targets.run(dst, nil, x, 0)
	return dst
}

// ClassLoss returns the sum of what [ClassLossTo] writes, added in float64, before rounding to T. An empty sum is 0. It
// panics as ClassLossTo does.
func ClassLoss[T Float](x []T, targets ClassTargets[T]) float64 {
	targets.check("ClassLoss", len(x))
	return targets.run(nil, nil, x, 0)
}

// ClassLossGrad writes the gradient of scale·ClassLoss(x, targets) with respect to x to grad and returns ClassLoss(x,
// targets), unscaled:
//
//	scale·(Σ q · softmax(x) − q)
//
// times, with Focal, the derivative of the focal loss with respect to ce. grad may be x if Positions is at most 1; it
// must not overlap anything else.
//
// Error: a few ULP of the larger of the two terms; relatively more where the two cancel. It panics as [ClassLossTo]
// does.
func ClassLossGrad[T Float](grad, x []T, targets ClassTargets[T], scale T) float64 {
	const name = "ClassLossGrad"
	targets.check(name, len(x))
	sameLength(name+": len(grad), len(x)", len(grad), len(x))
	return targets.run(nil, grad, x, scale)
}

// check panics unless all lengths fit n logits, and returns the number of positions of the batch.
func (l *ClassTargets[T]) check(function string, n int) (rows int) {
	rows = checkColumns(function, n, l.Cols)
	if l.Positions < 0 || rows%max(1, l.Positions) != 0 {
		panic(fmt.Sprintf("kernels: %s: positions = %d must not be negative, and divide len(x)/cols = %d",
			function, l.Positions, rows))
	}
	if l.Keep != nil && len(l.Keep) != rows {
		differentLengths(function+": len(keep), positions", len(l.Keep), rows)
	}
	if l.Prob == nil {
		l.checkTargets(function, rows)
	} else if len(l.Prob) != n {
		differentLengths(function+": len(prob), len(x)", len(l.Prob), n)
	}
	if l.Weight != nil && len(l.Weight) != l.Cols {
		differentLengths(function+": len(weight), cols", len(l.Weight), l.Cols)
	}
	if l.Alpha != nil && len(l.Alpha) != l.Cols {
		differentLengths(function+": len(alpha), cols", len(l.Alpha), l.Cols)
	}
	if l.Focal && (l.Prob != nil || l.Smoothing != 0) || !l.Focal && l.Alpha != nil {
		panic(fmt.Sprintf("kernels: %s: a focal loss has classes as targets and no smoothing, and no other has alpha",
			function))
	}
	return rows
}

// run returns the sum, and writes losses and gradient, each unless nil.
func (l *ClassTargets[T]) run(dst, grad, x []T, scale T) float64 {
	if len(x) == 0 {
		return 0
	}
	rows := len(x) / l.Cols
	how := l.choose(rows)
	t := classTile[T]{ // with all its slices and pointers: what is assigned to them later escapes
		tile:         tile[T]{columns: l.newColumns(how, rows)},
		ClassTargets: l, layout: how, gradScale: float64(scale), room: simd.Room[T](newRoom(l.needs(how))),
	}
	for r := range t.hard { // unless there are weights
		t.hard[r] = 1 - l.Smoothing
	}
	var sum total.Sum
	for first, n := 0, 0; first < rows; first += n {
		n = min(tileRows, rows-first)
		if l.Positions > 1 {
			n = min(n, l.Positions-first%l.Positions)
		}
		t.load(first, n)
		exps := t.sumUp(grad, x)
		t.finish()
		if dst != nil {
			narrow(dst[first:first+n], t.out[:n])
		} else {
			sum.Add(t.total())
		}
		if grad != nil {
			t.gradient(grad, exps)
		}
	}
	return sum.Value()
}

// checkTargets panics if a target is neither below Cols nor left out.
func (l *ClassTargets[T]) checkTargets(function string, rows int) {
	if len(l.Target) != rows {
		checkTargets(function, l.Target, rows, l.Cols) // which panics
	}
	if _, above := indices.Outside(l.Target, l.Cols); !above {
		return
	}
	for r, y := range l.Target {
		if y >= l.Cols && !l.leavesOut(r) {
			panic(fmt.Sprintf("kernels: %s: target[%d] = %d, cols = %d: must be less", function, r, y, l.Cols))
		}
	}
}

// leavesOut reports whether position r of the batch is left out.
func (l *ClassTargets[T]) leavesOut(r int) bool {
	if l.Keep != nil && !l.Keep[r] {
		return true
	}
	return l.Prob == nil && (l.Target[r] < 0 || l.Ignore != nil && l.Target[r] == *l.Ignore)
}
